"""One plain sentence for each part of a query."""

from albumen.library.query.parts import (
    Album,
    Camera,
    Colour,
    Content,
    Count,
    FileName,
    Filter,
    Kind,
    Lasting,
    Like,
    Not,
    Part,
    Person,
    Place,
    Rating,
    Role,
    Shape,
    Tag,
    Text,
    Time,
)

KINDS = {"live": "live photos", "raw": "RAW photos", "gif": "animations"}


def explain(part: Part) -> str:
    """Return what a part asks for: `in Rome, Italy (within 16 km)`."""
    said = meaning(part.filter)
    return f"preferably {said}" if part.role is Role.SCORE else said


def meaning(filter: Filter) -> str:  # noqa: C901 - one line a kind of filter
    """Return what a filter asks for."""
    match filter:
        case Not(of):
            return f"not {meaning(of)}"
        case Time(label=label):
            return (
                f"taken {label}"
                if label.startswith(("since", "before", "after", "until", "from", "in the"))
                else f"taken: {label}"
            )
        case Place():
            return where(filter)
        case Camera(name, lens):
            return f"taken with {name}" if name else f"taken with a {lens} lens"
        case Kind(name):
            return f"only {KINDS.get(name, name + 's')}"
        case Shape(name):
            return f"in {name} format"
        case Lasting(least, most):
            return f"at least {least:g} seconds long" if least is not None else f"at most {most:g} seconds long"
        case Text(words, exact):
            return f"with the exact words “{words}”" if exact else f"with the text “{words}”"
        case Count():
            return how_many(filter)
        case Colour("monochrome"):
            return "in black and white"
        case Colour(name, of):
            return f"{name} {of}" if of else f"with much {name}"
        case Content(words):
            return f"showing {words}"
        case _:
            return belonging(filter)


def belonging(filter: Person | Like | FileName | Rating | Tag | Album) -> str:
    """Return what a filter asks for of things that people or files are called."""
    match filter:
        case Person(name):
            return f"with {name}"
        case Like(id):
            return f"looking like {id}"
        case FileName(pattern):
            return f"in a file named {pattern}"
        case Rating(least, most):
            return f"rated {least}" + (f" to {most}" if most != least else "") + " stars"
        case Tag(name):
            return f"tagged {name}"
        case Album(name):
            return f"in the album {name}"


def where(place: Place) -> str:
    """Return a place with the circle that counts."""
    near = f" (within {place.km:.0f} km)" if place.km else ""
    near += f", not {place.other}" if place.other else ""
    return f"in {place.name}{near}" if place.kind != "named" else f"at a place called {place.name}"


def how_many(count: Count) -> str:
    """Return a count in words."""
    if count.most is None:
        return f"with at least {count.least} × {count.of}"
    if count.least == 0:
        return f"with at most {count.most} × {count.of}"
    if count.most != count.least:
        return f"with {count.least} to {count.most} × {count.of}"
    return f"with {count.least} × {count.of}"

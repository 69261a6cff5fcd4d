"""One plain sentence for each part of a query."""

from albumen.library.query.parts import (
    Album,
    Amount,
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
    Paper,
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
from albumen.library.query.said import Said, say

FROM = ("since", "before", "after", "until", "from", "in the")
PAPERS = {"receipt": "receipts and invoices", "identity": "identity papers"}
KINDS = {"live": "live photos", "raw": "RAW photos", "gif": "animations"}


def explain(part: Part) -> Said:
    """Return what a part asks for: `in Rome, Italy (within 16 km)`."""
    said = meaning(part.filter)
    return say("preferably", of=said.text) if part.role is Role.SCORE else said


def meaning(filter: Filter) -> Said:  # noqa: C901 - one line a kind of filter
    """Return what a filter asks for."""
    match filter:
        case Not(of):
            return say("not", of=meaning(of).text)
        case Time(label=label):
            return say("time_from" if label.startswith(FROM) else "time", label=label)
        case Place():
            return where(filter)
        case Camera(name, lens):
            return say("camera", name=name) if name else say("lens", name=lens)
        case Kind(name):
            return say(f"only_{name}s") if name in ("photo", "video") else say("only", what=KINDS.get(name, f"{name}s"))
        case Shape(name):
            return say("shape", name=name)
        case Lasting(least, most):
            return say("shortest", seconds=least) if least is not None else say("longest", seconds=most or 0.0)
        case Text(words, exact):
            return say("exact" if exact else "text", words=words)
        case Count():
            return how_many(filter)
        case Colour("monochrome"):
            return say("monochrome")
        case Colour(name, of):
            return say("colour_of", name=name, of=of) if of else say("colour", name=name)
        case Content(words):
            return say("showing", what=words)
        case _:
            return belonging(filter)


def belonging(filter: Person | Like | FileName | Rating | Tag | Album | Paper | Amount) -> Said:
    """Return what a filter asks for of things that people, files or papers are called."""
    match filter:
        case Paper(name):
            return say("only", what=PAPERS.get(name, name + "s"))
        case Amount(least, most):
            return how_much(least, most)
        case Person(name):
            return say("person", name=name)
        case Like(id):
            return say("like", name=id)
        case FileName(pattern):
            return say("file_named", name=pattern)
        case Rating(least, most):
            return say("rated", n=f"{least} to {most}" if most != least else str(least))
        case Tag(name):
            return say("tagged", name=name)
        case Album(name):
            return say("album", name=name)


def how_much(least: int, most: int) -> Said:
    """Return a sum of money, or its bound, in words."""
    if least == most:
        return say("amount", sum=f"{least / 100:,.2f}")
    return say("amount_least", sum=f"{least / 100:,.2f}") if least else say("amount_most", sum=f"{most / 100:,.2f}")


def where(place: Place) -> Said:
    """Return a place with the circle that counts."""
    if place.kind == "named":
        return say("place_called", name=place.name)
    within: dict[str, float] = {"km": round(place.km)} if place.km else {}
    other = {"other": place.other} if place.other else {}
    kind = "place" + ("_within" if within else "") + ("_not" if other else "")
    return Said(kind, {"name": place.name, **within, **other})


def how_many(count: Count) -> Said:
    """Return a count in words."""
    of = "large face" if count.of == "face" else count.of
    if count.most is None:
        return say("at_least", n=count.least, of=of)
    if count.least == 0:
        return say("at_most", n=count.most, of=of)
    if count.most != count.least:
        return say("between", n=count.least, most=count.most, of=of)
    return say("as_many", n=count.least, of=of)

"""The commands `albumen show` and `albumen stats`."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import click

from albumen.cli.context import Context, of_library
from albumen.cli.exits import Exit
from albumen.cli.options import as_json
from albumen.cli.output import print_json, size

TOLD = ("title", "caption", "author", "keywords", "people", "pages", "doubts")
"""What a file says of itself that gets a line of its own."""
SETTINGS = {"f_number": "f/{:g}", "focal_length": "{:g} mm", "iso": "ISO {}"}
LEAST_SHARE = 0.01
ZONES = {"tag": "as written", "place": "by the place", "gps-time": "by the satellites' clock"}


@click.command()
@click.argument("id")
@as_json
@of_library
def show(context: Context, id: str, json_: bool) -> int:
    """Show all that is known of one photo or video, and who said it."""
    with context.house() as house:
        known = house.describe(id)
    if json_:
        print_json(known)
        return Exit.OK
    for label, value in lines(known):
        click.echo(f"{label:<12}{value}")
    return Exit.OK


def lines(known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is known of an asset as labels and texts."""
    yield "id", known["id"]
    yield from (("file", f"{file['path']}{_apart(file)}") for file in known["files"])
    yield "kind", _kind(known)
    yield from ((label, value) for label, value in _circumstances(known) if value)
    yield from ((name, _short(value)) for name, value in known["details"].items() if name in TOLD)
    facts = (fact for fact in known["facts"] if fact["task"] != "ages")  # the faces say it
    yield from ((fact["task"], f"{_fact(fact['task'], fact['value'])}  [{fact['card']}]") for fact in facts)
    yield from (("face", _face(face)) for face in known["faces"])


def _apart(file: Mapping[str, Any]) -> str:
    """Return how a file differs from an original that is there."""
    notes = [word for word in (file["role"], file["state"]) if word not in ("original", "present")]
    return f" ({', '.join(notes)})" if notes else ""


def _kind(known: Mapping[str, Any]) -> str:
    details = known["details"]
    parts = [known["kind"], known["mime"], f"{known['width']} x {known['height']} pixels"]
    parts += [f"{known['duration_ms'] / 1000:.1f} s"] if "duration_ms" in known else []
    parts += [f"{details['codec']} at {details['fps']:g} frames a second"] if {"codec", "fps"} <= set(details) else []
    return ", ".join([*parts, size(known["bytes"])])


def _circumstances(known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield when, where and with what something was taken, each empty where that is unknown."""
    place = [known[name] for name in ("town", "country") if name in known]
    spot = f" ({known['lat']:.5f}, {known['lon']:.5f})" if "lat" in known else ""
    camera = " ".join(known[name] for name in ("make", "model") if name in known)
    yield "taken", _taken(known)
    yield "place", (", ".join(place) + spot).strip()
    yield "camera", ", ".join(part for part in (camera, known.get("lens"), *_settings(known["details"])) if part)
    yield "rating", str(known.get("rating", ""))
    yield "document", _short(known.get("document", {}))
    yield "trash", "in the trash" if "trashed_s" in known else ""


def _settings(details: Mapping[str, Any]) -> Iterator[str]:
    """Yield how a camera was set."""
    if exposure := details.get("exposure"):
        yield f"1/{1 / exposure:.0f} s" if exposure < 0.4 else f"{exposure:g} s"
    yield from (template.format(details[name]) for name, template in SETTINGS.items() if name in details)


def _taken(known: Mapping[str, Any]) -> str:
    """Return the date with its zone, and who says so."""
    if "taken" not in known:
        return ""
    date, offset = known["taken"].replace("T", " ").removesuffix(".000"), known.get("offset_minutes")
    said = f"[{known.get('taken_from', 'file')}]"
    if offset is None:
        return f"{date}, zone unknown  {said}"
    zone_from = known["details"].get("zone_from", "")
    if zone_from == "utc":
        return f"{date} UTC, local time unknown  {said}"
    hours, minutes = divmod(abs(offset), 60)
    how = ZONES.get(zone_from, "")
    return f"{date} UTC{'-' if offset < 0 else '+'}{hours:02}:{minutes:02} {how}".rstrip() + f"  {said}"


def _face(face: dict[str, Any]) -> str:
    age = f", about {face['age']:.0f} years old" if face["age"] is not None else ""
    person = f", {face['name'] or 'person ' + str(face['person'])}" if face["person"] is not None else ""
    return f"{face['score']:.0%} sure{age}{person}  [{face['card']}]"


def _fact(task: str, value: Any) -> str:
    match task:
        case "colours":
            shares = sorted(value.items(), key=lambda share: -share[1])
            return ", ".join(f"{name} {share:.0%}" for name, share in shares if share >= LEAST_SHARE)
        case "moderation" if isinstance(value, dict):
            return ", ".join(f"{name} {score:.1%}" for name, score in cast("dict[str, float]", value).items())
        case _:
            return _short(value)


def _short(value: Any) -> str:
    match value:
        case dict():
            return ", ".join(f"{k} {v}" for k, v in cast("dict[str, Any]", value).items() if v)
        case [[str(), int() | float(), [[_, *_], *_], *_], *_]:  # words: text, confidence, corners, line
            return " ".join(entry[0] for entry in cast("list[list[Any]]", value))
        case [[str(), int() | float(), *_], *_]:  # names with confidences
            return ", ".join(f"{entry[0]} {entry[1]:.0%}" for entry in cast("list[list[Any]]", value))
        case list():
            return ", ".join(str(entry) for entry in cast("list[Any]", value)) or "nothing"
        case _:
            return str(value)


@click.command()
@as_json
@of_library
def stats(context: Context, json_: bool) -> int:
    """Count what the library holds."""
    with context.house() as house:
        counts = house.counts()
    if json_:
        print_json(counts)
        return Exit.OK
    for name, count in counts.items():
        click.echo(f"{name.replace('_', ' '):<14} {count:>14,}")
    return Exit.OK

"""The commands `albumen show` and `albumen stats`."""

from typing import Any, cast

import click

from albumen.cli.context import Context, pass_context
from albumen.cli.exits import Exit
from albumen.cli.options import as_json
from albumen.cli.output import print_json


@click.command()
@click.argument("id")
@as_json
@pass_context
def show(context: Context, id: str, json_: bool) -> int:
    """Show all that is known of one photo or video, and who said it."""
    with context.house() as house:
        known = house.describe(id)
    if json_:
        print_json(known)
        return Exit.OK
    for label, value in _lines(known):
        click.echo(f"{label:<10} {value}")
    return Exit.OK


def _lines(known: dict[str, Any]) -> list[tuple[str, str]]:
    lines = [("id", known["id"])]
    lines += [("file", f"{f['path']} ({f['state']})") for f in known["files"]]
    lines += [(name, str(known[name])) for name in known if name not in ("id", "files", "facts", "details", "faces")]
    lines += [(name, str(value)) for name, value in known["details"].items()]
    facts = (fact for fact in known["facts"] if fact["task"] != "ages")  # the faces say it
    lines += [(fact["task"], f"{_short(fact['value'])}  [{fact['card']}]") for fact in facts]
    return lines + [("face", _face(face)) for face in known["faces"]]


def _face(face: dict[str, Any]) -> str:
    age = f", about {face['age']:.0f} years old" if face["age"] is not None else ""
    person = f", person {face['person']}" if face["person"] is not None else ""
    return f"{face['score']:.0%} sure{age}{person}  [{face['card']}]"


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
@pass_context
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

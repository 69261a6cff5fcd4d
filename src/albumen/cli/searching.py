"""The command `albumen search`."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TextIO

import click

from albumen.cli.context import Context, of_library
from albumen.cli.exits import Exit
from albumen.cli.options import as_json
from albumen.cli.output import print_json
from albumen.core.errors import QueryError
from albumen.core.paths import named, shown

if TYPE_CHECKING:
    from albumen.library.search.answer import Answer, Result
    from albumen.server.house import House

CLOSEST = 2
"""Results shown when none fits."""
LINES = click.File("r", encoding="utf-8-sig", errors="surrogateescape")
FLAGS = ("since", "until", "place", "camera", "kind", "text", "person", "color", "not")


def _flags(command: Any) -> Any:
    for name in reversed(FLAGS):
        command = click.option(f"--{name}", multiple=True, metavar="WORDS", help=f"As {name}:WORDS in the sentence.")(
            command
        )
    return command


@click.command()
@click.argument("query", nargs=-1)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100_000), help="Results at most.")
@click.option(
    "--queries",
    type=LINES,
    help="Search for each line of a file; a blank line finds nothing.",
)
@click.option("--trashed", is_flag=True, help="Search the trash.")
@_flags
@as_json
@click.pass_context
@of_library
def search(
    context: Context,
    ctx: click.Context,
    query: tuple[str, ...],
    limit: int,
    queries: TextIO | None,
    trashed: bool,
    json_: bool,
    **flags: tuple[str, ...],
) -> int:
    """Find photos and videos in plain words.

    A sentence such as "red bus in London, summer 2019" is split into parts; what is recognised filters, the rest is
    looked for in the pictures. People see the results that are sure or may be; JSON holds the weaker ones too, after
    the first `sure` and `maybe`. Explicit parts always win: place:turkey, time:2019, text:stop, kind:video, -dog.
    """
    given = {name: values for name, values in flags.items() if values}
    if query and queries:
        raise click.UsageError("give a query or --queries FILE, not both", ctx)
    if not " ".join(query).strip() and queries is None and not given:
        raise click.UsageError("say what to search for, or give a flag such as --since 2019", ctx)
    sentences = _sentences(query, queries)
    with context.house() as house:
        for sentence in sentences:
            if queries and not json_:
                click.echo(click.style(f"{sentence.strip() or '(a blank line)'}:", bold=True))
            answer = _find(house, sentence, given, limit=limit, trashed=trashed)
            print_json(as_dict(sentence, answer)) if json_ else _print(answer)
    return Exit.OK


def _find(house: "House", sentence: str, flags: Mapping[str, Sequence[str]], *, limit: int, trashed: bool) -> "Answer":
    """Answer a sentence; a blank one, as a line of a file can be, asks for nothing and finds nothing."""
    from albumen.library.search.answer import Answer

    if not sentence.strip() and not flags:
        return Answer((), (), "", 0, 0)
    return house.find(sentence, flags=flags, today=date.today(), limit=limit, trashed=trashed)


def _sentences(query: tuple[str, ...], queries: TextIO | None) -> Iterator[str]:
    for line in [" ".join(query)] if queries is None else queries:
        sentence = line.rstrip("\n")
        if not sentence.isascii() and any("\ud800" <= c <= "\udfff" for c in sentence):
            raise QueryError(f"{shown(os.fsencode(sentence))} cannot be searched for: it is not UTF-8 text")
        yield sentence


def as_dict(sentence: str, answer: "Answer") -> dict[str, Any]:
    """Return an answer as programs read it."""
    from albumen.library.query.explain import explain

    parts = [
        {"kind": part.kind, "text": part.text, "role": str(part.role), "means": explain(part).text}
        for part in answer.parts
    ]
    return {
        "query": sentence,
        "results": [_result(result) for result in answer.results],
        "parts": parts,
        "content": answer.content,
        "sure": answer.sure,
        "maybe": answer.maybe,
    }


def _result(result: "Result") -> dict[str, Any]:
    found = {
        "id": result.digest[:16],
        **named(result.path),
        "score": result.score,
        "reasons": [r.text for r in result.reasons],
    }
    return found | ({"at_ms": result.at_ms} if result.at_ms else {})


def _print(answer: "Answer") -> None:
    from albumen.library.query.explain import explain

    for part in answer.parts:
        click.echo(click.style(f"  {part.text}: {explain(part).text}", dim=True))
    fitting = answer.sure + answer.maybe
    for result in answer.results[:fitting]:
        click.echo(line(result))
    click.echo(ending(answer))
    for result in answer.results[:CLOSEST] if not fitting else ():
        click.echo(click.style(line(result), dim=True))


def line(result: "Result") -> str:
    """Return a result as one line: id, how sure, path, the moment of a video, reasons."""
    moment = f" at {result.at_ms / 1000:.1f} s" if result.at_ms else ""
    reasons = f"  ({'; '.join(r.text for r in result.reasons)})" if result.reasons else ""
    return f"{result.digest[:16]}  {result.score:4.0%}  {shown(result.path)}{moment}{reasons}"


def ending(answer: "Answer") -> str:
    """Return the line under the results: how many are sure, how many may be."""
    if not answer.sure and not answer.maybe:
        return "nothing found" + ("; the closest, but probably not it:" if answer.results else "")
    return f"{answer.sure} sure, {answer.maybe} maybe"

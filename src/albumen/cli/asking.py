"""The command `albumen ask`."""

import click

from albumen.cli.context import Context, of_library
from albumen.cli.exits import Exit
from albumen.cli.options import as_json
from albumen.cli.output import print_json


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100), help="Answers at most.")
@as_json
@of_library
def ask(context: Context, question: tuple[str, ...], limit: int, json_: bool) -> int:
    """Ask the documents of the library a question.

    Receipts, letters, contracts and identity papers that were imported answer, each with the page that says it: what
    did the flat cost on the 2019 contract? Where no document says it, no answer is given.
    """
    asked = " ".join(question)
    with context.house() as house:
        found = house.ask(asked, limit=limit)
    if json_:
        answers = [{k: v for k, v in vars(one).items() if k != "asset_id"} | {"id": id[:16]} for id, one in found]
        print_json({"question": asked, "answers": answers})
        return Exit.OK
    for id, one in found:
        where = f"page {one.page} of {id[:16]}, {one.kind}"
        click.echo(f"{one.confidence:4.0%}  {one.text}  ({where}: {one.line})")
    if not found:
        click.echo("no document says that")
    return Exit.OK

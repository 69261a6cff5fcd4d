"""The commands `albumen people list` and `albumen people name`."""

import click

from albumen.cli.context import Context, pass_context
from albumen.cli.exits import Exit
from albumen.cli.options import as_json
from albumen.cli.output import print_json


@click.group()
def people() -> None:
    """See who is in the pictures, and give people names."""


@people.command("list")
@as_json
@pass_context
def list_(context: Context, json_: bool) -> int:
    """List who has a name or was seen more than once."""
    with context.house() as house:
        found = house.people()
    if json_:
        print_json({"people": [vars(person) for person in found]})
        return Exit.OK
    for person in found:
        click.echo(f"{person.id:>6}  {person.faces:>6} faces  {person.name or ''}".rstrip())
    click.echo(f"{len(found)} people")
    return Exit.OK


@people.command()
@click.argument("id", type=int)
@click.argument("name")
@pass_context
def name(context: Context, id: int, name: str) -> int:
    """Give a person a name, so that searches find them by it; an empty one takes it away."""
    with context.house(writable=True) as house:
        house.name_person(id, name)
    click.echo(f"person {id} is {name}" if name.strip() else f"person {id} has no name")
    return Exit.OK

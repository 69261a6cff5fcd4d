"""The commands `albumen people list`, `name`, `alike`, `join` and `sort`."""

import click

from albumen.cli.context import Context, of_library
from albumen.cli.exits import Exit
from albumen.cli.options import as_json
from albumen.cli.output import counted, print_json


@click.group()
def people() -> None:
    """See who is in the pictures, give people names, join those who are one, and sort faces afresh."""


@people.command("list")
@as_json
@of_library
def list_(context: Context, json_: bool) -> int:
    """List who has a name or was seen more than once."""
    with context.house() as house:
        found = house.people()
    if json_:
        print_json({"people": [vars(person) for person in found]})
        return Exit.OK
    for person in found:
        click.echo(f"{person.id:>6}  {counted(person.faces, 'face'):>12}  {person.name or ''}".rstrip())
    click.echo(counted(len(found), "person", "people"))
    return Exit.OK


@people.command()
@click.argument("id", type=int)
@click.argument("name")
@as_json
@of_library
def name(context: Context, id: int, name: str, json_: bool) -> int:
    """Give a person a name, so that searches find them by it; an empty one takes it away."""
    with context.house(writable=True) as house:
        house.name_person(id, name)
    given = name.strip() or None
    if json_:
        print_json({"id": id, "name": given})
    else:
        click.echo(f"person {id} is {given}" if given else f"person {id} has no name")
    return Exit.OK


@people.command()
@as_json
@of_library
def alike(context: Context, json_: bool) -> int:
    """List pairs of people who look as if they were one, the likeliest first; never two who are in one photo."""
    with context.house() as house:
        names = {person.id: person.name for person in house.people()}
        pairs = house.alike_people()
    if json_:
        print_json({"pairs": [vars(pair) for pair in pairs]})
        return Exit.OK
    for pair in pairs:
        who = " and ".join(names.get(id) or f"person {id}" for id in (pair.person, pair.other))
        click.echo(f"{pair.person:>6} {pair.other:>6}  {pair.probability:>4.0%}  {who}")
    click.echo(f"{counted(len(pairs), 'pair')}; albumen people join makes two people one")
    return Exit.OK


@people.command()
@click.argument("id", type=int)
@click.argument("others", type=int, nargs=-1, required=True)
@as_json
@of_library
def join(context: Context, id: int, others: tuple[int, ...], json_: bool) -> int:
    """Make person ID and OTHERS one person, who keeps ID's name or gets that of the first other who has one."""
    with context.house(writable=True) as house:
        house.join_people(id, others)
        name = next((person.name for person in house.people() if person.id == id), None)
    if json_:
        print_json({"id": id, "name": name})
    else:
        click.echo(f"{counted(len(set(others) - {id}), 'person is', 'people are')} {name or f'person {id}'} now")
    return Exit.OK


@people.command()
@as_json
@of_library
def sort(context: Context, json_: bool) -> int:
    """Sort all faces into people afresh, where imports have put new ones with the wrong people.

    Imports compare only new faces with what is known. Names stay, and so does every face that you put somewhere.
    """
    with context.house(writable=True) as house:
        faces = house.sort_people()
        found = len(house.people())
    if json_:
        print_json({"faces": faces, "people": found})
    else:
        click.echo(f"{counted(faces, 'face')} sorted; {counted(found, 'person', 'people')} with a name or two faces")
    return Exit.OK

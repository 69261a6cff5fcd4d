"""The commands `albumen verify`, `albumen forget`, `albumen trash` and `albumen restore`."""

from collections import Counter

import click

from albumen.cli.context import Context, of_library
from albumen.cli.exits import Exit
from albumen.cli.options import as_json
from albumen.cli.output import counted, print_json
from albumen.core.paths import named, shown


@click.command()
@as_json
@of_library
def verify(context: Context, json_: bool) -> int:
    """Read every file again and compare it with its hash; exit code 0 only when all is well."""
    with context.house() as house:
        troubles = list(house.verify())
        files = house.counts()["files"]
    if json_:
        found = [named(t.path) | {"wrong": t.wrong, "detail": t.detail} for t in troubles]
        print_json({"files": files, "troubles": found})
    else:
        away = Counter(trouble.detail for trouble in troubles if trouble.wrong == "offline")
        for folder, count in away.items():
            click.echo(f"offline: {folder} ({counted(count, 'file')}; perhaps it is not mounted)")
        for trouble in (trouble for trouble in troubles if trouble.wrong != "offline"):
            detail = f" ({trouble.detail})" if trouble.detail else ""
            click.echo(f"{trouble.wrong}: {shown(trouble.path)}{detail}")
        click.echo(f"{counted(files, 'file')} checked, {len(troubles):,} not as they should be")
    return Exit.NOT_WELL if troubles else Exit.OK


@click.command()
@click.argument("folder", type=click.Path())
@as_json
@of_library
def forget(context: Context, folder: str, json_: bool) -> int:
    """Forget a folder that was moved away, once all its files were imported from where they lie now.

    Nothing is lost by it: a folder whose files were seen nowhere else is kept.
    """
    with context.house(writable=True) as house:
        count = house.forget(folder)
    print_json({"forgotten": count}) if json_ else click.echo(
        f"forgotten, with {counted(count, 'file')} seen elsewhere too"
    )
    return Exit.OK


@click.command()
@click.argument("ids", nargs=-1, required=True)
@as_json
@of_library
def trash(context: Context, ids: tuple[str, ...], json_: bool) -> int:
    """Put photos and videos into the trash; their files stay where they are."""
    with context.house(writable=True) as house:
        count = house.set_trashed(ids, trashed=True)
    print_json({"trashed": count}) if json_ else click.echo(
        f"{counted(count, 'asset')} put into the trash; albumen restore brings them back"
    )
    return Exit.OK


@click.command()
@click.argument("ids", nargs=-1, required=True)
@as_json
@of_library
def restore(context: Context, ids: tuple[str, ...], json_: bool) -> int:
    """Take photos and videos out of the trash."""
    with context.house(writable=True) as house:
        count = house.set_trashed(ids, trashed=False)
    print_json({"restored": count}) if json_ else click.echo(f"{counted(count, 'asset')} taken out of the trash")
    return Exit.OK

"""The command `albumen import`."""

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any, cast

import click

from albumen.cli.context import Context, of_library
from albumen.cli.exits import Exit
from albumen.cli.models import downloads
from albumen.cli.options import as_json
from albumen.cli.output import counted, print_json, size, to_terminal
from albumen.core.errors import LibraryBusy, ModelError, NotFound
from albumen.core.paths import named, shown
from albumen.library.template import DEFAULT, Template

if TYPE_CHECKING:
    from albumen.core.settings import TierName
    from albumen.library.ingest import Progress, Summary
    from albumen.server.house import House
    from albumen.server.models import Models

LISTED = 20
TIERS = {
    "offline": "from package registries: good at things and scenes that have everyday names",
    "quality": "from the model hub: better at sentences, actions and fine kinds",
}


@click.command("import")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--copy", is_flag=True, help="Copy the originals into the library, with what belongs to them.")
@click.option("--template", default=DEFAULT, show_default=True, help="Where copies go: year, month, day, camera, name.")
@click.option("--later", is_flag=True, help="Put off the second look (documents, people…) until the next import.")
@click.option("--watch", is_flag=True, help="Go on and import what changes in known folders, until Ctrl-C.")
@as_json
@click.pass_context
@of_library
def import_(
    context: Context,
    ctx: click.Context,
    paths: tuple[str, ...],
    copy: bool,
    template: str,
    later: bool,
    watch: bool,
    json_: bool,
) -> int:
    """Take photos and videos into the library.

    PATHS are folders or files; they stay untouched where they are. Without any, the folders that the library already
    knows are looked through again. What is new is found at once; a second look then sorts faces into people and reads
    documents. It can be stopped without loss, and the next import goes on with it.
    """
    copy_to = Template.parse(template) if copy else None
    if copy and not paths:
        raise click.UsageError("name what to copy into the library", ctx)
    with context.house(writable=True, make=bool(paths)) as house:
        chosen = list(paths) or [os.fsdecode(root) for root in house.roots()]
        if not chosen:
            raise click.UsageError("name a folder to import: the library knows none yet", ctx)
        _check(house, paths)
        code = _import(house, chosen, copy_to, later=later, json_=json_)
        if watch:
            _watch(house, json_=json_)
    return Exit.OK if code is Exit.NOT_FOUND and not paths else code


def _import(house: "House", chosen: Sequence[str], copy_to: Template | None, *, later: bool, json_: bool) -> Exit:
    """Import once, print the summary, and return what the exit code would be had all folders been named."""
    if house.settings.fetch:
        _choose(house, json_=json_)
        _fetch(house, json_=json_)
    with _progress(shown=not json_ and to_terminal()) as on_progress:
        summary = house.run_import(chosen, on_progress, copy_to=copy_to, second_look=not later)
    print_json(as_dict(summary)) if json_ else _print(summary)
    for path in () if json_ else summary.away:
        said = "is not there now, perhaps it is not mounted; what is known of it stays (albumen forget ends that)"
        click.echo(f"albumen: {shown(path)} {said}", err=True)
    return Exit.NOT_FOUND if summary.away else Exit.PARTLY if summary.unreadable else Exit.OK


def _check(house: "House", paths: Sequence[str]) -> None:
    """Raise `NotFound` before any work where a path is neither there nor a folder that was imported before."""
    known = house.roots()
    for path in paths:
        whole = os.path.abspath(os.fsencode(path))
        if not os.path.lexists(whole) and whole not in known:
            raise NotFound(f"there is nothing at {shown(os.fsencode(path))}; check the path")
        if os.path.exists(whole) and not (os.path.isdir(whole) or os.path.isfile(whole)):
            raise NotFound(f"{shown(os.fsencode(path))} is neither a file nor a folder; name one of these")
        if os.path.exists(whole) and os.path.samefile(whole, house.folder.path):
            raise NotFound(f"{shown(os.fsencode(path))} is the library itself; name the folder where your photos are")


def undecided(models: "Models", tier: str | None, *, terminal: bool) -> bool:
    """Tell whether somebody can still be asked for the tier: none was chosen, and nothing is installed yet."""
    return terminal and not tier and not any(map(models.store.installed, models.cards))


def _choose(house: "House", *, json_: bool) -> None:
    """Ask once, at a terminal and where nothing is installed yet, which weights the library shall run on."""
    from albumen.library.chosen import choose_tier

    models = house.models
    if json_ or not undecided(models, house.settings.tier, terminal=sys.stdin.isatty() and to_terminal()):
        return
    click.echo("Pictures are understood by models, which are fetched now, once. There are two sets:", err=True)
    for name, said in TIERS.items():
        click.echo(f"  {name:<8} {size(models.bytes(name)):>9}  {said}", err=True)
    chosen = cast("TierName", click.prompt("Which one", type=click.Choice(list(TIERS)), default="offline", err=True))
    choose_tier(house.folder.path, chosen)
    house.use_tier(chosen)


def _fetch(house: "House", *, json_: bool) -> None:
    """Fetch what the quality tier lacks, or say in a sentence why the offline tier stands in; announce the rest."""
    models = house.models
    try:
        with downloads(quiet=json_) as progress:
            for card in models.lacking():
                models.store.pulling(progress).ensure(card)
    except ModelError as error:
        click.echo(f"albumen: {error}; the offline tier stands in, the next import tries again", err=True)
    missing = [card for card in models.needed() if not models.store.installed(card)]
    if missing and not json_:
        total = size(sum(card.bytes for card in missing))
        click.echo(
            f"fetching {counted(len(missing), 'model')}, {total}, once: albumen models list shows them", err=True
        )


def _watch(house: "House", *, json_: bool) -> None:
    """Import what changes in known folders, one summary each time, until Ctrl-C."""
    from albumen.library.watching import watch

    if not json_:
        click.echo("watching; Ctrl-C ends it", err=True)
    for folders in watch(house.roots, own=house.folder.path, stop=Event()):
        try:
            summary = house.run_import([os.fsdecode(folder) for folder in folders], lambda progress: None)
        except LibraryBusy as error:
            click.echo(f"albumen: {error}", err=True)
            continue
        print_json(as_dict(summary)) if json_ else _print(summary)


def as_dict(summary: "Summary") -> dict[str, Any]:
    """Return a summary as programs read it."""
    unreadable = [named(path) | {"reason": reason} for path, reason in summary.unreadable]
    return vars(summary) | {"unreadable": unreadable, "away": [shown(path) for path in summary.away]}


def _print(summary: "Summary") -> None:
    rate = f", {summary.new / summary.seconds:.1f} a second" if summary.new and summary.seconds else ""
    click.echo(f"{summary.new} new, {summary.known} known, {len(summary.unreadable)} unreadable{rate}")
    notes = {
        "copied": "copied into the library",
        "moved": "moved or renamed, nothing lost",
        "returned": "back again",
        "offline": "offline",
        "missing": "missing: their folder is there, they are not",
    }
    for name, text in notes.items():
        if getattr(summary, name):
            click.echo(f"{getattr(summary, name)} {text}")
    for path, reason in summary.unreadable[:LISTED]:
        click.echo(f"  {shown(path)}: {reason}")
    if len(summary.unreadable) > LISTED:
        click.echo(f"  … and {len(summary.unreadable) - LISTED} more; --json lists all")


@contextmanager
def _progress(*, shown: bool) -> "Generator[Callable[[Progress], None]]":
    if not shown:
        yield lambda progress: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    rate = TextColumn("{task.fields[rate]:.1f}/s")
    what = TextColumn("{task.description}")
    with Bar(what, BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn()) as bar:
        task = bar.add_task("importing", total=None, rate=0.0)
        yield lambda p: bar.update(task, description=p.what, total=p.total, completed=p.done, rate=p.rate())

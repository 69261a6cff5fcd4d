"""The commands `albumen bench ingest` and `albumen bench search`: how fast is this machine, on your own files."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from albumen.cli.context import Context, of_library, pass_context
from albumen.cli.exits import Exit
from albumen.cli.importing import as_dict
from albumen.cli.options import as_json
from albumen.cli.output import print_json

if TYPE_CHECKING:
    from albumen.server.house import House

SENTENCES = ("a dog", "red car", "people at a table", "snow on a mountain", "photos from 2019", "videos", '"stop"')


@click.group()
def bench() -> None:
    """Measure import and search on this machine."""


@bench.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True))
@as_json
@pass_context
def ingest(context: Context, paths: tuple[str, ...], json_: bool) -> int:
    """Import PATHS into a library that is thrown away, and say where the time went."""
    with (
        tempfile.TemporaryDirectory(prefix="albumen-bench-") as folder,
        context.house(Path(folder), writable=True, make=True) as house,
    ):
        summary = as_dict(house.run_import(list(paths), lambda progress: None))
    summary["photos_per_second"] = round(summary["new"] / summary["seconds"], 2) if summary["seconds"] else 0.0
    if json_:
        print_json(summary)
        return Exit.OK
    for line in stages(summary):
        click.echo(line)
    return Exit.OK


def stages(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield how fast an import was, and its stages, the longest first, with the models behind what they are part of."""
    yield f"{summary['new']} in {summary['seconds']:.1f} s: {summary['photos_per_second']} a second; stages overlap:"
    longest_first = sorted(summary["stages"].items(), key=lambda stage: (":" in stage[0], -stage[1]))
    for name, seconds in longest_first:
        yield f"  {name:<24} {seconds:8.2f} s {seconds / summary['seconds']:5.0%}"


@bench.command()
@click.option("--rounds", default=20, show_default=True, type=click.IntRange(1), help="Searches for each sentence.")
@as_json
@of_library
def search(context: Context, rounds: int, json_: bool) -> int:
    """Time searches in the library, each after one that loads the models."""
    found: list[dict[str, Any]] = []
    with context.house() as house:
        for sentence in SENTENCES:
            times = [_timed(house, sentence) for _ in range(rounds + 1)][1:]
            times.sort()
            found.append({"sentence": sentence, "p50_ms": times[len(times) // 2], "p99_ms": times[-1 - rounds // 100]})
    if json_:
        print_json({"searches": found})
        return Exit.OK
    for row in found:
        click.echo(f"{row['sentence']:<24} p50 {row['p50_ms']:7.1f} ms   p99 {row['p99_ms']:7.1f} ms")
    return Exit.OK


def _timed(house: "House", sentence: str) -> float:
    start = time.perf_counter()
    house.find(sentence, flags={}, today=date.today(), limit=50)
    return round((time.perf_counter() - start) * 1000, 2)

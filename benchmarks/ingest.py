"""Measures an import: photos a second end to end and per stage, memory over time, and two yardsticks in the same run.

The yardsticks are the models alone at the same batch size, and a straightforward pipeline: one photo at a time, one
full decode for each model and thumbnail with Pillow, the same models through plain ONNX Runtime and LiteRT in fp32.
Photos are made from given ones by cropping, scaling to 12 megapixels (or `--pixels`) and encoding them again.

    python benchmarks/ingest.py --photos 24 --from DATA/retrieval/images
"""

import argparse
import json
import os
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from albumen.core.arrays import Image
from albumen.core.settings import read_settings
from albumen.library.ingest import BATCH, Importer, Progress
from albumen.media.look import look
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.models.runtimes import Plan, Runtime, Tensor
from albumen.server.house import House
from albumen.server.models import Models

WARM = 2


def made(source: Path, folder: Path, count: int, pixels: float) -> list[Path]:
    """Write photos that no two are alike of: crops of the given ones, scaled, encoded as cameras do."""
    given = sorted(p for p in source.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    folder.mkdir()
    paths: list[Path] = []
    for i in range(count):
        rng = np.random.default_rng(i)
        with Pillow.open(given[i % len(given)]) as opened:
            photo = opened.convert("RGB")
        width, height = photo.size
        left, top = int(rng.integers(0, width // 10 + 1)), int(rng.integers(0, height // 10 + 1))
        crop = photo.crop((left, top, width, height))
        scale = (pixels / (crop.width * crop.height)) ** 0.5
        size = round(crop.width * scale), round(crop.height * scale)
        paths.append(folder / f"photo{i:06}.jpg")
        crop.resize(size, Pillow.Resampling.BICUBIC).save(paths[-1], quality=90)
    return paths


def memory() -> int:
    """Return the resident bytes of this process and of its children."""
    own = os.getpid()
    children = [
        int(child)
        for thread in Path(f"/proc/{own}/task").iterdir()
        for child in (thread / "children").read_text().split()
    ]
    pages = 0
    for pid in (own, *children):
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


def processor() -> float:
    """Return the processor time of this process and of the children that ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the seconds by the clock, and of processor time of this process alone."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def end_to_end(house: House, photos: Path, every: int) -> dict[str, Any]:
    """Import a folder as the product does, without the second look; the models are loaded already."""
    watched: list[tuple[int, int]] = []

    def watch(progress: Progress) -> None:
        if progress.done % every == 0 or progress.done == progress.total:
            watched.append((progress.done, memory()))

    start, used = time.perf_counter(), processor()
    with house.folder.importing(), house.eyes() as eyes:
        importer = Importer(
            house.folder,
            house.stores,
            eyes=eyes,
            understand=house.models.heads,
            places=house.places,
            on_progress=watch,
        )
        summary = importer.run([bytes(photos)])
    seconds, used = time.perf_counter() - start, processor() - used
    base = next((rss for done, rss in watched if done >= min(2000, summary.new // 2)), 0)
    return {
        "photos": summary.new,
        "seconds": round(seconds, 2),
        "cpu": round(used, 2),
        "per_second": round(summary.new / seconds, 3),
        "stages": summary.stages,
        "peak_mb": round(max(rss for _, rss in watched) / 1e6),
        "growth": round(watched[-1][1] / base - 1, 4) if base else None,
        "memory_mb": [(done, round(rss / 1e6)) for done, rss in watched],
    }


def models_alone(house: House, paths: list[Path]) -> dict[str, Any]:
    """Run the models over pictures that are decoded already, at the same batch size, and nothing else."""
    pictures = [look(path).canvas for path in paths]

    def run() -> None:
        rest = iter(pictures)
        while batch := list(islice(rest, BATCH)):
            house.models.heads(batch)

    wall, cpu = timed(run)
    return {"photos": len(paths), "seconds": round(wall, 2), "cpu": round(cpu, 2), "per_second": len(paths) / wall}


class OneByOne:
    """Gives a model its inputs one at a time."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.inputs = runtime.inputs
        self.close = runtime.close

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """Return every output by name."""
        count = max((len(np.atleast_1d(value)) for value in inputs.values()), default=1)
        found = [self._runtime.run({k: v[i : i + 1] for k, v in inputs.items()}) for i in range(count)]
        return {name: np.concatenate([one[name] for one in found]) for name in found[0]}


def plain(path: Path, card: Card) -> Runtime:
    """Open a model as anyone would."""
    from albumen.models.runtimes.litert import LiteRT
    from albumen.models.runtimes.onnx import OnnxRuntime

    plan = Plan(threads=os.cpu_count() or 1)
    return LiteRT(path, plan) if path.suffix == ".tflite" else OneByOne(OnnxRuntime(path, plan))


def decoded(path: Path) -> Image:
    """Decode all of a picture with Pillow."""
    with Pillow.open(path) as opened:
        return np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))


def straightforward(models: Models, paths: list[Path], out: Path) -> dict[str, Any]:
    """One photo at a time: a full decode for each of five models and of two thumbnails."""
    out.mkdir()

    def run(some: list[Path]) -> None:
        for path in some:
            for _ in range(4):  # the fifth model's is below
                decoded(path)
            models.heads([decoded(path)])
            for side in (1440, 250):
                small = Pillow.fromarray(decoded(path))
                small.thumbnail((side, side), Pillow.Resampling.LANCZOS)
                small.save(out / f"{path.stem}-{side}.jpg", quality=82)

    run(paths[:1])
    wall, cpu = timed(lambda: run(paths))
    return {"photos": len(paths), "seconds": round(wall, 2), "cpu": round(cpu, 2), "per_second": len(paths) / wall}


def measured(args: argparse.Namespace, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each measurement as it is done."""
    settings = read_settings()
    paths = made(args.source, folder / "photos", args.photos, args.pixels * 1e6)
    house = House(settings, folder / "library", writable=True)
    house.models.heads([decoded(path) for path in paths[:WARM]])  # loads the models
    few = paths[: args.few]
    yield "models alone", models_alone(house, few)
    house.models.heads.watch.seconds.clear()
    yield "import", end_to_end(house, folder / "photos", max(1, args.photos // 50))
    yield "models in import", {k: round(v, 2) for k, v in house.models.heads.watch.seconds.items()}
    yield "models alone again", models_alone(house, few)
    house.close()
    models = Models(settings)
    models.pool = Pool(models.store, opener=plain)
    yield "straightforward", straightforward(models, few[: args.slow], folder / "thumbnails")
    models.pool.close()


def main() -> None:
    """Measure, print a table, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=48, help="how many to import")
    parser.add_argument("--few", type=int, default=32, help="how many the models alone see")
    parser.add_argument("--slow", type=int, default=8, help="how many the straightforward pipeline gets")
    parser.add_argument("--pixels", type=float, default=12.0, help="megapixels of a photo")
    parser.add_argument("--from", dest="source", type=Path, required=True, help="folder of photos to make them from")
    parser.add_argument("--out", type=Path, help="file for the results as JSON")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="albumen-bench-"))
    found: dict[str, Any] = {"date": str(date.today()), "machine": platform.processor(), "cores": os.cpu_count()}
    try:
        for name, values in measured(args, folder):
            found[name] = values
            print(f"{name:<20} " + "  ".join(f"{k} {v}" for k, v in values.items() if k != "memory_mb"), flush=True)
    finally:
        shutil.rmtree(folder)
    alone = (found["models alone"]["per_second"] + found["models alone again"]["per_second"]) / 2
    found["of_models_alone"] = round(found["import"]["per_second"] / alone, 3)
    found["times_straightforward"] = round(found["import"]["per_second"] / found["straightforward"]["per_second"], 2)
    cpu = {name: found[name]["cpu"] / found[name]["photos"] for name in ("import", "models alone", "straightforward")}
    found["cpu_of_models_alone"] = round(cpu["models alone"] / cpu["import"], 3)
    found["cpu_times_straightforward"] = round(cpu["straightforward"] / cpu["import"], 2)
    print("by processor time, which a busy machine does not blur: ", end="")
    print(f"{found['cpu_of_models_alone']:.2f} of the models alone, {found['cpu_times_straightforward']:.2f} times")
    print(f"import / models alone: {found['of_models_alone']:.2f} (goal 0.80)")
    print(f"import / straightforward: {found['times_straightforward']:.2f} (goal 3.0)")
    if args.out:
        args.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()

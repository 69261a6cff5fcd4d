"""What decoding costs: a 12-megapixel JPEG to model pixels and two thumbnails, and what the sandbox adds.

Run `python benchmarks/decode.py`. CPU time of one process, median of several runs, so other work on the machine
matters little; everything is measured in one run, so read the ratios.
"""

import argparse
import io
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

from albumen.media.canvas import shrink
from albumen.media.formats import Format
from albumen.media.hashes import perceptual_hash
from albumen.media.image import decode, thumbnails
from albumen.media.look import look
from albumen.media.sandbox import Sandbox

LIMIT_MS = 60.0


def photograph(seed: int) -> bytes:
    """Make a 4000 x 3000 JPEG, quality 88: soft shapes at many scales and a sensor's noise."""
    random = np.random.default_rng(seed)
    pixels = np.zeros((3000, 4000, 3), np.float32)
    for side in (6, 24, 96, 384):
        coarse = random.uniform(0, 255, (side * 3 // 4, side, 3)).astype(np.float32)
        pixels += cv2.resize(coarse, (4000, 3000), interpolation=cv2.INTER_CUBIC) / (side / 6) ** 0.5
    pixels = pixels / 2 + random.normal(0, 4, pixels.shape).astype(np.float32)
    out = io.BytesIO()
    Pillow.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=88, subsampling="4:2:0")
    return out.getvalue()


def ours(data: bytes) -> None:
    """One scaled decode; the model's pixels and both thumbnails from it."""
    decoded = decode(data, Format.JPEG)
    cv2.resize(shrink(decoded.canvas, 448), (224, 224), interpolation=cv2.INTER_AREA)
    thumbnails(decoded.canvas)
    perceptual_hash(decoded.canvas)


def pillow_full(data: bytes) -> None:
    """A straightforward pipeline: one full decode for the model and one for each thumbnail."""
    Pillow.open(io.BytesIO(data)).convert("RGB").resize((224, 224), Pillow.Resampling.BICUBIC)
    for side, format, options in ((1440, "JPEG", {"quality": 80}), (250, "WEBP", {"quality": 75})):
        picture = Pillow.open(io.BytesIO(data)).convert("RGB")
        picture.thumbnail((side, side), Pillow.Resampling.BICUBIC, reducing_gap=None)
        picture.save(io.BytesIO(), format, **options)


def cpu_ms(run: Callable[[bytes], None], pictures: list[bytes], rounds: int) -> float:
    """Return the median CPU milliseconds a picture."""
    times: list[float] = []
    for _ in range(rounds):
        for data in pictures:
            start = time.process_time()
            run(data)
            times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def seconds(run: Callable[[], object]) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def sandbox_overhead(pictures: list[bytes], files: int) -> tuple[float, float]:
    """Return the wall seconds of looking at so many files here and in one child, the better of three rounds each."""
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name) / f"{number}.jpg" for number in range(files)]
        for number, path in enumerate(paths):
            path.write_bytes(pictures[number % len(pictures)])
        with Sandbox(workers=1) as sandbox:
            list(sandbox.map(paths[:4]))
            rounds = [
                (seconds(lambda: [look(path) for path in paths]), seconds(lambda: list(sandbox.map(paths))))
                for _ in range(3)
            ]
    here, there = zip(*rounds, strict=True)
    return min(here), min(there)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    pictures = [photograph(seed) for seed in range(options.pictures)]
    size = sum(map(len, pictures)) / len(pictures) / 1e6
    print(f"{platform.machine()}, {os.cpu_count()} cores; 4000 x 3000 JPEG of {size:.1f} MB")
    mine, theirs = cpu_ms(ours, pictures, options.rounds), cpu_ms(pillow_full, pictures, max(1, options.rounds // 3))
    print(f"one scaled decode: canvas, model pixels, 2 thumbnails, hash   {mine:7.1f} ms CPU (limit {LIMIT_MS:.0f})")
    print(
        f"full decode by Pillow for each                                {theirs:7.1f} ms CPU, {theirs / mine:.1f} times"
    )
    here, there = sandbox_overhead(pictures, 24)
    print(f"24 looks in this process {here:.2f} s, through one child {there:.2f} s: {100 * (there / here - 1):+.1f} %")


if __name__ == "__main__":
    main()

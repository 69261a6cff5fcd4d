"""Measure the search for duplicates: edits found, pictures wrongly called one, and the time at 100,000 pictures.

`python benchmarks/duplicates.py DATA` prints the figures as a table.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from albumen.core.arrays import Image
from albumen.vision.duplicates.grouping import groups, matches
from albumen.vision.duplicates.prints import ORIENTATIONS, Prints, fingerprint

EDITS: dict[str, Callable[[Image], Image]] = {
    "JPEG quality 10": lambda i: saved(i, 10),
    "a quarter of the size": lambda i: cv2.resize(i, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA),
    "grey": lambda i: cv2.cvtColor(cv2.cvtColor(i, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB),
    "brighter by 40": lambda i: clipped(i.astype(float) + 40),
    "gamma 0.5": lambda i: clipped(255 * (i / 255) ** 0.5),
    "gamma 2": lambda i: clipped(255 * (i / 255) ** 2),
    "contrast x 1.6": lambda i: clipped((i - 128.0) * 1.6 + 128),
    "noise of 25": lambda i: clipped(i + np.random.default_rng(0).normal(0, 25, i.shape)),
    "turned by 90 degrees": lambda i: np.ascontiguousarray(np.rot90(i)),
    "mirrored": lambda i: np.ascontiguousarray(i[:, ::-1]),
    "caption written on": lambda i: captioned(i),
    "cropped by 2 %": lambda i: cropped(i, 0.02),
    "cropped by 5 %": lambda i: cropped(i, 0.05),
    "cropped by 10 %": lambda i: cropped(i, 0.10),
    "border of 5 %": lambda i: bordered(i, 0.05),
    "turned by 2 degrees": lambda i: tilted(i, 2),
}


def main(data: Path) -> None:
    """Print every figure."""
    photos = [read(p) for p in sorted((data / "retrieval" / "images").glob("*.jpg"))]
    prints = Prints.joined([fingerprint(p) for p in photos])
    shared(data / "duplicates", prints)
    for name, edit in EDITS.items():
        edited = Prints.joined([prints, *(fingerprint(edit(p)) for p in photos)])
        pairs = {(m.a, m.b) for m in matches(edited)}
        right = sum((i, i + len(photos)) in pairs for i in range(len(photos)))
        wrong = sum(b - a != len(photos) for a, b in pairs)
        print(f"| {name} | {right / len(photos):.2f} | {wrong} |")
    start = time.perf_counter()
    for photo in photos:
        fingerprint(photo)
    print(f"fingerprint: {(time.perf_counter() - start) / len(photos) * 1000:.2f} ms a photo of 640 pixels")
    for count in (10_000, 100_000):
        large(count)


def shared(folder: Path, others: Prints) -> None:
    """Print precision and recall on the shared versions, with all other photos as distractors."""
    truth = json.loads((folder / "groups.json").read_text())
    versions = [m["file"] for m in truth["groups"][0]["members"]]
    rest = [m["file"] for s in truth["scenes"] for m in s["members"]] + truth["singles"]
    prints = Prints.joined([*(fingerprint(read(folder / f)) for f in versions + rest), others])
    found = groups(prints)
    pairs = {(a, b) for g in found for a in g for b in g if a < b}
    right = sum(b < len(versions) for _, b in pairs)
    wanted = len(versions) * (len(versions) - 1) // 2
    print(f"shared versions: recall {right / wanted:.3f}, precision {right / max(1, len(pairs)):.3f} over pairs")


def large(count: int) -> None:
    """Print the time to group that many made-up fingerprints, a tenth of which have a version."""
    random = np.random.default_rng(0)
    greys = random.integers(0, 256, (count, 32, 32)).astype(np.uint8)
    hashes = random.integers(0, 2**63, (count, len(ORIENTATIONS)), dtype=np.uint64)
    copies = np.arange(count // 10)
    greys[copies + count // 2], hashes[copies + count // 2] = greys[copies], hashes[copies]
    start = time.perf_counter()
    found = groups(Prints(hashes, greys))
    print(f"{count} pictures: {time.perf_counter() - start:.1f} s, {len(found)} of {len(copies)} groups")


def saved(image: Image, quality: int) -> Image:
    """Return the picture as JPEG makes it."""
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8)


def clipped(values: np.ndarray) -> Image:
    """Return values as pixels."""
    return np.clip(values, 0, 255).astype(np.uint8)


def cropped(image: Image, share: float) -> Image:
    """Return the middle of the picture."""
    y, x = int(image.shape[0] * share / 2), int(image.shape[1] * share / 2)
    return image[y : image.shape[0] - y, x : image.shape[1] - x]


def bordered(image: Image, share: float) -> Image:
    """Return the picture in a black frame."""
    y, x = int(image.shape[0] * share), int(image.shape[1] * share)
    return np.asarray(cv2.copyMakeBorder(image, y, y, x, x, cv2.BORDER_CONSTANT), np.uint8)


def tilted(image: Image, degrees: float) -> Image:
    """Return the picture turned a little, without corners."""
    h, w = image.shape[:2]
    move = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.06)
    return np.asarray(cv2.warpAffine(image, move, (w, h)), np.uint8)


def captioned(image: Image) -> Image:
    """Return the picture with a line of writing."""
    h, w = image.shape[:2]
    return cv2.putText(
        image.copy(), "Summer 2026", (w // 20, h - h // 15), 0, w / 400, (255, 255, 255), max(2, w // 200)
    )


def read(path: Path) -> Image:
    """Return the pixels of a picture, upright."""
    return np.ascontiguousarray(cv2.imread(str(path), cv2.IMREAD_COLOR)[:, :, ::-1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

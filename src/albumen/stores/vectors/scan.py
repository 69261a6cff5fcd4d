"""Adapter to turbovec (untyped): scans 4-bit codes of many vectors fast and about right; the caller rescores.

A part covers a range of rows that never changes, so the pair of generation and range names its content. Parts are
derived: one that is missing or damaged on disk is built again from the fp16 rows.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from turbovec import TurboQuantIndex  # pyright: ignore

from albumen.core.arrays import Bools, Floats, Ints
from albumen.stores.disk import replace
from albumen.stores.vectors.truth import Truth

ADDED_AT_ONCE = 4096
TAIL = 4096
"""Rows that may stay outside every part and are scanned exactly instead."""
GROWTH = 4
"""A part is merged into the next one unless it is more than so many times as long; this bounds their number."""
Index: Any = TurboQuantIndex  # pyright: ignore
STAMP = struct.Struct("<4sIQ")


@dataclass(frozen=True)
class Part:
    """The codes of rows `start` to `stop`."""

    start: int
    stop: int
    index: Any

    def search(self, queries: Floats, depth: int, allowed: Bools | None) -> Ints:
        """Return (q, m) rows, m at most `depth`: about the nearest; `allowed` is over all rows."""
        mask = None if allowed is None else np.ascontiguousarray(allowed[self.start : self.stop])
        if mask is not None and not mask.any():
            return np.empty((len(queries), 0), np.int64)
        _, rows = self.index.search(queries, k=min(depth, self.stop - self.start), mask=mask)
        return rows + self.start


def padded(vectors: Floats) -> Floats:
    """Return the vectors widened with zeros to a multiple of 8, which the codes need."""
    extra = -vectors.shape[1] % 8
    return np.ascontiguousarray(np.pad(vectors, ((0, 0), (0, extra))) if extra else vectors)


def due(parts: tuple[Part, ...], rows: int) -> tuple[int, int] | None:
    """Return the range that the next part to build should cover, or nothing while the tail is short."""
    start = parts[-1].stop if parts else 0
    if rows - start < TAIL:
        return None
    for part in reversed(parts):
        if part.stop - part.start > GROWTH * (rows - start):
            break
        start = part.start
    return start, rows


def build(truth: Truth, start: int, stop: int, stopped: Callable[[], bool]) -> Part | None:
    """Encode rows `start` to `stop`, damaged ones as zeros; returns nothing once `stopped` says so."""
    index: Any = Index(dim=truth.dim + -truth.dim % 8, bit_width=4)
    for at in range(start, stop, ADDED_AT_ONCE):
        if stopped():
            return None
        rows = truth.matrix[at : min(at + ADDED_AT_ONCE, stop)].astype(np.float32)
        rows[~np.isfinite(rows).all(axis=1)] = 0
        index.add(padded(rows))
    _warm(index, truth.dim)
    return Part(start, stop, index)


def _warm(index: Any, dim: int) -> None:
    """Search once, so that no query waits for the layout of the codes."""
    index.prepare()
    index.search(padded(np.ones((1, dim), np.float32)), k=1)


def path_of(truth: Truth, start: int, stop: int) -> Path:
    """Return where the part of that range is kept."""
    return truth.folder / f"{truth.generation}-{start}-{stop}.scan"


def save(truth: Truth, part: Part) -> None:
    """Keep the part on disk and drop the parts that it replaces."""
    data: bytes = part.index.to_bytes()
    stamp = STAMP.pack(b"Albs", zlib.crc32(data), len(data))
    replace(path_of(truth, part.start, part.stop), stamp + data, durable=False)
    for start, stop, path in _kept(truth):
        if (start, stop) != (part.start, part.stop) and start >= part.start and stop <= part.stop:
            path.unlink(missing_ok=True)


def load(truth: Truth) -> tuple[Part, ...]:
    """Return the parts on disk that cover the rows from the first on without a gap."""
    parts: list[Part] = []
    for start, stop, path in sorted(_kept(truth), key=lambda kept: (kept[0], -kept[1])):
        covered = parts[-1].stop if parts else 0
        if start == covered and stop <= len(truth) and (part := _load(path, start, stop, truth.dim)):
            parts.append(part)
    return tuple(parts)


def _kept(truth: Truth) -> list[tuple[int, int, Path]]:
    found: list[tuple[int, int, Path]] = []
    for path in truth.folder.glob(f"{truth.generation}-*-*.scan"):
        start, stop = path.stem.split("-")[1:]
        found.append((int(start), int(stop), path))
    return found


def _load(path: Path, start: int, stop: int, dim: int) -> Part | None:
    """Return the part in that file, or nothing and no file where it is damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    body = data[STAMP.size :]
    if data[: STAMP.size] != STAMP.pack(b"Albs", zlib.crc32(body), len(body)):
        path.unlink(missing_ok=True)
        return None
    index: Any = Index.from_bytes(body)
    _warm(index, dim)
    return Part(start, stop, index)

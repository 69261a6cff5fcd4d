"""Which vectors lie near each other, found exactly in blocks, so that memory stays small however many there are."""

from typing import NamedTuple

import numpy as np

from albumen.core.arrays import Floats, Ints

BLOCK_CELLS = 1 << 24
"""Cosines held at a time: 64 MB."""


class Edges(NamedTuple):
    """Pairs of neighbours, each once: rows a < b and their cosine."""

    a: Ints  # (E,)
    b: Ints  # (E,)
    cosines: Floats  # (E,)

    def rows(self) -> list[tuple[int, int, float]]:
        """Return the pairs as plain numbers."""
        return [(int(a), int(b), float(c)) for a, b, c in zip(self.a, self.b, self.cosines, strict=True)]


def neighbours(vectors: Floats, k: int, least: float, *, only: Ints | None = None) -> Edges:
    """Return each vector's up to k nearest others whose cosine is at least `least`; `only` leaves other rows out."""
    rows = np.arange(len(vectors)) if only is None else only
    chosen = np.ascontiguousarray(vectors[rows], np.float32)
    step = max(1, BLOCK_CELLS // max(1, len(chosen)))
    parts = [_near(chosen, start, min(start + step, len(chosen)), k, least) for start in range(0, len(chosen), step)]
    if not parts:
        return Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
    a, b, cosines = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _once(rows[a], rows[b], cosines)


def _near(vectors: Floats, start: int, stop: int, k: int, least: float) -> Edges:
    cosines = vectors[start:stop] @ vectors.T
    cosines[np.arange(stop - start), np.arange(start, stop)] = -2
    flat = np.flatnonzero(cosines.ravel() >= least)
    ends = np.searchsorted(flat, np.arange(stop - start + 1) * len(vectors))
    values = cosines.ravel()[flat]
    best = np.concatenate([_best(values, ends[r], ends[r + 1], k) for r in range(stop - start)])
    return Edges(flat[best] // len(vectors) + start, flat[best] % len(vectors), values[best])


def _best(values: Floats, start: int, stop: int, k: int) -> Ints:
    if stop - start <= k:
        return np.arange(start, stop)
    return start + np.argpartition(values[start:stop], -k)[-k:]


def _once(a: Ints, b: Ints, cosines: Floats) -> Edges:
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((high, low))
    low, high, cosines = low[order], high[order], cosines[order]
    first = np.ones(len(low), np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return Edges(low[first], high[first], cosines[first])

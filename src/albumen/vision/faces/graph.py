"""Which vectors lie near each other, found in blocks, so that memory stays small however many there are.

Up to some tens of thousands exactly; beyond that among those that lie near the same anchors, which finds most.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from albumen.core.arrays import Floats, Ints

BLOCK_CELLS = 1 << 24
"""Cosines held at a time: 64 MB."""
EXACT = 25_000
"""Up to so many vectors each is compared with each."""
ANCHORS = 2.0
"""How many anchors, as a multiple of the root of the number of vectors."""
PROBES = 4
"""Near how many anchors a vector's neighbours are looked for."""


class Edges(NamedTuple):
    """Pairs of neighbours, each once: rows a < b and their cosine."""

    a: Ints  # (E,)
    b: Ints  # (E,)
    cosines: Floats  # (E,)

    def rows(self) -> list[tuple[int, int, float]]:
        """Return the pairs as plain numbers."""
        return [(int(a), int(b), float(c)) for a, b, c in zip(self.a, self.b, self.cosines, strict=True)]


def neighbours(vectors: Floats, k: int, least: float, *, only: Ints | None = None, of: Ints | None = None) -> Edges:
    """Return each vector's up to k nearest others whose cosine is at least `least`.

    `only` leaves all other rows out; `of` names the rows whose neighbours are wanted, all by default.
    """
    rows = np.arange(len(vectors)) if only is None else only
    chosen = np.ascontiguousarray(vectors[rows], np.float32)
    if of is None and len(rows) > EXACT:
        parts = list(_by_cells(chosen, k, least))
    else:
        asked = np.arange(len(rows)) if of is None else np.flatnonzero(np.isin(rows, of))
        step = max(1, BLOCK_CELLS // max(1, len(chosen)))
        parts = [_near(chosen, asked[at : at + step], k, least) for at in range(0, len(asked), step)]
    if not parts:
        return Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
    a, b, cosines = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _once(rows[a], rows[b], cosines)


def _near(vectors: Floats, asked: Ints, k: int, least: float) -> Edges:
    cosines = vectors[asked] @ vectors.T
    cosines[np.arange(len(asked)), asked] = -2
    flat = np.flatnonzero(cosines.ravel() >= least)
    ends = np.searchsorted(flat, np.arange(len(asked) + 1) * len(vectors))
    values = cosines.ravel()[flat]
    best = np.concatenate([_best(values, ends[r], ends[r + 1], k) for r in range(len(asked))])
    return Edges(asked[flat[best] // len(vectors)], flat[best] % len(vectors), values[best])


def _by_cells(vectors: Floats, k: int, least: float) -> Iterator[Edges]:
    """Compare each vector with those that have one of its nearest anchors among their own nearest (inverted files)."""
    count = int(ANCHORS * np.sqrt(len(vectors)))
    # Chosen by their numbers, so that the order of the vectors does not matter.
    anchors = vectors[np.argsort(vectors[:, 0], kind="stable")[:: max(1, len(vectors) // count)]]
    step = max(1, BLOCK_CELLS // len(anchors))
    blocks = (vectors[at : at + step] @ anchors.T for at in range(0, len(vectors), step))
    nearest = np.concatenate([np.argpartition(-block, PROBES, axis=1)[:, :PROBES] for block in blocks]).ravel()
    order = np.argsort(nearest, kind="stable")
    for cell in np.split(order // PROBES, np.flatnonzero(np.diff(nearest[order])) + 1):
        for at in range(0, len(cell), step := max(1, BLOCK_CELLS // len(cell))):
            yield _in_cell(vectors, cell, slice(at, at + step), k, least)


def _in_cell(vectors: Floats, cell: Ints, asked: slice, k: int, least: float) -> Edges:
    own = vectors[cell]
    cosines = own[asked] @ own.T
    which = np.arange(len(cosines))
    cosines[which, which + asked.start] = -2
    best = np.argpartition(-cosines, min(k, len(cell) - 1), axis=1)[:, :k]
    values = np.take_along_axis(cosines, best, axis=1)
    row, column = np.nonzero(values >= least)
    return Edges(cell[asked][row], cell[best[row, column]], values[row, column])


def _best(values: Floats, start: int, stop: int, k: int) -> Ints:
    if stop - start <= k:
        return np.arange(start, stop)
    return start + np.argpartition(values[start:stop], -k)[-k:]


def _once(a: Ints, b: Ints, cosines: Floats) -> Edges:
    low, high = np.minimum(a, b), np.maximum(a, b)
    pairs = low * (int(high.max(initial=0)) + 1) + high
    order = np.argsort(pairs, kind="stable")
    first = order[np.diff(pairs[order], prepend=-1) > 0]
    return Edges(low[first], high[first], cosines[first])

"""The one way to vectors: add, remove, search and rescore by key, from any thread and any process.

Masks are indexed by key: `mask[key]` says whether that key may be found, and keys beyond its end may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Ints, check_shape
from albumen.stores.growing import as_keys
from albumen.stores.keyed import Keyed, Snapshot
from albumen.stores.vectors.halves import Halves, products
from albumen.stores.vectors.scan import Codes, CodesKind

EXACT = 4096
"""Up to so many allowed rows are scored exactly without the scan."""
CHUNK = 16384
CACHED = 1024
"""Rows scored at once when rescoring, so that their copies stay in the processor's cache."""


@dataclass(frozen=True)
class Hits:
    """What each of Q queries found, best first: K keys and inner products; -1 and -inf where fewer are allowed."""

    keys: Ints  # (Q, K)
    scores: Floats  # (Q, K)

    def __post_init__(self) -> None:
        check_shape("Hits.keys", self.keys, (None, None))
        check_shape("Hits.scores", self.scores, self.keys.shape)


class Vectors(Keyed[Codes]):
    """Vectors of `dim` numbers by key, one a key, in a folder of their own; kept as fp16, searched as 4 bits."""

    def __init__(self, folder: Path, dim: int) -> None:
        if dim < 1:
            raise ValueError(f"Vectors need at least one number each, not {dim}")
        self.dim = dim
        super().__init__(folder, f"vectors of {dim} numbers", CodesKind(dim))

    def add(self, keys: Ints | Sequence[int], vectors: Floats) -> None:
        """Keep a vector for each key, replacing its older one; on return they are on the disk and can be found."""
        checked = as_keys(keys)
        rows = _as_rows(vectors, len(checked), self.dim)
        if len(checked):
            sizes = np.full(len(checked), self.dim * 2, np.uint32)
            self._add(checked, sizes, rows.reshape(-1).view(np.uint8))

    def get(self, keys: Ints | Sequence[int]) -> Floats:
        """Return the vectors of `keys`, (n, dim), NaN where a key has none."""
        with self._guard:
            self.refresh()
            rows = self._ledger.rows_of(np.asarray(keys, np.int64))
            matrix = self._matrix(self._ledger.payload)
        found = np.full((len(rows), self.dim), np.nan, np.float32)
        found[rows >= 0] = matrix[rows[rows >= 0]]
        return found

    def rescore(self, queries: Floats, keys: Ints | Sequence[int]) -> Floats:
        """Return exact inner products (q, n) of queries with the vectors of `keys`, NaN where a key has none."""
        asked = self._checked(queries)
        with self._guard:
            self.refresh()
            rows = self._ledger.rows_of(np.asarray(keys, np.int64))
            matrix = self._matrix(self._ledger.payload)
        scores = np.full((len(asked), len(rows)), np.nan, np.float32)
        scores[:, rows >= 0] = _exact(asked, rows[rows >= 0], matrix)
        return scores

    def candidates(self, query: Floats, depth: int, mask: Bools | None = None) -> Ints:
        """Return about the `depth` nearest allowed keys of one query (dim,), in no order, for others to rescore."""
        asked = self._checked(query[None])
        seen = self._snapshot()
        rows = self._rows(asked, seen, depth, mask)[0]
        return seen.keys[rows]

    def search(self, queries: Floats, k: int, mask: Bools | None = None) -> Hits:
        """Return the `k` nearest allowed vectors of each query, (q, dim); scores are exact for what is found."""
        asked = self._checked(queries)
        if k < 1:
            raise ValueError(f"A search needs room for at least one hit, not {k}")
        seen = self._snapshot()
        rows = self._rows(asked, seen, max(4 * k, 200), mask)
        return _best(asked, rows, seen.keys, self._matrix(seen.payload), k)

    def _rows(self, queries: Floats, seen: Snapshot[Codes], depth: int, mask: Bools | None) -> Ints:
        """Return (q, m) rows that hold the nearest: all allowed ones where they are few."""
        allowed = seen.allowed(mask)
        count = len(seen.keys) if allowed is None else int(np.count_nonzero(allowed))
        if count <= max(EXACT, depth):
            rows = np.arange(count) if allowed is None else np.flatnonzero(allowed)
            return np.broadcast_to(rows, (len(queries), count))
        if count == len(seen.keys):
            allowed = None
        return _scan(queries, seen.parts, self._matrix(seen.payload), depth, allowed)

    def _matrix(self, payload: NDArray[np.uint8]) -> Halves:
        return payload.view(np.float16).reshape(-1, self.dim)

    def _checked(self, queries: Floats) -> Floats:
        array = np.ascontiguousarray(queries, np.float32)
        check_shape("Queries", array, (None, self.dim))
        if not np.isfinite(array).all():
            raise ValueError("A query holds a number that is not finite; encode it again")
        return array


def _as_rows(vectors: Floats, count: int, dim: int) -> Halves:
    """Return vectors as contiguous fp16 (count, dim), refusing other shapes and numbers that fp16 cannot hold."""
    array = np.asarray(vectors)
    if array.shape != (count, dim):
        raise ValueError(f"Vectors must have shape ({count}, {dim}), one row a key, not {array.shape}")
    with np.errstate(over="ignore"):
        rows = np.ascontiguousarray(array, np.float16)
    if not np.isfinite(rows).all():
        bad = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise ValueError(f"Vector {bad} holds a number that is not finite or beyond 65504; nothing was added")
    return rows


def _scan(queries: Floats, parts: tuple[Codes, ...], matrix: Halves, depth: int, allowed: Bools | None) -> Ints:
    """Return (q, m) rows that hold the nearest, in no order, each allowed one at most once."""
    found = [part.search(queries, depth, allowed) for part in parts]
    for start in range(parts[-1].stop if parts else 0, len(matrix), CHUNK):
        stop = min(start + CHUNK, len(matrix))
        rows = np.arange(start, stop) if allowed is None else start + np.flatnonzero(allowed[start:stop])
        found.append(_nearest(queries, rows, matrix, depth))
    return np.concatenate(found, axis=1)


def _nearest(queries: Floats, rows: Ints, matrix: Halves, depth: int) -> Ints:
    if len(rows) <= depth:
        return np.broadcast_to(rows, (len(queries), len(rows)))
    scores = np.nan_to_num(products(queries, np.take(matrix, rows, axis=0)), nan=-np.inf)
    return rows[np.argpartition(-scores, depth - 1, axis=1)[:, :depth]]


def _exact(queries: Floats, rows: Ints, matrix: Halves) -> Floats:
    """Return (q, n) inner products, reading the rows in the order of the file."""
    order = np.argsort(rows)
    scores = np.empty((len(queries), len(rows)), np.float32)
    for start in range(0, len(rows), CACHED):
        block = order[start : start + CACHED]
        scores[:, block] = products(queries, np.take(matrix, rows[block], axis=0))
    return scores


def _best(queries: Floats, rows: Ints, keys: Ints, matrix: Halves, k: int) -> Hits:
    """Score the candidates exactly and keep the first `k`; numbers that are damaged count as farthest."""
    found = np.full((len(queries), k), -1, np.int64)
    scores = np.full((len(queries), k), -np.inf, np.float32)
    for i, candidates in enumerate(rows):
        ordered = np.sort(candidates)
        exact = _exact(queries[i : i + 1], ordered, matrix)[0]
        exact[np.isnan(exact)] = -np.inf
        best = np.argsort(-exact, kind="stable")[:k]
        found[i, : len(best)], scores[i, : len(best)] = keys[ordered[best]], exact[best]
    return Hits(found, scores)

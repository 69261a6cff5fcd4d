"""The one way to vectors: add, remove, search and rescore by key, from any thread and any process.

Masks are indexed by key: `mask[key]` says whether that key may be found, and keys beyond its end may not.
"""

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albumen.core.arrays import Bools, Floats, Ints, check_shape
from albumen.stores.disk import locked, writing
from albumen.stores.growing import as_keys
from albumen.stores.vectors import scan
from albumen.stores.vectors.truth import Halves, Truth, as_rows, current, make_current, new_generation

EXACT = 4096
"""Up to so many allowed rows are scored exactly without the scan."""
CHUNK = 16384


@dataclass(frozen=True)
class Hits:
    """What each of Q queries found, best first: K keys and inner products; -1 and -inf where fewer are allowed."""

    keys: Ints  # (Q, K)
    scores: Floats  # (Q, K)

    def __post_init__(self) -> None:
        check_shape("Hits.keys", self.keys, (None, None))
        check_shape("Hits.scores", self.scores, self.keys.shape)


class Vectors:
    """Vectors of `dim` numbers by key, one a key, in a folder of their own."""

    def __init__(self, folder: Path, dim: int) -> None:
        if dim < 1:
            raise ValueError(f"Vectors need at least one number each, not {dim}")
        self.folder, self.dim = folder, dim
        self._guard = threading.RLock()
        self._merger: threading.Thread | None = None
        self._closed = threading.Event()
        self._truth = Truth(folder, dim, "00000000")
        self._parts: tuple[scan.Part, ...] | None = None
        self.refresh()

    def __len__(self) -> int:
        return self._truth.living

    @property
    def keys(self) -> Ints:
        """Return the keys that have a vector, in the order of their addition."""
        with self._guard:
            return self._truth.keys[self._truth.alive]

    def refresh(self) -> None:
        """Take in what other processes wrote since; every other method does so by itself."""
        with self._guard:
            generation = current(self.folder)
            if generation and generation != self._truth.generation:
                self._truth, self._parts = Truth(self.folder, self.dim, generation), None
            self._truth.refresh()

    @contextmanager
    def _alone(self) -> Generator[Truth]:
        """Hold the folder's lock, with everything read that others wrote."""
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        with self._guard, locked(self.folder / "LOCK"):
            if current(self.folder) is None:
                make_current(new_generation(self.folder, self.dim))
            self.refresh()
            yield self._truth

    def add(self, keys: Ints | Sequence[int], vectors: Floats) -> None:
        """Keep a vector for each key, replacing its older one; on return they are on the disk and can be found."""
        checked = as_keys(keys)
        rows = as_rows(vectors, len(checked), self.dim)
        if len(checked):
            with self._alone() as truth:
                truth.add(checked, rows)
            self._merge_soon()

    def remove(self, keys: Ints | Sequence[int]) -> int:
        """Forget the vectors of `keys` and return how many there were."""
        checked = as_keys(keys)
        with self._alone() as truth:
            known = checked[truth.rows_of(checked) >= 0]
            if len(known):
                truth.remove(known)
        return len(known)

    def get(self, keys: Ints | Sequence[int]) -> Floats:
        """Return the vectors of `keys`, (n, dim), NaN where a key has none."""
        with self._guard:
            self.refresh()
            truth = self._truth
            rows = truth.rows_of(np.asarray(keys, np.int64))
        found = np.full((len(rows), self.dim), np.nan, np.float32)
        found[rows >= 0] = truth.matrix[rows[rows >= 0]]
        return found

    def rescore(self, queries: Floats, keys: Ints | Sequence[int]) -> Floats:
        """Return exact inner products (q, n) of queries with the vectors of `keys`, NaN where a key has none."""
        return self._checked(queries) @ self.get(keys).T

    def search(self, queries: Floats, k: int, mask: Bools | None = None) -> Hits:
        """Return the `k` nearest allowed vectors of each query, (q, dim); scores are exact for what is found."""
        asked = self._checked(queries)
        if k < 1:
            raise ValueError(f"A search needs room for at least one hit, not {k}")
        with self._guard:
            self.refresh()
            truth, parts = self._truth, self._loaded()
            keys, matrix, alive = truth.keys, truth.matrix, truth.alive
        allowed = alive if mask is None else alive & _by_key(mask, keys)
        count = int(np.count_nonzero(allowed))
        if count <= max(EXACT, k):
            rows = np.broadcast_to(np.flatnonzero(allowed), (len(asked), count))
        else:
            rows = _scan(asked, parts, matrix, max(4 * k, 200), None if count == len(keys) else allowed)
        return _best(asked, rows, keys, matrix, k)

    def _checked(self, queries: Floats) -> Floats:
        array = np.ascontiguousarray(queries, np.float32)
        check_shape("Queries", array, (None, self.dim))
        if not np.isfinite(array).all():
            raise ValueError("A query holds a number that is not finite; encode it again")
        return array

    def _loaded(self) -> tuple[scan.Part, ...]:
        if self._parts is None:
            self._parts = scan.load(self._truth)
        if scan.due(self._parts, len(self._truth)):
            self._merge_soon()
        return self._parts

    def _merge_soon(self) -> None:
        with self._guard:
            idle = self._merger is None or not self._merger.is_alive()
            if idle and not self._closed.is_set() and self._parts is not None:
                self._merger = threading.Thread(target=self._merge, name="vectors-merge", daemon=True)
                self._merger.start()

    def _merge(self) -> None:
        """Build the parts that are due, off the path of every query."""
        while not self._closed.is_set():
            with self._guard:
                truth, parts = self._truth, self._loaded()
                span = scan.due(parts, len(truth))
            if span is None:
                return
            part = scan.build(truth, *span, self._closed.is_set)
            if part is not None:
                self._adopt(truth, part)

    def _adopt(self, truth: Truth, part: scan.Part) -> None:
        with self._guard:
            if self._truth is not truth or self._parts is None:
                return
            self._parts = (*(p for p in self._parts if p.stop <= part.start), part)
        scan.save(truth, part)

    def settle(self) -> None:
        """Wait until all that is due is merged and kept, as an import should at its end."""
        with self._guard:
            self.refresh()
            self._loaded()
        while (merger := self._merger) and merger.is_alive():
            merger.join()

    def compact(self, *, at_least: float = 0.25) -> bool:
        """Drop removed rows from the files where they are at least such a share; say whether it was done."""
        with self._alone() as truth:
            if len(truth) - truth.living < max(1.0, at_least * len(truth)):
                return False
            fresh = new_generation(self.folder, self.dim)
            truth.copy_to(fresh)
            make_current(fresh)
            self.refresh()
        return True

    def verify(self) -> Ints:
        """Return the keys whose vectors on disk are damaged; to mend them, add them again."""
        with self._guard:
            self.refresh()
            truth = self._truth
        rows = truth.damaged(0, len(truth))
        return truth.keys[rows[truth.alive[rows]]]

    def close(self) -> None:
        """Stop merging; what is not merged is merged after the next opening."""
        self._closed.set()
        if self._merger:
            self._merger.join()


def _by_key(mask: Bools, keys: Ints) -> Bools:
    """Return the mask over rows: that of each row's key, and no for keys beyond the mask."""
    if mask.dtype != np.bool_ or mask.ndim != 1:
        raise ValueError(f"A mask must be one row of booleans, not {mask.dtype} of shape {mask.shape}")
    if not len(mask):
        return np.zeros(len(keys), np.bool_)
    allowed = np.take(mask, keys, mode="clip")
    return allowed & (keys < len(mask)) if len(keys) and keys.max() >= len(mask) else allowed


def _scan(queries: Floats, parts: tuple[scan.Part, ...], matrix: Halves, depth: int, allowed: Bools | None) -> Ints:
    """Return (q, m) rows that hold the nearest, in no order, each allowed one at most once."""
    wide = scan.padded(queries)
    found = [part.search(wide, depth, allowed) for part in parts]
    for start in range(parts[-1].stop if parts else 0, len(matrix), CHUNK):
        stop = min(start + CHUNK, len(matrix))
        rows = np.arange(start, stop) if allowed is None else start + np.flatnonzero(allowed[start:stop])
        found.append(_nearest(queries, rows, matrix, depth))
    return np.concatenate(found, axis=1)


def _nearest(queries: Floats, rows: Ints, matrix: Halves, depth: int) -> Ints:
    if len(rows) <= depth:
        return np.broadcast_to(rows, (len(queries), len(rows)))
    scores = queries @ matrix[rows].astype(np.float32).T
    return rows[np.argpartition(-scores, depth - 1, axis=1)[:, :depth]]


def _best(queries: Floats, rows: Ints, keys: Ints, matrix: Halves, k: int) -> Hits:
    out_keys = np.full((len(queries), k), -1, np.int64)
    scores = np.full((len(queries), k), -np.inf, np.float32)
    for i, candidates in enumerate(rows):
        ordered = np.sort(candidates)
        exact = matrix[ordered].astype(np.float32) @ queries[i]
        exact[np.isnan(exact)] = -np.inf
        best = np.argsort(-exact, kind="stable")[:k]
        out_keys[i, : len(best)], scores[i, : len(best)] = keys[ordered[best]], exact[best]
    return Hits(out_keys, scores)

"""Adapter to turbovec (untyped): scans 4-bit codes of many vectors fast and about right; the caller rescores.

Only the leading principal components are coded. A query's product with the part's mean is the same for every row, and
what the other components add is small and made up for by rescoring, so a scan costs half of one over all numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from turbovec import TurboQuantIndex  # pyright: ignore

from albumen.core.arrays import Bools, Floats, Ints
from albumen.stores.ledger import Bytes, Ledger
from albumen.stores.vectors.halves import Halves

ADDED_AT_ONCE = 4096
SAMPLED = 16384
"""Rows that the components are computed from."""
KEPT = 0.92
"""Share of the rows' variance that the coded components hold."""
LANES = 8
"""Row `n` is in lane `n % LANES`: a search's cost grows with the square of its depth, so each goes less deep."""
SPARE = 16
"""What a lane looks for beyond one and a half times its share: the nearest are spread by chance."""
WIDTH = 8
"""turbovec takes multiples of so many numbers."""
Index: Any = TurboQuantIndex  # pyright: ignore


@dataclass(frozen=True)
class Codes:
    """The codes of rows `start` to `stop`, of the components that are the columns of `basis`."""

    start: int
    stop: int
    basis: Floats  # (dim, components)
    lanes: tuple[Any, ...]

    def search(self, queries: Floats, depth: int, allowed: Bools | None) -> Ints:
        """Return (q, m) rows, at least `depth` if there are as many: about the nearest; `allowed` is over all rows."""
        coded = np.ascontiguousarray(queries @ self.basis)
        each = min(depth, depth * 3 // (2 * LANES) + SPARE)
        found = [self._lane(coded, lane, each, allowed) for lane in range(LANES)]
        return np.concatenate(found, axis=1)

    def _lane(self, coded: Floats, lane: int, depth: int, allowed: Bools | None) -> Ints:
        mask = None if allowed is None else np.ascontiguousarray(allowed[self.start + lane : self.stop : LANES])
        size = -((self.start + lane - self.stop) // LANES)
        if size <= 0 or (mask is not None and not mask.any()):
            return np.empty((len(coded), 0), np.int64)
        _, rows = self.lanes[lane].search(coded, k=min(depth, size), mask=mask)
        return rows * LANES + (self.start + lane)


@dataclass(frozen=True)
class CodesKind:
    """How codes are built from fp16 rows of `dim` numbers, and kept as bytes."""

    dim: int

    def build(self, ledger: Ledger, start: int, stop: int, stopped: Callable[[], bool]) -> Codes | None:
        """Encode rows `start` to `stop`, those with damaged numbers as zeros."""
        step = -(-(stop - start) // SAMPLED)
        mean, basis = components(self._rows(ledger, start, stop)[::step])
        lanes = tuple(Index(dim=basis.shape[1], bit_width=4) for _ in range(LANES))
        for at in range(start, stop, ADDED_AT_ONCE):
            if stopped():
                return None
            coded = (finite(self._rows(ledger, at, min(at + ADDED_AT_ONCE, stop))) - mean) @ basis
            for lane in range(LANES):  # ADDED_AT_ONCE is a multiple of LANES
                lanes[lane].add(np.ascontiguousarray(coded[lane::LANES]))
        return self._warmed(Codes(start, stop, basis, lanes))

    def pack(self, part: Codes) -> bytes:
        """Return the codes as bytes: how many components, the lanes' lengths, the components, the lanes."""
        lanes = [lane.to_bytes() for lane in part.lanes]
        sizes = np.array([part.basis.shape[1], *map(len, lanes)], np.int64)
        return b"".join([sizes.tobytes(), np.ascontiguousarray(part.basis).tobytes(), *lanes])

    def unpack(self, data: Bytes, start: int, stop: int) -> Codes:
        """Return the codes in `data`, ready for a first query."""
        sizes = np.frombuffer(data, np.int64, 1 + LANES)
        basis = np.frombuffer(data, np.float32, self.dim * int(sizes[0]), sizes.nbytes).reshape(self.dim, -1)
        ends = sizes.nbytes + basis.nbytes + np.cumsum(sizes[1:])
        lanes = [Index.from_bytes(data[end - size : end].tobytes()) for size, end in zip(sizes[1:], ends, strict=True)]
        return self._warmed(Codes(start, stop, basis.copy(), tuple(lanes)))

    def _rows(self, ledger: Ledger, start: int, stop: int) -> Halves:
        return ledger.span(start, stop).view(np.float16).reshape(-1, self.dim)

    def _warmed(self, codes: Codes) -> Codes:
        """Search once, so that no query waits for the layout of the codes."""
        codes.search(np.ones((1, self.dim), np.float32), 1, None)
        return codes


def components(rows: Halves) -> tuple[Floats, Floats]:
    """Return the mean (dim,) of rows and their leading principal components, the columns of (dim, components)."""
    sample = finite(rows)
    mean = sample.mean(axis=0)
    variance, directions = np.linalg.eigh((sample - mean).T @ (sample - mean))
    share = np.cumsum(variance[::-1]) / max(float(variance.sum()), 1e-12)
    count = min(int(np.searchsorted(share, KEPT)) + 1, len(mean))
    basis = np.zeros((len(mean), count + -count % WIDTH), np.float32)
    kept = min(basis.shape[1], len(mean))
    basis[:, :kept] = directions[:, ::-1][:, :kept]
    return mean, basis


def finite(rows: Halves) -> Floats:
    """Return the rows in fp32, with zeros for those that hold a number that is not finite."""
    wide = rows.astype(np.float32)
    wide[~np.isfinite(wide).all(axis=1)] = 0
    return wide

"""Adapter to turbovec (untyped): scans 4-bit codes of many vectors fast and about right; the caller rescores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from turbovec import TurboQuantIndex  # pyright: ignore

from albumen.core.arrays import Bools, Floats, Ints
from albumen.stores.ledger import Bytes, Ledger

ADDED_AT_ONCE = 4096
Index: Any = TurboQuantIndex  # pyright: ignore


@dataclass(frozen=True)
class Codes:
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


@dataclass(frozen=True)
class CodesKind:
    """How codes are built from fp16 rows of `dim` numbers, and kept as bytes."""

    dim: int

    def build(self, ledger: Ledger, start: int, stop: int, stopped: Callable[[], bool]) -> Codes | None:
        """Encode rows `start` to `stop`, those with damaged numbers as zeros."""
        index = Index(dim=self.dim + -self.dim % 8, bit_width=4)
        for at in range(start, stop, ADDED_AT_ONCE):
            if stopped():
                return None
            span = ledger.span(at, min(at + ADDED_AT_ONCE, stop))
            rows = span.view(np.float16).reshape(-1, self.dim).astype(np.float32)
            rows[~np.isfinite(rows).all(axis=1)] = 0
            index.add(padded(rows))
        return self._warmed(Codes(start, stop, index))

    def pack(self, part: Codes) -> bytes:
        """Return the codes as bytes."""
        return part.index.to_bytes()

    def unpack(self, data: Bytes, start: int, stop: int) -> Codes:
        """Return the codes in `data`, ready for a first query."""
        return self._warmed(Codes(start, stop, Index.from_bytes(data.tobytes())))

    def _warmed(self, codes: Codes) -> Codes:
        """Search once, so that no query waits for the layout of the codes."""
        codes.search(padded(np.ones((1, self.dim), np.float32)), 1, None)
        return codes


def padded(vectors: Floats) -> Floats:
    """Return the vectors widened with zeros to a multiple of 8, which the codes need."""
    extra = -vectors.shape[1] % 8
    return np.ascontiguousarray(np.pad(vectors, ((0, 0), (0, extra))) if extra else vectors)

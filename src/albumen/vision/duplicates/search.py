"""Finds all pairs of hashes that differ in few bits, without comparing all pairs.

Two hashes that differ in at most r of 64 bits differ in at most r // 4 bits in one of their four quarters; so the pairs
are among those whose quarters meet in a table of 65,536 entries, looked up with every change of so many bits.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Ints
from albumen.vision.duplicates.prints import Hashes

QUARTERS = 4
BITS = 16
MOST_PAIRS = 1 << 21
"""Pairs looked at in one go, to bound memory."""


def pairs(queries: Hashes, hashes: Hashes, radius: int) -> Ints:
    """Return all (query, hash) rows with query < hash that differ in at most `radius` bits, each once, (E, 2)."""
    found = [np.zeros(0, np.int64)]
    for quarter in range(QUARTERS):
        found += list(_meeting(queries, hashes, quarter, radius))
    both = np.unique(np.concatenate(found))
    return np.stack(np.divmod(both, max(1, len(hashes))), axis=1)


def _meeting(queries: Hashes, hashes: Hashes, quarter: int, radius: int) -> Iterator[Ints]:
    keys = _quarter(hashes, quarter)
    order = np.argsort(keys, kind="stable")
    starts = np.searchsorted(keys[order], np.arange((1 << BITS) + 1))
    asked = _quarter(queries, quarter)
    for change in _changes(radius // QUARTERS):
        wanted = asked ^ change
        counts = starts[wanted + 1] - starts[wanted]
        for block in _blocks(counts):
            a = np.repeat(np.arange(len(queries))[block], counts[block])
            begin = np.repeat(starts[wanted[block]] - (np.cumsum(counts[block]) - counts[block]), counts[block])
            b = order[begin + np.arange(len(a))]
            near = (a < b) & (np.bitwise_count(queries[a] ^ hashes[b]) <= radius)
            yield a[near] * len(hashes) + b[near]


def _quarter(hashes: Hashes, quarter: int) -> Ints:
    return ((hashes >> np.uint64(BITS * quarter)) & np.uint64((1 << BITS) - 1)).astype(np.int64)


def _changes(most: int) -> list[int]:
    return [sum(1 << b for b in bits) for n in range(most + 1) for bits in combinations(range(BITS), n)]


def _blocks(counts: NDArray[np.int64]) -> Iterator[slice]:
    total = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = int(total[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(total, done + MOST_PAIRS, side="right")))
        yield slice(start, stop)
        start = stop

"""Decides which pictures are versions of one picture, and keeps apart those that only show the same scene."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats, Ints
from albumen.vision.duplicates.prints import ORIENTATIONS, SIDE, Orientation, Prints, distances, orient
from albumen.vision.duplicates.search import pairs

CELL = 4


@dataclass(frozen=True)
class Rules:
    """How alike two pictures must be to count as versions of one."""

    radius: int = 10
    """Bits of 64 in which the hashes of pictures of one orientation may differ."""
    turned_radius: int = 6
    """The same for pictures of different orientation, where eight times as many pairs may meet by chance."""
    correlation: float = 0.9
    worst: float = 0.5
    """How far the worst of 8 x 8 cells may be off, in standard deviations of the picture: something moved there."""


@dataclass(frozen=True)
class Match:
    """Two pictures, a < b, that are versions of one: how the second has to be turned, and how alike they then are."""

    a: int
    b: int
    orientation: Orientation
    bits: int
    correlation: float
    worst: float


def matches(prints: Prints, rules: Rules | None = None) -> list[Match]:
    """Return all pairs of versions, the most alike first."""
    rules = rules or Rules()
    near = candidates(prints, rules)
    bits = distances(prints, near[:, 0], near[:, 1])
    found = [compare(prints, int(a), int(b), row) for (a, b), row in zip(near, bits, strict=True)]
    return sorted((m for m in found if accepted(m, rules)), key=lambda m: (m.worst, m.a, m.b))


def groups(prints: Prints, rules: Rules | None = None) -> list[tuple[int, ...]]:
    """Return the groups of two and more versions, by first picture.

    Two groups join only if their first pictures are versions too, so that slow change never chains a scene together.
    """
    rules = rules or Rules()
    first = list(range(len(prints)))
    members = {i: [i] for i in first}
    for match in matches(prints, rules):
        a, b = sorted((first[match.a], first[match.b]))
        if a != b and accepted(_versions(prints, a, b), rules):
            for i in members[b]:
                first[i] = a
            members[a] += members.pop(b)
    return [tuple(sorted(m)) for _, m in sorted(members.items()) if len(m) > 1]


def candidates(prints: Prints, rules: Rules) -> Ints:
    """Return the pairs whose hashes lie near each other in some orientation, (E, 2); flat pictures have none."""
    rows = np.flatnonzero(~prints.flat)
    base = prints.hashes[rows, 0]
    found = [pairs(base, base, rules.radius)]
    found += [pairs(prints.hashes[rows, o], base, rules.turned_radius) for o in range(1, len(ORIENTATIONS))]
    return rows[np.unique(np.concatenate(found), axis=0)]


def compare(prints: Prints, a: int, b: int, bits: NDArray[np.uint8]) -> Match:
    """Compare two pictures closely in the orientation in which their hashes differ least."""
    best = int(bits.argmin())
    one, two = prints.greys[a], orient(prints.greys[b], ORIENTATIONS[best])
    correlation, worst = alike(one, two)
    return Match(a, b, ORIENTATIONS[best], int(bits[best]), correlation, worst)


def alike(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> tuple[float, float]:
    """Return the correlation of two tiny pictures and how far the worst cell is off, whatever the tone curve.

    The second gets the values of the first by rank, which undoes brightness, contrast and gamma.
    """
    spread = float(one.std(dtype=np.float32))
    if spread == 0 or not two.any():
        return 0.0, np.inf
    target, values = one.astype(np.float32), np.empty(SIDE * SIDE, np.float32)
    values[np.argsort(two, axis=None, kind="stable")] = np.sort(target, axis=None)
    off = (_cells((values.reshape(SIDE, SIDE) - target) ** 2) ** 0.5) / spread
    return float(np.corrcoef(values, target.ravel())[0, 1]), float(off.max())


def accepted(match: Match, rules: Rules) -> bool:
    """Return whether a close comparison says that two pictures are versions of one."""
    return match.correlation >= rules.correlation and match.worst <= rules.worst


def _versions(prints: Prints, a: int, b: int) -> Match:
    return compare(prints, a, b, distances(prints, np.array([a]), np.array([b]))[0])


def _cells(values: Floats) -> Floats:
    n = SIDE // CELL
    return values.reshape(n, CELL, n, CELL).mean((1, 3))

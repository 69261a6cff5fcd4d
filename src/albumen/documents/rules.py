"""Straight lines drawn on a page: horizontal and vertical rules, joined where they are broken."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools

Grey = NDArray[np.uint8]


class Rule(NamedTuple):
    """A straight line: its place across (`at`), and from where to where it runs, in pixels."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        """Return how long it is."""
        return self.end - self.start


@dataclass(frozen=True)
class Rules:
    """The horizontal rules (`at` is y) and vertical rules (`at` is x) of a page, each in order of `at`."""

    across: tuple[Rule, ...]
    down: tuple[Rule, ...]


def dark(grey: Grey) -> Bools:
    """Return where a page (h, w) is darker than its surroundings: ink of any weight."""
    span = max(15, (min(grey.shape) // 40) | 1)
    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, span, 8)
    return np.asarray(ink, np.uint8).astype(np.bool_)


def find(ink: Bools, *, least: float) -> Rules:
    """Return the rules of at least `least` pixels in a page's ink (h, w)."""
    return Rules(_runs(ink, least), _runs(np.ascontiguousarray(ink.T), least))


def _runs(ink: Bools, least: float) -> tuple[Rule, ...]:
    """Return the horizontal rules of an ink mask; a rule is thin, and gaps of a few pixels are bridged."""
    size = max(8, int(least))
    pixels = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    runs = cv2.morphologyEx(pixels, cv2.MORPH_OPEN, np.ones((1, size), np.uint8))
    thickness = max(6, size // 4)
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((thickness, 1), np.uint8))
    runs = cv2.dilate(np.asarray(runs, np.uint8) & ~np.asarray(thick, np.uint8), np.ones((3, 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    found = [
        Rule(float(top + height / 2), float(left), float(left + width))
        for left, top, width, height, _ in stats[1:count].tolist()
        if width >= size and height <= 2 * thickness
    ]
    return tuple(sorted(_bridged(found, reach=size)))


def _bridged(rules: list[Rule], reach: float) -> list[Rule]:
    """Join rules on one level whose ends are near each other."""
    joined: list[Rule] = []
    for rule in sorted(rules, key=lambda r: (round(r.at / 4), r.start)):
        near = next((i for i, r in enumerate(joined) if abs(r.at - rule.at) < 4 and rule.start - r.end < reach), None)
        if near is None:
            joined.append(rule)
        else:
            other = joined[near]
            joined[near] = Rule((other.at + rule.at) / 2, min(other.start, rule.start), max(other.end, rule.end))
    return joined

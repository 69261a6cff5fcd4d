"""Straight lines drawn on a page: horizontal and vertical rules, joined where they are broken."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools
from albumen.documents.document import Box

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


def without(ink: Bools, boxes: Iterable[Box]) -> Bools:
    """Return ink (h, w) with the insides of boxes wiped, so that letters are not taken for lines."""
    left = ink.copy()
    for box in boxes:
        left[max(0, round(box.top)) : round(box.bottom), max(0, round(box.left)) : round(box.right)] = False
    return left


def find(ink: Bools, *, line_height: float) -> Rules:
    """Return the rules in a page's ink (h, w) without its words: long ones across, shorter ones down."""
    across = _runs(ink, max(16.0, 2.5 * line_height), line_height)
    return Rules(across, _runs(np.ascontiguousarray(ink.T), max(12.0, 1.3 * line_height), line_height))


def _runs(ink: Bools, least: float, line_height: float) -> tuple[Rule, ...]:
    """Return the horizontal rules of an ink mask; a rule is thin, and gaps are bridged."""
    size, thickness = int(least) | 1, max(5, round(0.35 * line_height))
    runs = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, size), np.uint8))
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((thickness, 1), np.uint8))
    thin = np.asarray(runs, np.uint8) & ~np.asarray(thick, np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(thin, np.ones((3, 1), np.uint8)), connectivity=8)
    found = [
        Rule(float(top + height / 2), float(left), float(left + width))
        for left, top, width, height, _ in stats[1:count].tolist()
        if width >= size and height <= thickness + 4
    ]
    return tuple(sorted(_bridged(found, reach=1.5 * line_height)))


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

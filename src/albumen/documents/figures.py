"""Pictures on a page: areas of ink or colour that are neither text nor rules nor tables."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from albumen.core.arrays import Image
from albumen.documents.document import Box, Table, Word
from albumen.documents.rules import without

_SMALL = 4  # the page is looked at this many times smaller
_COLOUR = 40  # of 255: how far the channels of coloured ink lie apart
_DARK = 0.72  # of the paper's brightness
_LEAST, _MOST = 2.0, 0.5  # line heights of the shorter side; share of the page
_FILLED = 0.25  # share of a picture's box that is ink


def find(image: Image, words: Iterable[Word], tables: Sequence[Table], *, line_height: float) -> list[Box]:
    """Return the boxes of the pictures on a page's pixels (h, w, 3)."""
    height, width = image.shape[:2]
    ink = without(_ink(image), [_shrunk(w.box) for w in words])
    reach = max(1, round(0.8 * line_height / _SMALL))
    closed = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    solid = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    found: list[Box] = []
    for left, top, w, h, area in (stats[1:, :5] * np.array([_SMALL, _SMALL, _SMALL, _SMALL, 1])).tolist():
        box = Box(float(left), float(top), float(min(width, left + w)), float(min(height, top + h)))
        sized = min(w, h) > _LEAST * line_height and w * h < _MOST * width * height
        filled = area * _SMALL**2 > _FILLED * w * h
        if sized and filled and not any(t.box.holds(box.x, box.y) for t in tables):
            found.append(box)
    return found


def _ink(image: Image) -> np.ndarray:
    size = max(1, image.shape[1] // _SMALL), max(1, image.shape[0] // _SMALL)
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.int16)
    paper = np.median(small)
    return (small.min(2) < _DARK * paper) | (np.ptp(small, 2) > _COLOUR)


def _shrunk(box: Box) -> Box:
    return Box(*(value / _SMALL for value in (box.left - 2, box.top - 2, box.right + 4, box.bottom + 4)))

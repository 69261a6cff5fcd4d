"""Is a PDF's text layer sound? What it says must stand on the page, and the page must show little else."""

import difflib
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from albumen.core.arrays import Image
from albumen.documents.document import Box, Line, around
from albumen.documents.rules import dark, without

_SAMPLES = 3
_ENOUGH = 16.0  # line heights of each that are read
_ALIKE = 0.6  # mean similarity of sampled lines as stored and as read
_OUTSIDE = 0.6  # letters outside the layer's words, for each letter inside


def is_sound(lines: Sequence[Line], image: Image, read: Callable[[Sequence[Image]], list[str]]) -> bool:
    """Say whether the lines of a layer are what a page's pixels (h, w, 3) show; `read` gives the text of strips."""
    height, width = image.shape[:2]
    inside = [line for line in lines if 0 <= line.box.x <= width and 0 <= line.box.y <= height]
    if len(inside) < 0.9 * len(lines) or _uncovered(inside, image) > _OUTSIDE:
        return False
    longest = [_beginning(line) for line in sorted(inside, key=lambda line: -len(line.text))[:_SAMPLES]]
    seen = read([_strip(image, line.box) for line in longest])
    likeness = [_likeness(line.text, text) for line, text in zip(longest, seen, strict=True)]
    return float(np.mean(likeness)) >= _ALIKE


def _beginning(line: Line) -> Line:
    """Return the first words of a line: enough to compare, and a third of the time to read."""
    reach = line.box.left + _ENOUGH * line.box.height
    return Line(tuple(word for word in line.words if word.box.right < reach) or line.words[:1])


def _likeness(stored: str, seen: str) -> float:
    a, b = ("".join(text.casefold().split()) for text in (stored, seen))
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def _strip(image: Image, box: Box) -> Image:
    pad = 0.25 * box.height
    top, bottom = max(0, int(box.top - pad)), int(box.bottom + pad) + 1
    left, right = max(0, int(box.left - pad)), int(box.right + pad) + 1
    return np.ascontiguousarray(image[top:bottom, left:right])


def _uncovered(lines: Sequence[Line], image: Image) -> float:
    """Return how many pieces of ink of a letter's size lie outside the words, for each one inside."""
    boxes = [word.box for line in lines for word in line.words]
    tall = float(np.median([box.height for box in boxes]))
    ink = dark(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8))
    grown = [around([box, Box(box.left - 3, box.top - 3, box.right + 3, box.bottom + 3)]) for box in boxes]
    whole, outside = (_letters(np.asarray(part, np.uint8), tall) for part in (ink, without(ink, grown)))
    return outside / max(1, whole - outside)


def _letters(ink: Image, tall: float) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sizes = stats[1:, 2:4]
    return int(((sizes[:, 1] > 0.4 * tall) & (sizes[:, 1] < 2 * tall) & (sizes[:, 0] < 3 * tall)).sum())

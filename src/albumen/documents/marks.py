"""Check boxes: small empty or ticked squares."""

from collections.abc import Sequence

import cv2
import numpy as np

from albumen.core.arrays import Bools
from albumen.documents.document import Box, Line, Mark, Table

_LEAST, _MOST = 0.6, 2.6  # of a line's height
_TICKED = 0.12  # share of the inside that is ink


def find(ink: Bools, *, line_height: float) -> list[Mark]:
    """Return the check boxes in a page's ink (h, w), from the top."""
    pixels = ink.astype(np.uint8)
    contours, _ = cv2.findContours(pixels, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[Mark] = []
    for left, top, width, height in sorted(map(cv2.boundingRect, contours), key=lambda r: -r[2] * r[3]):
        if _LEAST * line_height <= min(width, height) and max(width, height) <= _MOST * line_height:
            box = Box(float(left), float(top), float(left + width), float(top + height))
            mark = _mark(ink, box)
            if mark is not None and not any(_same(mark.box, other.box) for other in found):
                found.append(mark)
    return sorted(found, key=lambda mark: (mark.box.top, mark.box.left))


def _mark(ink: Bools, box: Box) -> Mark | None:
    if not 0.5 <= box.width / box.height <= 2.0 or not _framed(ink, box):
        return None
    inset = max(2, round(0.2 * box.width))
    left, top, right, bottom = (int(v) for v in box)
    inside = ink[top + inset : bottom - inset, left + inset : right - inset]
    share = float(inside.mean()) if inside.size else 1.0
    distance = min(1.0, abs(share - _TICKED) / _TICKED)
    return Mark(share > _TICKED, 0.6 + 0.39 * distance, box)


def _framed(ink: Bools, box: Box) -> bool:
    """Say whether all four sides are straight and closed: ink along nearly the whole of each side."""
    left, top, right, bottom = (int(v) for v in box)
    reach = max(2, round(0.12 * box.width))
    part = ink[top:bottom, left:right]
    sides = (part[:reach].max(0), part[-reach:].max(0), part[:, :reach].max(1), part[:, -reach:].max(1))
    straight = (part[:reach].mean(1), part[-reach:].mean(1), part[:, :reach].mean(0), part[:, -reach:].mean(0))
    return all(side.mean() > 0.93 for side in sides) and all(side.max() > 0.85 for side in straight)


def _same(a: Box, b: Box) -> bool:
    return a.holds(b.x, b.y) or b.holds(a.x, a.y)


def has_reason(mark: Mark, lines: Sequence[Line], tables: Sequence[Table]) -> bool:
    """Say whether a box is there to be ticked: it has a label in its row, or a cell of a table to itself."""
    if any(t.box.holds(mark.box.x, mark.box.y) and t.ruled for t in tables):
        return True
    if not 0.7 <= mark.box.width / mark.box.height <= 1.4:
        return False
    reach = 2.5 * max(mark.box.height, mark.box.width)
    words = [w.box for line in lines for w in line.words if w.box.beside(mark.box) > 0.4]
    inside = any(
        line.box.left < mark.box.left - 2 and line.box.right > mark.box.right + 2
        for line in lines
        if line.box.beside(mark.box) > 0.9
    )
    labelled = any(
        -2 <= box.left - mark.box.right <= reach or -2 <= mark.box.left - box.right <= reach for box in words
    )
    return labelled and not (inside and mark.box.height < 0.7 * max(box.height for box in words))

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
        if _LEAST * line_height <= min(width, height) <= _MOST * line_height and width <= 2 * _MOST * line_height:
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


def with_reason(marks: Sequence[Mark], lines: Sequence[Line], tables: Sequence[Table]) -> list[Mark]:
    """Keep the boxes that are there to be ticked: with a label in their row, or alone in a cell of a drawn table."""
    words = [word.box for line in lines for word in line.words]
    kept: list[Mark] = []
    for mark in marks:
        table = next((t for t in tables if t.ruled and t.box.holds(mark.box.x, mark.box.y)), None)
        if table is None:
            reason = 0.7 <= mark.box.width / mark.box.height <= 1.4 and _labelled(mark.box, words)
        else:
            among = [m for m in marks if table.box.holds(m.box.x, m.box.y) and _alike(m.box, mark.box)]
            holds_word = any(mark.box.holds(box.x, box.y) for box in words)
            reason = not holds_word and any(m.selected for m in among)
        if reason:
            kept.append(mark)
    return kept


def _alike(a: Box, b: Box) -> bool:
    return 0.75 < a.width / b.width < 1.33 and 0.75 < a.height / b.height < 1.33


def _labelled(box: Box, words: Sequence[Box]) -> bool:
    """Say whether a word stands close beside a box, and the box is no letter of a line."""
    row = [word for word in words if word.beside(box) > 0.4]
    reach = 2.5 * max(box.height, box.width)
    near = [w for w in row if -2 <= w.left - box.right <= reach or -2 <= box.left - w.right <= reach]
    return bool(near) and box.height >= 0.5 * max(word.height for word in near)

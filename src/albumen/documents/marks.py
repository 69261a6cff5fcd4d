"""Check boxes: small empty or ticked squares."""

import cv2
import numpy as np

from albumen.core.arrays import Bools
from albumen.documents.document import Box, Mark

_LEAST, _MOST = 0.5, 2.6  # of a line's height
_TICKED = 0.12  # share of the inside that is ink


def find(ink: Bools, *, line_height: float) -> list[Mark]:
    """Return the check boxes in a page's ink (h, w), from the top."""
    pixels = ink.astype(np.uint8)
    contours, _ = cv2.findContours(pixels, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[Mark] = []
    for contour in contours:
        left, top, width, height = cv2.boundingRect(contour)
        if _LEAST * line_height <= min(width, height) and max(width, height) <= _MOST * line_height:
            box = Box(float(left), float(top), float(left + width), float(top + height))
            mark = _mark(ink, box)
            if mark is not None and not any(_same(mark.box, other.box) for other in found):
                found.append(mark)
    return sorted(found, key=lambda mark: (mark.box.top, mark.box.left))


def _mark(ink: Bools, box: Box) -> Mark | None:
    if not 0.7 <= box.width / box.height <= 1.4 or not _framed(ink, box):
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

"""Signatures: large connected strokes near the words that ask for one."""

import re
from collections.abc import Sequence

import cv2
import numpy as np

from albumen.core.arrays import Bools
from albumen.documents.document import Box, Line, Signature, around

_ASKS = re.compile(r"\b(signatur|signed\b|sign here|authori[sz]ed by|unterschrift|firma\b|assinatura)", re.IGNORECASE)


def find(lines: Sequence[Line], ink: Bools, *, line_height: float) -> list[Signature]:
    """Return where somebody signed: strokes taller than print, above or beside a line that asks for a signature."""
    asks = [line for line in lines if _ASKS.search(line.text) and line.box.height < 2 * line_height]
    strokes = _strokes(ink, line_height) if asks else []
    found: list[Signature] = []
    for line in asks:
        near = [s for s in strokes if _near(line.box, s, line_height)]
        if near and not any(f.box.holds(line.box.x, line.box.top - line_height) for f in found):
            found.append(Signature(around(near), 0.6 + min(0.35, 0.05 * len(near))))
    return found


def _strokes(ink: Bools, height: float) -> list[Box]:
    """Return components that are tall, wide and thin-lined, as handwriting is and print, rules and pictures are not."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    boxes: list[Box] = []
    for left, top, width, tall, area in stats[1:count].tolist():
        sized = 1.3 * height < tall < 9 * height and 0.8 * height < width < 25 * height
        if sized and 0.03 < area / (width * tall) < 0.35 and width / tall < 8:
            boxes.append(Box(float(left), float(top), float(left + width), float(top + tall)))
    return boxes


def _near(label: Box, stroke: Box, height: float) -> bool:
    above = -1.0 * height < label.top - stroke.bottom < 2 * height or stroke.top < label.y < stroke.bottom
    aside = stroke.left < label.right + 25 * height and stroke.right > label.left - 5 * height
    return above and aside

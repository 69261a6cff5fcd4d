"""A page as a picture for people who look for mistakes: what was found, drawn over it."""

import cv2
import numpy as np

from albumen.core.arrays import Image
from albumen.documents.document import Box, Page

_COLOURS = {
    "line": (190, 190, 190),
    "table": (0, 0, 255),
    "cell": (0, 150, 0),
    "key": (220, 0, 0),
    "value": (220, 130, 0),
    "mark": (200, 0, 200),
    "signature": (120, 0, 220),
}


def draw(page: Page, image: Image) -> Image:
    """Return a copy of the upright page's pixels (h, w, 3) with boxes around lines, tables, pairs and marks."""
    canvas = image.copy()
    for kind, box in _boxes(page):
        left, top, right, bottom = (round(v) for v in box)
        cv2.rectangle(canvas, (left, top), (right, bottom), _COLOURS[kind], 3 if kind == "table" else 1)
    return np.asarray(canvas, np.uint8)


def _boxes(page: Page) -> list[tuple[str, Box]]:
    found = [("line", line.box) for line in page.lines]
    for table in page.tables:
        found += [("cell", cell.box) for cell in table.cells] + [("table", table.box)]
    for pair in page.pairs:
        found += [("key", word.box) for word in pair.key] + [("value", word.box) for word in pair.value]
    found += [("mark", mark.box) for mark in page.marks]
    return found + [("signature", signature.box) for signature in page.signatures]


def encode(image: Image) -> bytes:
    """Return pixels (h, w, 3) as PNG."""
    _, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return np.asarray(data, np.uint8).tobytes()

"""Do the words of a picture stand on paper? The second judgement of what may be a document, once its page was read."""

import numpy as np

from albumen.core.arrays import Image
from albumen.documents.document import Box, Page

ON_PAPER = 0.5
"""Share of the words that stand on light, evenly coloured ground on a document."""
_LIGHT, _PALE = 110, 80
"""Least brightness and most difference between the colours, of 255, of paper in a photo."""


def on_paper(page: Page, image: Image) -> float:
    """Return the share of a page's words that stand on light, pale ground in its picture (h, w, 3)."""
    grounds = [_ground(image, word.box) for word in page.words]
    light = [min(colour) >= _LIGHT and max(colour) - min(colour) <= _PALE for colour in grounds]
    return sum(light) / len(light) if light else 0.0


def _ground(image: Image, box: Box) -> list[float]:
    """Return the colour that letters stand on: the brighter pixels in and around their box."""
    height, width = image.shape[:2]
    pad = 0.2 * box.height
    rows = slice(int(max(0, box.top - pad)), int(min(height, box.bottom + pad)) + 1)
    columns = slice(int(max(0, box.left - pad)), int(min(width, box.right + pad)) + 1)
    pixels = image[rows, columns].reshape(-1, 3)
    return np.percentile(pixels, 75, axis=0).tolist() if len(pixels) else [0.0, 0.0, 0.0]

"""Is this a picture of a document? Judged by the words that were read in it, its labels, and what they stand on.

Method: a logistic regression, fitted with a ridge of .5 on 53 document pictures (36 of them photographed askew) and
219 other photos; `docs/benchmarks.md` has its precision and recall.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from albumen.core.arrays import Image
from albumen.documents.document import Box, Page

CARD = "documents.v1"
"""Who says what kind of document an asset is; another card looks at all assets anew."""
WORTH_READING = 0.2
"""Chance from which the careful reading is worth its time."""
IS_DOCUMENT = 0.5
ON_PAPER = 0.5
"""Share of the words that stand on light, evenly coloured ground on a document."""
LIKE_PAPER = frozenset({"binder", "book jacket", "crossword puzzle", "envelope", "menu", "web site"})
"""Labels that the classifier gives to pages of text."""
_WORDS, _LINES, _LABELS, _BIAS = 1.6, 0.37, 0.65, -5.0
_LIGHT, _PALE = 110, 80
"""Least brightness and most difference between the colours, of 255, of paper in a photo."""


def chance(words: int, lines: int, labels: Iterable[tuple[str, float]]) -> float:
    """Return how likely a picture with so many words in so many lines, and such labels, is one of a document."""
    paper = min(1.0, sum(share for name, share in labels if name in LIKE_PAPER))
    z = _WORDS * math.log1p(words) + _LINES * math.log1p(lines) + _LABELS * paper + _BIAS
    return 1 / (1 + math.exp(-z))


def chance_of(said: Sequence[tuple[str, Any]]) -> float:
    """Return the chance from what was said of a picture, as (task, value)."""
    written: list[Any] = next((value for task, value in said if task == "text"), list[Any]())
    labels = [(entry[0], float(entry[1])) for task, value in said if task == "labels" for entry in value]
    return chance(len(written), len({entry[3] for entry in written}), labels)


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

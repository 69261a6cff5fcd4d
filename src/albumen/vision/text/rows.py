"""Strips that a detector drew over several short rows, such as figures under each other in a column, cut into rows."""

import itertools

import numpy as np

from albumen.core.arrays import Bools
from albumen.vision.text.strips import Strip
from albumen.vision.text.words import letter_ink

_TALL = 1.5  # usual heights from which a strip may hold two rows
_WIDE = 1.3  # heights from which it is too wide for that: rows so long are told apart by the detector
_ROW = 0.25  # usual heights of the ink that makes a row, at least


def rows(strip: Strip, *, tall: float) -> list[Strip]:
    """Return the rows of a strip, itself if it has one; `tall` is how tall strips of the page usually are."""
    height, width = strip.pixels.shape[:2]
    if height < _TALL * tall or width > _WIDE * height:
        return [strip]
    bands = [
        band
        for band in _bands(np.asarray(letter_ink(strip.pixels).any(1), np.bool_))
        if band[1] - band[0] >= _ROW * tall
    ]
    if len(bands) < 2:
        return [strip]
    cuts = [0, *((a[1] + b[0]) // 2 for a, b in itertools.pairwise(bands)), height]
    return [strip.part(top, bottom) for top, bottom in itertools.pairwise(cuts)]


def _bands(inked: Bools) -> list[tuple[int, int]]:
    """Return where runs of rows with ink (h,) begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inked, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]

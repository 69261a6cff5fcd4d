"""Two recognisers: a quick one, and a better one for what the quick one is not sure of or cannot know."""

import itertools
import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from albumen.core.arrays import Bools
from albumen.vision.text.recognition import Reading
from albumen.vision.text.strips import Strip
from albumen.vision.text.words import letter_ink

_JUNCTION = re.compile(r"[^\W\d_]\d|\d[A-Z]|[$€£#]\d")
_PROBES = 2
_SPACE = 0.25  # of the height of the ink: a gap as wide as this, and twice as wide as the others, may be a space


class ReadsStrips(Protocol):
    """Reads strips, as `albumen.vision.text.recogniser.Recogniser` does."""

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return what each strip says."""
        ...

    def knows(self, text: str) -> bool:
        """Tell whether all letters of a text are in the alphabet."""
        ...


class Cascade:
    """Reads strips with a quick recogniser, and with a better one where a character is less sure than `below`.

    With `careful`, the longest strips are read by the better one at once, and all of them if the quick one lacks
    letters that stand there; and strips in which the quick one may have lost a space are read again.
    """

    def __init__(self, quick: ReadsStrips, better: ReadsStrips, *, below: float, careful: bool) -> None:
        self._quick, self._better = quick, better
        self._below, self._careful = below, careful

    def read(self, strips: Sequence[Strip]) -> list[Reading]:
        """Return what each strip says."""
        order = sorted(range(len(strips)), key=lambda i: -strips[i].pixels.shape[1] / strips[i].pixels.shape[0])
        probes = _PROBES if self._careful else 0
        found = _by(self._better, strips, order[:probes])
        rest = order[probes:]
        if self._quick.knows("".join(reading.text for reading in found.values())):
            quick = _by(self._quick, strips, rest)
            found |= {i: reading for i, reading in quick.items() if self._sure(strips[i], reading)}
        found |= _by(self._better, strips, [i for i in rest if i not in found])
        return [found[i] for i in range(len(strips))]

    def _sure(self, strip: Strip, reading: Reading) -> bool:
        sure = len(reading.scores) > 0 and float(reading.scores.min()) >= self._below
        return sure and not (self._careful and lacks_space(strip, reading))


def _by(recogniser: ReadsStrips, strips: Sequence[Strip], which: Sequence[int]) -> dict[int, Reading]:
    return dict(zip(which, recogniser.read([strips[i] for i in which]), strict=True))


def lacks_space(strip: Strip, reading: Reading) -> bool:
    """Tell whether letters read without a space may stand apart: a letter and a figure, or by a gap in the ink."""
    if _JUNCTION.search(reading.text):
        return True
    ink = letter_ink(strip.pixels)
    columns: Bools = ink.max(0)
    wide = _gaps(reading, columns)
    return bool(wide and max(wide) >= max(_SPACE * float(ink.any(1).sum()), 2 * float(np.median(wide)) + 1))


def _gaps(reading: Reading, columns: Bools) -> list[int]:
    """Return the width of the widest empty run of columns between each two letters with no space between them."""
    places = (reading.centres * len(columns)).tolist()
    pairs = zip(itertools.pairwise(reading.text), itertools.pairwise(places), strict=True)
    return [_widest(columns[int(a) : int(np.ceil(b)) + 1]) for letters, (a, b) in pairs if " " not in letters]


def _widest(columns: Bools) -> int:
    edges = np.flatnonzero(np.concatenate(([True], columns, [True])))
    return int(np.diff(edges).max()) - 1

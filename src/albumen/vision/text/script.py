"""What a page's script tells of its letters: a Chinese letter or an accent that nothing else on the page bears out."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

import numpy as np

from albumen.vision.text.recognition import Reading
from albumen.vision.text.spelling import is_icon

_SURE = 0.9  # confidence from which a letter says what script a page is written in
_FOREIGN = 0.02  # share of sure letters from which a second script is used on a page
_ACCENTS = 0.004  # share of letters with accents, sure or not, from which a page's language has them
_DOUBT, _MILD = 0.95, 0.75  # confidence up to which letters are doubted: those of a script not used here, and others
_ALONE = 2  # letters: texts no longer say nothing of the script, and are always doubted where it is not used


class _Kind(Enum):
    PLAIN = "on every keyboard, or a pictogram"
    ACCENTED = "Latin, but not of English"
    FOREIGN = "of a script other than Latin, Greek and Cyrillic"
    OTHER = "anything else"


def settled(readings: Sequence[Reading]) -> list[Reading]:
    """Write plain characters for those of a page's strips that are doubtful and that nothing on the page bears out."""
    long = [reading for reading in readings if len(reading.text) > _ALONE]
    letters = [_kind(c) for reading in long for c in reading.text]
    sure = [_kind(c) for r in long for c, score in zip(r.text, r.scores, strict=True) if score >= _SURE]
    doubts = {
        _Kind.FOREIGN: _DOUBT if sure.count(_Kind.FOREIGN) <= _FOREIGN * len(sure) else 0.0,
        _Kind.ACCENTED: _MILD if letters.count(_Kind.ACCENTED) <= max(1, _ACCENTS * len(letters)) else 0.0,
        _Kind.OTHER: _MILD,
    }
    return [reading if reading.text.isascii() else _plain(reading, doubts) for reading in readings]


def _plain(reading: Reading, doubts: dict[_Kind, float]) -> Reading:
    if doubts[_Kind.FOREIGN] and len(reading.text) <= _ALONE:
        doubts = doubts | {_Kind.FOREIGN: np.inf}
    letters = (
        other if score < doubts.get(_kind(letter), 0.0) else letter
        for letter, other, score in zip(reading.text, reading.plain, reading.scores, strict=True)
    )
    return replace(reading, text="".join(letters))


def _kind(letter: str) -> _Kind:
    if letter.isascii() or is_icon(letter):
        return _Kind.PLAIN
    name = unicodedata.name(letter, "")
    if name.startswith("LATIN"):
        return _Kind.ACCENTED
    return _Kind.FOREIGN if letter.isalpha() and not name.startswith(("GREEK", "CYRILLIC")) else _Kind.OTHER

"""Words of a read line: characters placed by their CTC column, cut apart and shrunk to their ink."""

import itertools
import re
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Image
from albumen.vision.text.recognition import Reading
from albumen.vision.text.spelling import ICONS

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the strip."""

_PARTS = re.compile(rf"[{ICONS}]+|[^\s{ICONS}]+")
_BEYOND = 0.8  # how far ink may lie outside the first and last letter's centre, in letters
_SPACE = 0.2  # of a line's ink height: the narrowest space between words
_CLEAR = 0.7  # the same: what is a space between whatever letters
_THIN = 4  # pixels: what is no taller, as dashes are, gets more above and below
_AROUND = 1.5  # pixels
_PAD = 0.06  # of the line's height, left and top: what readers of such boxes expect


@dataclass(frozen=True)
class Word:
    """One word of a strip: its text, mean confidence 0 to 1, and box in pixels of the strip."""

    text: str
    score: float
    box: Box


@dataclass(frozen=True)
class _Span:
    """A word's characters `first` to `last` of the reading, spaces excluded."""

    first: int
    last: int


def words(pixels: Image, reading: Reading) -> list[Word]:
    """Return the words of a strip (h, w, 3), each shrunk to its ink."""
    width = pixels.shape[1]
    ink = letter_ink(pixels)
    spans = [part for span in _spans(reading.text) for part in _apart(span, reading, ink)]
    if not spans:
        return []
    letter = _letter_width(reading, width)
    pad = _PAD * float(ink.any(1).sum())
    edges = _ranges(spans, reading.centres * width, ink, letter)
    found: list[Word] = []
    for span, (left, right) in zip(spans, edges, strict=True):
        text = reading.text[span.first : span.last + 1]
        score = float(reading.scores[span.first : span.last + 1].mean())
        found.append(Word(text, score, _shrink(ink, left, right, pad)))
    return found


def letter_ink(pixels: Image) -> Bools:
    """Return where a strip (h, w, 3) has ink of letters (h, w): no rules, no pieces of neighbouring rows."""
    ink = _ink(pixels)
    ink &= ~_rules(ink)
    count, names, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    if count <= 2:
        return ink
    keep = ~_foreign(stats.astype(np.int32), ink.shape[0], ink.shape[1])
    keep[0] = False
    return np.take(keep, names.astype(np.int32)) if keep.any() else ink


def _ink(pixels: Image) -> Bools:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = np.asarray(grey, np.uint8) <= threshold
    return ~dark if dark.mean() > 0.5 else dark


def _rules(ink: Bools) -> Bools:
    """Return the pixels of straight runs that are longer than any stroke of a letter."""
    height, width = ink.shape
    pixels = ink.astype(np.uint8)
    found = np.zeros_like(pixels)
    span = max(3, min(int(1.5 * height), int(0.95 * width)))
    across = cv2.morphologyEx(pixels, cv2.MORPH_OPEN, np.ones((1, span), np.uint8))
    found |= _thin(across, axis=0, most=max(3, height // 6))
    upright = cv2.morphologyEx(pixels, cv2.MORPH_OPEN, np.ones((max(2, int(0.95 * height)), 1), np.uint8))
    found |= _thin(upright, axis=1, most=max(3, height // 6))
    return found.astype(np.bool_)


def _thin(runs: NDArray[Any], *, axis: int, most: int) -> NDArray[np.uint8]:
    """Keep runs that are at most `most` pixels thick along `axis`: white print on a dark bar is no rule."""
    shape = (most + 1, 1) if axis == 0 else (1, most + 1)
    thick = cv2.dilate(cv2.erode(runs, np.ones(shape, np.uint8)), np.ones(shape, np.uint8))
    return (runs.astype(np.uint8) & ~thick.astype(np.uint8)).astype(np.uint8)


def _foreign(stats: NDArray[np.int32], height: int, width: int) -> Bools:
    """Mark components (left, top, w, h, area) that are rules or reach in from neighbouring rows."""
    left, top, w, h = (stats[:, i] for i in range(4))
    rule = (w > 1.5 * height) & (h < 0.2 * height)
    neighbour = ((top == 0) & (h < 0.2 * height)) | ((top + h >= height) & (h < 0.2 * height))
    aside = ((left == 0) | (left + w >= width)) & (h < 0.12 * height)
    return rule | neighbour | aside


def _spans(text: str) -> list[_Span]:
    """Cut a text at its spaces, and around glyphs that stand for pictograms and boxes."""
    return [_Span(part.start(), part.end() - 1) for part in _PARTS.finditer(text)]


def _apart(span: _Span, reading: Reading, ink: Bools) -> list[_Span]:
    """Cut a word where a space was lost: at a clear gap, and at half of that after punctuation or before a number."""
    columns: Bools = ink.max(0)
    places = reading.centres[span.first : span.last + 1] * len(columns)
    gaps = np.array([_gap(columns, float(a), float(b)) for a, b in itertools.pairwise(places)])
    if len(gaps) < 3:
        return [span]
    height, usual = float(ink.any(1).sum()), float(np.median(gaps))
    space, clear = max(_SPACE * height, 2 * usual + 1), max(_CLEAR * height, 3 * usual + 1)
    wide = ((span.first + int(i) + 1, gaps[i] >= clear) for i in np.flatnonzero(gaps >= space))
    starts = [span.first, *(i for i, sure in wide if sure or _may_part(reading.text[i - 1], reading.text[i]))]
    ends = [*(start - 1 for start in starts[1:]), span.last]
    return [_Span(start, end) for start, end in zip(starts, ends, strict=True)]


def _may_part(before: str, after: str) -> bool:
    """Say whether a space between two letters is easily lost in reading."""
    if before == ".":
        return after.isupper()  # a small letter goes on, as in an address of the web
    if before == ",":
        return after.isalpha()
    if before in ":?!;)":
        return after.isalnum() or after in "($"
    return before.isalpha() and after.isdecimal()


def _gap(columns: Bools, left: float, right: float) -> int:
    """Return the width of the widest run of empty columns between two places."""
    part = np.concatenate(([True], columns[int(left) : int(np.ceil(right)) + 1], [True]))
    return int(np.diff(np.flatnonzero(part)).max()) - 1


def _letter_width(reading: Reading, width: int) -> float:
    if len(reading.text) < 2:
        return width / 2
    steps = np.diff(reading.centres) * width
    return float(np.median(steps))


def _ranges(spans: list[_Span], centres: Floats, ink: Bools, letter: float) -> list[tuple[int, int]]:
    """Return where each word may have ink, in columns: cut at the widest empty run between two words."""
    columns: Bools = ink.max(0)
    width = len(columns)
    cuts = [_widest_gap(columns, float(centres[a.last]), float(centres[b.first])) for a, b in itertools.pairwise(spans)]
    lefts = [0, *cuts]
    rights = [*cuts, width]
    reach = _BEYOND * letter + 2
    return [
        (max(left, int(centres[s.first] - reach)), min(right, int(np.ceil(centres[s.last] + reach))))
        for s, left, right in zip(spans, lefts, rights, strict=True)
    ]


def _widest_gap(columns: Bools, left: float, right: float) -> int:
    """Return the middle of the widest run of empty columns between two places."""
    a, b = int(left), max(int(left) + 1, int(np.ceil(right)))
    best, at, run = 0, (a + b) // 2, 0
    for x in range(a, min(b, len(columns))):
        run = 0 if columns[x] else run + 1
        if run > best:
            best, at = run, x - run // 2
    return at


def _shrink(ink: Bools, left: int, right: int, pad: float) -> Box:
    part = ink[:, left:right]
    columns, rows = np.flatnonzero(part.any(0)), np.flatnonzero(part.any(1))
    if not len(columns):
        height = len(ink)
        return float(left), 0.15 * height, float(max(right, left + 1)), 0.85 * height
    top, bottom = float(rows[0]), float(rows[-1] + 1)
    thin = _AROUND if bottom - top <= _THIN else 0.0
    above = max(0.0, top - max(pad, thin))
    return max(0.0, left + columns[0] - pad), above, float(left + columns[-1] + 1), bottom + thin

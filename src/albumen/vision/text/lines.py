"""Lines of words as people see them: what a detector ran together is cut at wide gaps, what it cut is joined."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from albumen.core.arrays import Floats

_SPACES = 2.4  # usual spaces of a page between two words of one line, at most
_GAP = 1.0, 1.4  # heights: what that is at least and at most
_OPEN_GAP = 1.8  # heights after what goes on: a colon, the number of an entry
_NEAR = 1.3  # heights: wider gaps do not tell how wide a page's spaces are
_OPEN = re.compile(r".*:|\(?[A-Za-z0-9]{1,2}[.)]")
_OFF = np.cos(np.radians(8))  # text off the page's direction by more than this is joined with nothing
_SIGN = re.compile(r"[-+]")
_NUMBER = re.compile(r"[$€£]?\.?\d[\d.,]*[*%]?")


@dataclass(frozen=True, eq=False)
class Placed:
    """One word in a picture: text, confidence 0 to 1, and corners (4, 2) in pixels, clockwise from where it starts."""

    text: str
    score: float
    corners: Floats

    @property
    def height(self) -> float:
        """Return how tall the word is across its direction, in pixels."""
        return float(np.linalg.norm(self.corners[3] - self.corners[0]))


Line = list[Placed]


def regroup(lines: Sequence[Line]) -> list[Line]:
    """Cut lines at wide gaps, join pieces that stand in one row, and join signs to their numbers."""
    room = _room(lines)
    pieces = [piece for line in lines for piece in _cut(line, room)]
    if not pieces:
        return []
    along = direction([word.corners for line in pieces for word in line])
    level = [p for p in pieces if float(_along(p) @ along) > _OFF]
    others = [p for p in pieces if float(_along(p) @ along) <= _OFF]
    return [_with_signs(line) for line in [*_join(level, along, room), *others]]


def direction(quads: Sequence[Floats]) -> Floats:
    """Return the unit vector (2,) along which most text runs; the corners of each quad start where reading starts."""
    vectors = np.stack([q[1] - q[0] for q in quads])
    lengths = np.linalg.norm(vectors, axis=1)
    angles = np.arctan2(vectors[:, 1], vectors[:, 0])
    usual = np.arctan2(*vectors.sum(0)[::-1])  # angles are ordered from here, not across the seam behind
    off = (angles - usual + np.pi) % (2 * np.pi) - np.pi
    order = np.argsort(off)
    middle = usual + off[order][np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)]
    return np.array([np.cos(middle), np.sin(middle)], np.float32)


def _along(line: Line) -> Floats:
    vector = line[-1].corners[1] - line[0].corners[0]
    return vector / max(float(np.linalg.norm(vector)), 1e-6)


def _room(lines: Sequence[Line]) -> float:
    """Return how many heights apart two words of one line may be: more where spaces are wide, as a till prints them."""
    gaps = [_gap(*pair) for line in lines for pair in itertools.pairwise(line)]
    near = [gap for gap in gaps if gap < _NEAR]
    return float(np.clip(_SPACES * np.median(near), *_GAP)) if near else _GAP[0]


def _gap(before: Placed, word: Placed) -> float:
    """Return the gap between two words in heights."""
    gap = float((word.corners[0] - before.corners[1]) @ _along([before, word]))
    return gap / max(before.height, word.height, 1e-6)


def _after(word: Placed, room: float) -> float:
    return max(room, _OPEN_GAP) if _OPEN.fullmatch(word.text) else room


def _cut(line: Line, room: float) -> list[Line]:
    """Cut one line where the gap between two words is wide."""
    height = float(np.median([w.height for w in line]))
    pieces = [[line[0]]]
    for before, word in itertools.pairwise(line):
        tall = max(before.height, word.height)
        if _gap(before, word) * tall > _after(before, room) * max(tall, 0.8 * height):
            pieces.append([])
        pieces[-1].append(word)
    return pieces


@dataclass(frozen=True, eq=False)
class _Extent:
    line: Line
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def _extent(line: Line, along: Floats) -> _Extent:
    across = np.array([-along[1], along[0]], np.float32)
    points = np.concatenate([word.corners for word in line])
    x, y = points @ along, points @ across
    return _Extent(line, float(x.min()), float(x.max()), float(y.min()), float(y.max()))


def _join(lines: Sequence[Line], along: Floats, room: float) -> list[Line]:
    """Join pieces from left to right with the nearest piece of their row."""
    open_ends: list[_Extent] = []
    for piece in sorted((_extent(line, along) for line in lines), key=lambda e: e.left):
        fits = [e for e in open_ends if _continues(e, piece, room)]
        if not fits:
            open_ends.append(piece)
            continue
        before = max(fits, key=lambda e: e.right)
        open_ends = [e for e in open_ends if e is not before]
        open_ends.append(_extent([*before.line, *piece.line], along))
    return [e.line for e in open_ends]


def _continues(a: _Extent, b: _Extent, room: float) -> bool:
    low, high = sorted((a.height, b.height))
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    gap = b.left - a.right
    return shared > 0.6 * low and high < 1.8 * low and -0.4 * low < gap <= _after(a.line[-1], room) * high


def _with_signs(line: Line) -> Line:
    """Join "- 28.05" to "-28.05"."""
    return reduce(_signed, line, [])


def _signed(done: Line, word: Placed) -> Line:
    sign = done[-1] if done else None
    if sign and _SIGN.fullmatch(sign.text) and _NUMBER.fullmatch(word.text) and len(done) == 1:
        back = (sign.corners[0] - word.corners[0]) @ _along([word]) * _along([word])
        corners = word.corners + np.outer((1, 0, 0, 1), back).astype(np.float32)
        return [*done[:-1], replace(word, text=sign.text + word.text, corners=corners)]
    return [*done, word]

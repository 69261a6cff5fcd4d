"""Stands pages upright and flattens them, judging by how their lines of text run.

Method: one low polynomial is fitted to all lines of a page so that each runs level; outliers are weighed down.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats, Image
from albumen.documents.placing import LEVEL, Bend, Matrix, Placement, terms
from albumen.vision.text.lines import direction

_LEVEL = np.radians(0.4)  # pages turned by less are left as they are
_NEARBY, _STEP = 15, 0.1  # how many steps to each side, of so many degrees, a page is turned further to level rows
_SHARPER = 1.05  # how much sharper rows must stand then
_BIN = 0.25  # line heights of a row of the profile
_FEW = 8  # lines, at least, that a bend is judged by
_LONG = 2.0  # line heights: the shortest word that says how its line runs
_FLAT = 0.4  # line heights of bend that are left as they are
_BETTER = 0.6  # of the lines' unevenness: what a bend must reduce it to
_RIDGE = 0.02
_SLOPE = 0.35  # the steepest a bend may be, so that it can be undone


def straighten(image: Image, corners: Floats, lines: Sequence[int]) -> tuple[Image, Floats, Placement]:
    """Return a page's pixels and its words' corners (n, 4, 2) upright and flat, and the way back."""
    turn, size = _turn(corners, image.shape[1::-1])
    if turn is not None:
        forward = cv2.invertAffineTransform(np.array(turn, np.float64))
        corners = (corners @ forward[:, :2].T + forward[:, 2]).astype(np.float32)
    bend = _bend(corners, np.array(lines, np.int64), size)
    placement = Placement(turn or LEVEL, bend)
    if turn is None and bend is None:
        return image, corners, placement
    return _drawn(image, placement, size), placement.flat(corners), placement


def tall(corners: Floats) -> float:
    """Return how tall words usually are, given their corners (n, 4, 2)."""
    return float(np.median(np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)))


def _turn(corners: Floats, size: tuple[int, ...]) -> tuple[Matrix | None, tuple[int, int]]:
    """Return the map from the upright page to the picture, None if it stands so, and the upright page's size."""
    width, height = size[:2]
    if not len(corners):
        return None, (width, height)
    along = direction(list(corners))
    angle = float(np.arctan2(along[1], along[0]))
    if abs(angle) < _LEVEL:
        return None, (width, height)
    angle = _levelled(corners, angle)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ turn.T
    low, high = outline.min(0), outline.max(0)
    (a, b, c), (d, e, f) = cv2.invertAffineTransform(np.column_stack((turn, -low))).tolist()
    across, down = (int(v) for v in np.ceil(high - low - 0.01))
    return ((a, b, c), (d, e, f)), (across, down)


def _levelled(corners: Floats, angle: float) -> float:
    """Return the angle near one at which words (n, 4, 2) far apart stand in the same rows best.

    Method: projection profiles (Postl, 1986), of words instead of ink.
    """
    angles = angle + np.radians(np.arange(-_NEARBY, _NEARBY + 1) * _STEP)
    sharp = [_sharpness(corners, float(one)) for one in angles]
    best = int(np.argmax(sharp))
    return float(angles[best]) if sharp[best] > _SHARPER * sharp[_NEARBY] else angle


def _sharpness(corners: Floats, angle: float) -> float:
    """Return how much words turned back by an angle crowd in few rows: the sum of squares of their profile."""
    rows = corners.mean(1) @ np.array([-np.sin(angle), np.cos(angle)])
    weights = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    bins = ((rows - rows.min()) / (_BIN * tall(corners))).astype(np.int64)
    profile = np.convolve(np.bincount(bins, weights), (1, 2, 1))
    return float((profile**2).sum())


def _drawn(image: Image, placement: Placement, size: tuple[int, int]) -> Image:
    """Draw the upright, flat page."""
    if placement.bend is None:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        turn = np.array(placement.turn, np.float64)
        return np.asarray(cv2.warpAffine(image, turn, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    there = placement.to_source(np.stack((x, y), -1)).astype(np.float32)
    drawn = cv2.remap(image, there[..., 0], there[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, np.uint8)


def _bend(corners: Floats, lines: NDArray[np.int64], size: tuple[int, int]) -> Bend | None:
    """Return the bend that lets the lines of words run level, or None if they do or nothing sure can be said."""
    if not len(corners):
        return None
    height = tall(corners)
    ends = np.concatenate((corners[:, (0, 3)].mean(1), corners[:, (1, 2)].mean(1)))  # where words begin, where they end
    x, y, member = ends[:, 0], ends[:, 1], np.concatenate((lines, lines))
    if len(np.unique(lines[x[len(lines) :] - x[: len(lines)] > _LONG * height])) < _FEW:
        return None
    weights = _fitted(x, y, member, (float(size[0]), float(size[1])), height)
    bend = Bend((float(size[0]), float(size[1])), tuple(float(w) for w in weights))
    depth = bend.depth(x, y)
    uneven, left = (_unevenness(v, member) for v in (y, y - depth))
    matters = float(np.ptp(bend.depth(*_rim(x, y)))) > _FLAT * height
    steep = float(np.abs(np.diff(bend.depth(*_rim(x, y)))).max()) > _SLOPE * size[0]
    return bend if matters and not steep and left < _BETTER * uneven else None


def _rim(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return places along the top, the middle and the bottom of where there is text."""
    across = np.linspace(float(x.min()), float(x.max()), 9, dtype=np.float32)
    down = np.quantile(y, (0.02, 0.5, 0.98)).astype(np.float32)
    return np.tile(across, 3), np.repeat(down, 9)


def _centred(values: Floats, member: NDArray[np.int64], sure: Floats) -> Floats:
    """Return values less their line's weighted mean."""
    total = np.maximum(np.bincount(member, sure), 1e-9)
    return np.asarray(values - (np.bincount(member, sure * values) / total)[member], np.float32)


def _unevenness(y: Floats, member: NDArray[np.int64]) -> float:
    return float(np.sqrt(np.mean(_centred(y, member, np.ones_like(y)) ** 2)))


def _fitted(x: Floats, y: Floats, member: NDArray[np.int64], size: tuple[float, float], tall: float) -> Floats:
    """Fit the bend's weights to words at (x, y) of lines `member`, three times, each time trusting outliers less."""
    features = terms(x, y, size)
    sure: Floats = np.ones(len(x), np.float32)
    weights = np.zeros(features.shape[1], np.float32)
    for _ in range(4):
        centred = np.stack([_centred(f, member, sure) for f in features.T], 1)
        wanted = _centred(y, member, sure)
        gram = centred.T @ (centred * sure[:, None]) + _RIDGE * np.eye(features.shape[1])
        weights = np.linalg.solve(gram, centred.T @ (sure * wanted)).astype(np.float32)
        off = np.abs(_centred(y - features @ weights, member, sure))
        sure = np.asarray(1 / np.maximum(1, off / (0.12 * tall)), np.float32)
    return weights

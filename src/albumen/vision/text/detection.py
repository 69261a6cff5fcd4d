"""Where text stands: pixels to the input of a DB text detector, and its probability map to turned rectangles.

Method: differentiable binarisation (Liao et al., 2020), with rectangles grown in closed form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image

STEP = 128  # sides of the input are multiples of this, so that a runtime sees few shapes
_LOOKS_LIKE_TEXT = 0.3
_GROW = 1.6
_MIN_SIDE = 3
_FAINT = 0.4  # the peak of a blob that may be a sign standing alone, though it is too small or too faint for a line
_GLANCE, _GLANCE_PIXELS = 0.7, 12


_Rect = tuple[tuple[float, float], tuple[float, float], float]


@dataclass(frozen=True)
class Canvas:
    """A picture scaled into the corner of the detector input (3, H, W); `scale` is its pixels per picture pixel."""

    pixels: Floats
    scale: float


def canvas(image: Image, *, long_side: int, short_side: int = 0, step: int = STEP) -> Canvas:
    """Scale a picture so that its long side is `long_side` at most and its short side `short_side` at least."""
    height, width = image.shape[:2]
    scale = min(1.0, long_side / max(height, width))
    if short_side and min(height, width) * scale < short_side:
        scale = min(short_side / min(height, width), long_side / max(height, width))
    new_w, new_h = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, (new_w, new_h), interpolation=method)
    full_h, full_w = -(-new_h // step) * step, -(-new_w // step) * step
    pixels = np.zeros((3, full_h, full_w), np.float32)
    pixels[:, :new_h, :new_w] = small[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
    return Canvas(pixels, scale)


@dataclass(frozen=True)
class Found:
    """Corners (N, 4, 2) in picture pixels, clockwise from top left, of text, and of what may be a sign alone."""

    quads: Floats
    faint: Floats


def rectangles(heat: Floats, *, scale: float, threshold: float = 0.5) -> Found:
    """Return where a probability map (H, W) shows text, clearly or faintly."""
    mask = cv2.dilate((heat > _LOOKS_LIKE_TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    sure: list[Floats] = []
    faint: list[Floats] = []
    for contour in contours:
        rect = cv2.minAreaRect(contour)
        corners = _clockwise(cv2.boxPoints(_grown(rect)))
        if min(rect[1]) >= _MIN_SIDE and _mean_inside(heat, rect) >= threshold:
            sure.append(corners)
        elif _peak(heat, contour) >= _FAINT:
            faint.append(corners)
    return Found(_stacked(sure, scale), _stacked(faint, scale))


def _stacked(quads: Sequence[Floats], scale: float) -> Floats:
    return (np.stack(quads) / scale).astype(np.float32) if quads else np.zeros((0, 4, 2), np.float32)


def _peak(heat: Floats, contour: "cv2.typing.MatLike") -> float:
    left, top, width, height = cv2.boundingRect(contour)
    return float(heat[top : top + height, left : left + width].max())


def _grown(rect: "cv2.typing.RotatedRect") -> _Rect:
    (x, y), (w, h), angle = rect
    by = w * h * _GROW / (w + h)  # twice the distance: area * ratio / perimeter on each side
    return (x, y), (w + by, h + by), angle


def _mean_inside(heat: Floats, rect: "cv2.typing.RotatedRect") -> float:
    corners = cv2.boxPoints(rect)
    top_left = np.maximum(np.floor(corners.min(0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(0)).astype(int) + 1
    part = heat[top_left[1] : bottom, top_left[0] : right]
    if not part.size:
        return 0.0
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(inside, [(corners - top_left).astype(np.int32)], [1])
    return float(cv2.mean(part, inside)[0])


def _clockwise(corners: "cv2.typing.MatLike") -> Floats:
    """Order four corners clockwise, starting with the one nearest to the top left."""
    centre = corners.mean(0)
    around = np.argsort(np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0]))
    ordered = corners[around]
    return np.roll(ordered, -int(np.argmin(ordered.sum(1))), 0).astype(np.float32)


def any_text(heat: Floats) -> bool:
    """Say at a glance whether a probability map (H, W) shows text: enough connected pixels above the threshold."""
    return int((heat > _GLANCE).sum()) >= _GLANCE_PIXELS


def standing(quads: Floats, *, tall: float) -> Floats:
    """Start each rectangle (N, 4, 2) where its reading starts, judging by which way most of the page's text runs."""
    across = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    down = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    long = np.maximum(across, down)
    sideways = long[down > 1.5 * across].sum() > long[across > 1.5 * down].sum()
    turned = (down > across / tall) if sideways else (down > tall * across)
    return np.where(turned[:, None, None], np.roll(quads, 1, axis=1), quads)


def tall(quads: Floats) -> float:
    """Return how tall rectangles (N, 4, 2) usually are, in pixels."""
    return float(np.median(np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)))

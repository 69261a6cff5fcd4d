"""Signs that a detector overlooks: figures, dashes and stars that stand alone in a row of text, found by their ink."""

import cv2
import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Image
from albumen.vision.text.detection import Found, tall
from albumen.vision.text.lines import direction

_MOST = 2000  # long side that ink is looked at, in pixels
_CONTRAST = 12  # of 255: how much darker than its surroundings ink is
_LEAST, _TALLEST, _WIDEST = 0.15, 0.95, 1.6  # usual heights of strips: what a sign's sides may be
_FAINT = 0.5  # the same: smaller boxes around faint heat cut letters
_STROKE = 0.03  # the same: the thinnest stroke
_TOGETHER = 0.25  # the same: how far the parts of one sign lie apart
_ALONE = 0.25  # the same: white around a sign
_LEVEL = 0.35  # heights of a strip by which a sign may stand off the middle of the row
_CROWD = 40  # more signs than this are a pattern


def signs(image: Image, found: Found, quads: Floats) -> Floats:
    """Return rectangles (M, 4, 2) around what may be signs alone: faint heat, and ink in a row with text (N, 4, 2)."""
    height, along = tall(quads), direction(list(quads))
    sizes = np.ptp(found.faint, 1)
    faint = found.faint[(sizes.max(1, initial=0) < height) & (sizes.min(1, initial=height) > _FAINT * height)]
    scale = min(1.0, _MOST / max(image.shape[:2]))
    ink = _ink(image, scale, height * scale)
    boxes = _lonely(ink, _covered(ink, quads * np.float32(scale)), height * scale) / np.float32(scale)
    centres = boxes.reshape(-1, 2, 2).mean(1, dtype=np.float32)
    centres = centres[_in_row(centres, quads, along)]
    return np.concatenate((faint, _squares(centres[: _CROWD if len(centres) <= _CROWD else 0], along, height)))


def _squares(centres: Floats, along: Floats, side: float) -> Floats:
    """Return squares (M, 4, 2) of one size around points (M, 2), set along a direction (2,)."""
    across = np.array([-along[1], along[0]], np.float32)
    reach = 0.5 * side * np.stack((-along - across, along - across, along + across, across - along))
    return (centres[:, None] + reach).astype(np.float32)


def _ink(image: Image, scale: float, tall: float) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    window = 2 * max(3, round(tall)) + 1
    dark = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, _CONTRAST)
    return np.asarray(dark, np.uint8)


def _covered(ink: NDArray[np.uint8], quads: Floats) -> NDArray[np.uint8]:
    covered = np.zeros_like(ink)
    for quad in quads:
        cv2.fillConvexPoly(covered, np.rint(quad, dtype=np.float32).astype(np.int32), 1)
    return covered


def _lonely(ink: NDArray[np.uint8], covered: NDArray[np.uint8], tall: float) -> Floats:
    """Return boxes (M, 4) of ink as large as a sign, with white around it and no strip over it."""
    near = 2 * max(0, round(0.5 * _TOGETHER * tall)) + 1  # odd, so that closing moves nothing
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, near), np.uint8))
    count, names, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if count < 2:
        return np.zeros((0, 4), np.float32)
    left, top, width, height = (stats[:, i].astype(np.float32) for i in range(4))
    long, short = np.maximum(width, height), np.minimum(width, height)
    sized = (long > _LEAST * tall) & (height < _TALLEST * tall) & (width < _WIDEST * tall) & (short > _STROKE * tall)
    sized &= ~np.isin(np.arange(count), np.unique(names[covered > 0]))
    boxes = np.stack((left, top, left + width, top + height), 1)[sized]
    return boxes[[_has_room(ink, box, max(2, round(_ALONE * tall))) for box in boxes.astype(int).tolist()]]


def _has_room(ink: NDArray[np.uint8], box: list[int], room: int) -> bool:
    left, top, right, bottom = box
    around = ink[max(0, top - room) : bottom + room, max(0, left - room) : right + room]
    return int(around.sum()) == int(ink[top:bottom, left:right].sum())


def _in_row(centres: Floats, quads: Floats, along: Floats) -> Bools:
    """Say which points stand level with the nearest strips beside them."""
    across = np.array([-along[1], along[0]], np.float32)
    middle, height = quads.mean(1), np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    offset = np.abs((centres[:, None] - middle[None]) @ across)
    return np.asarray((offset < _LEVEL * height[None]).any(1), np.bool_)

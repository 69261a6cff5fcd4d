"""How much of a picture has each of eleven named colours; pure arithmetic on a thumbnail in hue, saturation, value."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Image

NAMES = ("black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
SIDE = 64
FAINT = 25
"""Below this saturation (of 255) a pixel has no colour to speak of."""


class Colours(NamedTuple):
    """The share of each named colour, (11,) adding up to about one, and of pixels without any colour."""

    shares: Floats
    colourless: float


def measure(image: Image) -> Colours:
    """Return how much of a picture has which colour."""
    pixels = _thumbnail(image)
    return Colours(shares_of(pixels), float((pixels[..., 1] < FAINT).mean()))


def shares(image: Image) -> Floats:
    """Return the share of each named colour, (11,)."""
    return shares_of(_thumbnail(image))


def within(image: Image, boxes: Floats, keep: float = 0.7) -> Floats:
    """Return the shares inside the middle `keep` of each box, (n, 11); boxes as fractions of the picture."""
    pixels = _thumbnail(image, side=2 * SIDE)
    return np.array([shares_of(_middle(pixels, box, keep)) for box in boxes], np.float32).reshape(-1, len(NAMES))


def shares_of(pixels: NDArray[np.uint8]) -> Floats:
    """Return the shares among pixels (..., 3) of hue 0 to 179, saturation and value 0 to 255."""
    hue, saturation, value = (pixels[..., k].ravel().astype(np.int64) for k in range(3))
    return np.array([mask.mean() for mask in _masks(hue * 2, saturation, value)], np.float32)


def _masks(hue: NDArray[np.int64], saturation: NDArray[np.int64], value: NDArray[np.int64]) -> list[Bools]:
    # degrees of hue, in the order of NAMES
    black = value < 50
    plain = (saturation < 40) & ~black
    white = plain & (value > 190)
    vivid = ~black & ~plain
    reddish = (hue < 15) | (hue >= 345)
    pink = vivid & (((hue >= 300) & (hue < 345)) | (reddish & (saturation < 120) & (value > 150)))
    brown = vivid & (hue >= 12) & (hue < 45) & (value < 150) & ~pink
    rest = vivid & ~pink & ~brown
    bands = [(12, 42), (42, 68), (68, 165), (165, 260), (260, 300)]
    red = rest & ((hue < 12) | (hue >= 345))
    return [black, white, plain & ~white, red, *(rest & (hue >= a) & (hue < b) for a, b in bands), pink, brown]


def _thumbnail(image: Image, side: int = SIDE) -> NDArray[np.uint8]:
    small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2HSV), np.uint8)


def _middle(pixels: NDArray[np.uint8], box: Floats, keep: float) -> NDArray[np.uint8]:
    left, top, right, bottom = box
    dx, dy = (right - left) * (1 - keep) / 2, (bottom - top) * (1 - keep) / 2
    side = len(pixels)
    x, y = int((left + dx) * side), int((top + dy) * side)
    right_x, bottom_y = int(np.ceil((right - dx) * side)), int(np.ceil((bottom - dy) * side))
    return pixels[min(y, side - 1) : max(bottom_y, y + 1), min(x, side - 1) : max(right_x, x + 1)]

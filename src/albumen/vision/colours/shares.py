"""How much of a picture has each of eleven named colours; pure arithmetic on a thumbnail in hue, saturation, value."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats, Image

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
    return Colours(_shares(named(pixels)), float((pixels[..., 1] < FAINT).mean()))


def shares(image: Image) -> Floats:
    """Return the share of each named colour, (11,)."""
    return _shares(named(_thumbnail(image)))


def within(image: Image, boxes: Floats, keep: float = 0.7) -> Floats:
    """Return the shares inside the middle `keep` of each box, (n, 11); boxes as fractions of the picture."""
    colours = named(_thumbnail(image, side=2 * SIDE))
    return np.array([_shares(_middle(colours, box, keep)) for box in boxes], np.float32).reshape(-1, len(NAMES))


def named(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the number of the colour of each pixel, given as hue 0 to 179, saturation and value 0 to 255, (..., 3)."""
    hue, saturation, value = (pixels[..., k].astype(np.int64) * (2 if k == 0 else 1) for k in range(3))
    black = value < 50
    plain = saturation < 40
    reddish = (hue < 15) | (hue >= 345)
    pink = ((hue >= 300) & (hue < 345)) | (reddish & (saturation < 120) & (value > 150))
    brown = (hue >= 12) & (hue < 45) & (value < 150)
    # degrees of hue at which each next colour begins, red at both ends
    vivid = np.array([3, 4, 5, 6, 7, 8, 9, 3])[np.digitize(hue, [12, 42, 68, 165, 260, 300, 345])]
    ways = [black, plain & (value > 190), plain, pink, brown]
    return np.select(ways, [0, 1, 2, 9, 10], vivid).astype(np.uint8)


def _shares(colours: NDArray[np.uint8]) -> Floats:
    return (np.bincount(colours.ravel(), minlength=len(NAMES)) / colours.size).astype(np.float32)


def _thumbnail(image: Image, side: int = SIDE) -> NDArray[np.uint8]:
    import cv2  # which searches, who know the names of colours only, have no use for

    small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2HSV), np.uint8)


def _middle(colours: NDArray[np.uint8], box: Floats, keep: float) -> NDArray[np.uint8]:
    left, top, right, bottom = (float(v) * len(colours) for v in box)
    dx, dy = (right - left) * (1 - keep) / 2, (bottom - top) * (1 - keep) / 2
    x, y = min(int(left + dx), len(colours) - 1), min(int(top + dy), len(colours) - 1)
    return colours[y : max(int(np.ceil(bottom - dy)), y + 1), x : max(int(np.ceil(right - dx)), x + 1)]

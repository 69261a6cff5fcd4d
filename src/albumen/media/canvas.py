"""A picture being decoded: its limits, its pixels brought to size and upright, and a decoder's complaint in words."""

import re
from dataclasses import dataclass

import cv2
import numpy as np

from albumen.core.arrays import Image
from albumen.core.errors import TooLarge, Unreadable

CANVAS = 1440
"""Long side in pixels of what models and the large thumbnail are made from."""
SMALL = 250
"""Long side in pixels of the thumbnail in a grid."""


@dataclass(frozen=True)
class Limits:
    """How much one picture may ask for; a JPEG is decoded scaled, so it may be larger than the others."""

    pixels: int = 320_000_000
    jpeg_pixels: int = 1_200_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class Decoded:
    """A picture's pixels, upright, and how large it is in full."""

    canvas: Image  # (h, w, 3)
    width: int
    """Of the full picture, upright."""
    height: int


def shrink(pixels: Image, long_side: int) -> Image:
    """Return the pixels averaged down so that the long side is at most `long_side`; never enlarge.

    Whole blocks are averaged first and the rest, less than a factor of two, is interpolated: for such sizes that shows
    the same as averaging by area and takes a fifth of the time.
    """
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    block = min(int(1 / scale), height, width)
    if block >= 2:
        inner = width // block, height // block
        pixels = pixels[: inner[1] * block, : inner[0] * block]
        pixels = np.asarray(cv2.resize(pixels, inner, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def opaque(pixels: Image) -> Image:
    """Return RGB (h, w, 3) from grey or colour with or without alpha; what is transparent lies on white."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    colour = pixels if pixels.shape[2] in (1, 3) else pixels[:, :, :-1]
    if colour is not pixels:
        alpha = pixels[:, :, -1:].astype(np.uint16)
        colour = ((colour * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    return np.repeat(colour, 3, axis=2) if colour.shape[2] == 1 else colour


def upright(pixels: Image, orientation: int) -> Image:
    """Apply an EXIF orientation (1 to 8) to stored pixels."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def check_size(width: int, height: int, limit: int) -> None:
    """Refuse a picture of no or too many pixels before anything is decoded."""
    if width < 1 or height < 1:
        raise Unreadable(f"The picture says that it is {width} x {height} pixels.")
    if width * height > limit:
        size = f"{width * height / 1e6:,.0f} megapixels ({width} x {height})"
        raise TooLarge(f"The picture has {size} and at most {limit / 1e6:,.0f} are opened.")


def finished(canvas: Image, size: tuple[int, int], orientation: int) -> Decoded:
    """Turn a canvas upright and note the full size (width, height as stored)."""
    width, height = size if orientation < 5 else size[::-1]
    return Decoded(upright(canvas, orientation), width, height)


def plain(error: BaseException) -> str:
    """Return a decoder's message as the end of a sentence: one line, no addresses, no full stop."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    text = re.sub(r"<[^<>]* at 0x[0-9a-f]+>", "the file", re.sub(r"b'([^']*)'", r"\1", text))
    return " ".join(text.split()).rstrip(".")[:160]

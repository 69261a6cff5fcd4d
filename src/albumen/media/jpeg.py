"""Decodes JPEGs, scaled while they are decoded: a half, a quarter or an eighth costs a part of the whole."""

from typing import Any

import simplejpeg

from albumen.core.arrays import Image
from albumen.core.errors import Unreadable
from albumen.media.canvas import Decoded, Limits, check_size, finished, shrink
from albumen.media.colour import to_srgb
from albumen.media.formats import Format
from albumen.media.pillow import decode_with_pillow


def decode_jpeg(data: bytes, orientation: int, at_least: int, limits: Limits) -> Decoded:
    """Decode a JPEG; what simplejpeg does not do (CMYK, what only Pillow forgives) goes through Pillow."""
    try:
        header = simplejpeg.decode_jpeg_header(data, strict=False)
    except (ValueError, KeyError):
        return decode_with_pillow(data, Format.JPEG, orientation, at_least, limits)
    height, width, space = int(header[0]), int(header[1]), header[2]
    check_size(width, height, limits.jpeg_pixels)
    if space in ("CMYK", "YCCK"):
        return decode_with_pillow(data, Format.JPEG, orientation, at_least, limits)
    scaled = _scaled_jpeg(data, width, height, at_least)
    if scaled is None:
        return decode_with_pillow(data, Format.JPEG, orientation, at_least, limits)
    pixels = shrink(scaled, at_least)
    return finished(to_srgb(pixels, _jpeg_profile(data)), (width, height), orientation)


def _scaled_jpeg(data: bytes, width: int, height: int, at_least: int) -> Image | None:
    """Decode by the smallest scaling of the DCT that keeps `at_least` pixels; `None` for what only Pillow forgives."""
    # A half is decoded faster than three eighths: the transform has fast code for powers of two only.
    scale = next((part for part in (0.125, 0.25, 0.5) if max(width, height) * part >= at_least), 1.0)
    fast = scale < 1  # what is averaged down anyway may be rounded roughly; small print and small photos may not
    smallest = {"min_width": int(width * scale), "min_height": int(height * scale)}
    options: dict[str, Any] = {"colorspace": "RGB", "fastdct": fast, "fastupsample": fast, "min_factor": 1, **smallest}
    try:
        return simplejpeg.decode_jpeg(data, **options)
    except ValueError as error:
        if _is_cut_off(str(error)):
            raise Unreadable("The JPEG file is cut off before its end.") from error
    try:
        return simplejpeg.decode_jpeg(data, strict=False, **options)
    except ValueError:
        return None


def _is_cut_off(message: str) -> bool:
    return "premature end" in message.lower()


def _jpeg_profile(data: bytes) -> bytes | None:
    """Join the colour profile's pieces, which lie in APP2 segments."""
    pieces: list[bytes] = []
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xE2 and data[at + 4 : at + 16] == b"ICC_PROFILE\0":
            pieces.append(data[at + 18 : at + 2 + size])
        at += 2 + size
    return b"".join(pieces) or None

"""One scaled decode a picture: upright sRGB pixels of at most 1,440 on the long side, and two thumbnails from them."""

import io
from typing import NamedTuple

import numpy as np
import simplejpeg
from PIL import Image as Pillow

from albumen.core.arrays import Image
from albumen.core.errors import Unsupported
from albumen.media.canvas import CANVAS, LIMITS, SMALL, Decoded, Limits, shrink
from albumen.media.formats import Format
from albumen.media.jpeg import decode_jpeg
from albumen.media.pillow import PLUGINS, decode_with_pillow


class Thumbnails(NamedTuple):
    """Encoded previews, upright, without any metadata."""

    large: bytes
    """JPEG, long side at most 1,440."""
    small: bytes
    """WebP, long side at most 250."""


def decode(
    data: bytes, format: Format, *, orientation: int | None = None, at_least: int = CANVAS, limits: Limits = LIMITS
) -> Decoded:
    """Decode a still picture to a canvas whose long side is at most `at_least`, upright and in sRGB.

    `orientation` is the EXIF value; formats that carry their own rotation (HEIF, AVIF, JPEG XL, RAW) ignore it.
    """
    match format:
        case Format.JPEG:
            return decode_jpeg(data, orientation or 1, at_least, limits)
        case Format.HEIF:
            from albumen.media.heif import decode_heif

            return decode_heif(data, at_least, limits)
        case Format.RAW:
            from albumen.media.raw import decode_raw

            return decode_raw(data, at_least, limits)
        case Format.JXL:
            from albumen.media.jxl import decode_jxl

            return decode_jxl(data, at_least, limits)
        case _ if format in PLUGINS:
            turn = 1 if format is Format.AVIF else orientation or 1
            return decode_with_pillow(data, format, turn, at_least, limits)
        case _:
            raise Unsupported(f"A {format.called} file is not a still picture.")


def thumbnails(canvas: Image) -> Thumbnails:
    """Encode both previews from a canvas (h, w, 3)."""
    return Thumbnails(encode_jpeg(canvas), encode_webp(shrink(canvas, SMALL)))


def encode_jpeg(pixels: Image, *, quality: int = 80) -> bytes:
    """Encode RGB pixels as a JPEG."""
    encoded: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(pixels), quality=quality, colorspace="RGB", colorsubsampling="420", fastdct=True
    )
    return encoded


def encode_webp(pixels: Image, *, quality: int = 75) -> bytes:
    """Encode RGB pixels as a WebP, fast."""
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "WEBP", quality=quality, method=0)
    return out.getvalue()

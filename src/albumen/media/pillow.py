"""Decodes what Pillow reads: each file goes to the one plugin that its bytes ask for, under our own limits."""

import io
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    PsdImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL import Image as Pillow

from albumen.core.arrays import Image
from albumen.core.errors import Unreadable
from albumen.media.canvas import Decoded, Limits, check_size, finished, plain
from albumen.media.colour import to_srgb
from albumen.media.formats import Format

_Open = Callable[[io.BytesIO], ImageFile.ImageFile]

# Pillow's plugins are opened directly: each file goes to the one decoder that its bytes ask for,
# and our own limits apply instead of a process-wide one.
PLUGINS: Mapping[Format, _Open] = {
    Format.JPEG: JpegImagePlugin.JpegImageFile,
    Format.PNG: PngImagePlugin.PngImageFile,
    Format.WEBP: WebPImagePlugin.WebPImageFile,
    Format.AVIF: AvifImagePlugin.AvifImageFile,
    Format.TIFF: TiffImagePlugin.TiffImageFile,
    Format.GIF: GifImagePlugin.GifImageFile,
    Format.BMP: BmpImagePlugin.BmpImageFile,
    Format.PSD: PsdImagePlugin.PsdImageFile,
}

DAMAGED = (
    *(OSError, ValueError, SyntaxError, LookupError, EOFError, TypeError, AttributeError, RuntimeError),
    Pillow.DecompressionBombError,
)
"""What Pillow's plugins and their codecs raise over bytes that are not as they should be."""


def decode_with_pillow(
    data: bytes, format: Format, orientation: int, at_least: int, limits: Limits, *, frame: int = 0
) -> Decoded:
    """Decode one frame of a picture."""
    try:
        with warnings.catch_warnings(action="ignore"), PLUGINS[format](io.BytesIO(data)) as picture:
            if frame:
                picture.seek(frame)
            size = picture.size
            check_size(*size, limits.pixels)
            profile: bytes | None = picture.info.get("icc_profile")
            canvas = _flatten(_reduce(picture, at_least))
    except DAMAGED as error:
        raise Unreadable(f"The {format.called} file is damaged: {plain(error)}.") from error
    return finished(to_srgb(canvas, profile), size, orientation)


def _reduce(picture: ImageFile.ImageFile, at_least: int) -> Pillow.Image:
    """Decode and shrink, in a mode that can be averaged; what is small is decoded whole."""
    picture.draft(None, (at_least, at_least))
    picture.load()
    plain_mode = _averageable(picture)
    scale = at_least / max(plain_mode.size)
    if scale >= 1:
        return plain_mode
    size = max(1, round(plain_mode.width * scale)), max(1, round(plain_mode.height * scale))
    return plain_mode.resize(size, Pillow.Resampling.BOX, reducing_gap=2.0)


def _averageable(picture: Pillow.Image) -> Pillow.Image:
    match picture.mode:
        case "P" | "PA":
            has_alpha = picture.mode == "PA" or "transparency" in picture.info
            return picture.convert("RGBA" if has_alpha else "RGB")
        case "1":
            return picture.convert("L")
        case "I" | "F" | "I;16" | "I;16B" | "I;16L" | "I;16N":
            return Pillow.fromarray(_eight_bits(np.asarray(picture), picture.mode))
        case "RGB" | "L" if "transparency" in picture.info:
            return picture.convert("RGBA")
        case _:
            return picture


def _eight_bits(values: np.ndarray[Any, Any], mode: str) -> np.ndarray[Any, Any]:
    """Bring grey values of 16 or more bits to 8: the full range for 16-bit, the range found for the rest."""
    if mode.startswith("I;16") or (mode == "I" and values.min() >= 0 and 255 < values.max() < 65536):
        return (values.astype(np.uint16) >> 8).astype(np.uint8)
    finite = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high <= 255 and mode == "I":
        return finite.astype(np.uint8)
    return ((finite - low) * (255.0 / max(high - low, 1e-9))).astype(np.uint8)


def _flatten(picture: Pillow.Image) -> Image:
    """Return RGB pixels, whatever is transparent on white."""
    if picture.mode in ("RGBA", "LA", "La", "RGBa", "PA"):
        opaque = Pillow.new("RGBA", picture.size, (255, 255, 255, 255))
        opaque.alpha_composite(picture.convert("RGBA"))
        picture = opaque
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)

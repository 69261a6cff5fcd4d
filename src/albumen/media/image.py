"""One scaled decode a picture: upright sRGB pixels of at most 1,440 on the long side, and two thumbnails from them."""

import io
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import simplejpeg
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
from albumen.core.errors import TooLarge, Unreadable, Unsupported
from albumen.media.colour import to_srgb
from albumen.media.formats import Format

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


class Thumbnails(NamedTuple):
    """Encoded previews, upright, without any metadata."""

    large: bytes
    """JPEG, long side at most 1,440."""
    small: bytes
    """WebP, long side at most 250."""


_Open = Callable[[io.BytesIO], ImageFile.ImageFile]

# Pillow's plugins are opened directly: each file goes to the one decoder that its bytes ask for,
# and our own limits apply instead of a process-wide one.
_PILLOW: Mapping[Format, _Open] = {
    Format.JPEG: JpegImagePlugin.JpegImageFile,
    Format.PNG: PngImagePlugin.PngImageFile,
    Format.WEBP: WebPImagePlugin.WebPImageFile,
    Format.AVIF: AvifImagePlugin.AvifImageFile,
    Format.TIFF: TiffImagePlugin.TiffImageFile,
    Format.GIF: GifImagePlugin.GifImageFile,
    Format.BMP: BmpImagePlugin.BmpImageFile,
    Format.PSD: PsdImagePlugin.PsdImageFile,
}


def decode(
    data: bytes, format: Format, *, orientation: int | None = None, at_least: int = CANVAS, limits: Limits = LIMITS
) -> Decoded:
    """Decode a still picture to a canvas whose long side is at most `at_least`, upright and in sRGB.

    `orientation` is the EXIF value; formats that carry their own rotation (HEIF, AVIF, RAW) ignore it.
    """
    match format:
        case Format.JPEG:
            return _jpeg(data, orientation or 1, at_least, limits)
        case Format.HEIF:
            from albumen.media.heif import decode_heif

            return decode_heif(data, at_least, limits)
        case Format.RAW:
            from albumen.media.raw import decode_raw

            return decode_raw(data, at_least, limits)
        case Format.JXL:
            raise Unsupported("JPEG XL pictures cannot be opened yet; convert it to JPEG or PNG.")
        case _ if format in _PILLOW:
            turn = 1 if format is Format.AVIF else orientation or 1
            return _through_pillow(data, format, turn, at_least, limits)
        case _:
            raise Unsupported(f"A {format} file is not a still picture.")


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


def _jpeg(data: bytes, orientation: int, at_least: int, limits: Limits) -> Decoded:
    try:
        header = simplejpeg.decode_jpeg_header(data, strict=False)
    except (ValueError, KeyError):
        return _through_pillow(data, Format.JPEG, orientation, at_least, limits)
    height, width, space = int(header[0]), int(header[1]), header[2]
    check_size(width, height, limits.jpeg_pixels)
    if space in ("CMYK", "YCCK"):
        return _through_pillow(data, Format.JPEG, orientation, at_least, limits)
    scaled = _scaled_jpeg(data, width, height, at_least)
    if scaled is None:
        return _through_pillow(data, Format.JPEG, orientation, at_least, limits)
    pixels = shrink(scaled, at_least)
    return finished(to_srgb(pixels, _jpeg_profile(data)), (width, height), orientation)


def _scaled_jpeg(data: bytes, width: int, height: int, at_least: int) -> Image | None:
    """Decode by the smallest scaling of the DCT that keeps `at_least` pixels; `None` for what only Pillow forgives."""
    # A half is decoded faster than three eighths: the transform has fast code for powers of two only.
    scale = next((part for part in (0.125, 0.25, 0.5) if max(width, height) * part >= at_least), 1.0)
    smallest = {"min_width": int(width * scale), "min_height": int(height * scale)}
    options: dict[str, Any] = {"colorspace": "RGB", "fastdct": True, "fastupsample": True, "min_factor": 1, **smallest}
    try:
        return simplejpeg.decode_jpeg(data, **options)
    except ValueError as error:
        if _is_cut_off(str(error)):
            raise Unreadable("The JPEG is cut off before its end.") from error
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


def _through_pillow(data: bytes, format: Format, orientation: int, at_least: int, limits: Limits) -> Decoded:
    try:
        with warnings.catch_warnings(action="ignore"), _PILLOW[format](io.BytesIO(data)) as picture:
            size = picture.size
            check_size(*size, limits.pixels)
            profile: bytes | None = picture.info.get("icc_profile")
            canvas = _flatten(_reduce(picture, at_least))
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"The {format} is damaged: {plain(error)}.") from error
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


def plain(error: BaseException) -> str:
    """Return a decoder's message as the end of a sentence: one line, no addresses, no full stop."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    text = re.sub(r"<[^<>]* at 0x[0-9a-f]+>", "the file", re.sub(r"b'([^']*)'", r"\1", text))
    return " ".join(text.split()).rstrip(".")[:160]

"""Decodes camera RAW files: the embedded preview where it is large enough, else the mosaic is developed."""

import io
from typing import Any

import numpy as np
import rawpy

from albumen.core.arrays import Image
from albumen.core.errors import Unreadable
from albumen.media.canvas import Decoded, Limits, check_size, plain, shrink, upright
from albumen.media.jpeg import decode_jpeg

LARGE_ENOUGH = 1000
"""Long side in pixels from which a preview stands for the picture."""
FLIPS = {0: 1, 3: 3, 5: 8, 6: 6}
"""LibRaw's rotation to EXIF's orientation."""


def decode_raw(data: bytes, at_least: int, limits: Limits) -> Decoded:
    """Decode a RAW file."""
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            sizes = raw.sizes
            check_size(sizes.width, sizes.height, limits.pixels)
            turn = FLIPS.get(sizes.flip, 1)
            canvas = _preview(raw, turn, at_least, limits)
            if canvas is None:
                canvas = shrink(_develop(raw, max(sizes.width, sizes.height) >= 2 * at_least), at_least)
    except (rawpy.LibRawError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise Unreadable(f"The RAW file is damaged: {plain(error)}.") from error
    width, height = (sizes.width, sizes.height) if turn < 5 else (sizes.height, sizes.width)
    return Decoded(canvas, width, height)


def _preview(raw: Any, turn: int, at_least: int, limits: Limits) -> Image | None:
    """Return the embedded preview upright, or `None` if there is none of use."""
    try:
        thumb = raw.extract_thumb()
    except (rawpy.LibRawError, KeyError):
        return None
    if thumb.format != rawpy.ThumbFormat.JPEG:
        return None
    try:
        decoded = decode_jpeg(thumb.data, 1, at_least, limits)
    except Unreadable:
        return None
    if max(decoded.width, decoded.height) < min(LARGE_ENOUGH, raw.sizes.width):
        return None
    stored_as_mosaic = (decoded.width >= decoded.height) == (raw.sizes.width >= raw.sizes.height)
    return upright(decoded.canvas, turn) if stored_as_mosaic else decoded.canvas


def _develop(raw: Any, half: bool) -> Image:
    """Develop the mosaic with the camera's white balance; LibRaw turns it upright."""
    return np.asarray(raw.postprocess(use_camera_wb=True, half_size=half, output_bps=8), dtype=np.uint8)

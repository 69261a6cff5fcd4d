"""Decodes HEIC and HEIF; the container's own rotation and mirroring are applied, as the standard asks."""

# Untyped vendor: pillow-heif.
import io
from typing import Any, cast

import numpy as np
import pillow_heif

from albumen.core.arrays import Image
from albumen.core.errors import Unreadable
from albumen.media.canvas import Decoded, Limits, check_size, finished, plain, shrink
from albumen.media.colour import to_srgb


def decode_heif(data: bytes, at_least: int, limits: Limits) -> Decoded:
    """Decode the primary picture of a HEIF file."""
    try:
        opened: Any = cast(Any, pillow_heif).open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
        check_size(opened.size[0], opened.size[1], limits.pixels)
        pixels: Image = np.asarray(opened)
        profile: bytes | None = opened.info.get("icc_profile")
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError, IndexError, KeyError) as error:
        raise Unreadable(f"The heif is damaged: {plain(error)}.") from error
    height, width = pixels.shape[:2]
    canvas = _without_alpha(shrink(pixels, at_least))
    return finished(to_srgb(canvas, profile), (width, height), 1)


def _without_alpha(pixels: Image) -> Image:
    if pixels.ndim == 2:
        return np.repeat(pixels[:, :, None], 3, axis=2)
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[:, :, 3:].astype(np.uint16)
    return ((pixels[:, :, :3] * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)

"""Decodes HEIC and HEIF; the container's own rotation and mirroring are applied, as the standard asks."""

# Untyped vendor: pi-heif.
import io
from typing import Any, cast

import numpy as np
import pi_heif

from albumen.core.arrays import Image
from albumen.core.errors import Unreadable
from albumen.media.canvas import Decoded, Limits, check_size, finished, opaque, plain, shrink
from albumen.media.colour import to_srgb


def decode_heif(data: bytes, at_least: int, limits: Limits) -> Decoded:
    """Decode the primary picture of a HEIF file."""
    try:
        opened: Any = cast(Any, pi_heif).open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
        check_size(opened.size[0], opened.size[1], limits.pixels)
        pixels: Image = np.asarray(opened)
        profile: bytes | None = opened.info.get("icc_profile")
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError, IndexError, KeyError) as error:
        raise Unreadable(f"The HEIC file is damaged: {plain(error)}.") from error
    height, width = pixels.shape[:2]
    canvas = opaque(shrink(pixels, at_least))
    return finished(to_srgb(canvas, profile), (width, height), 1)

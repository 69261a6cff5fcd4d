"""Brings pixels with a colour profile to sRGB."""

# Untyped vendor: LittleCMS through Pillow.
import io
from functools import lru_cache
from typing import Any, cast

import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms

from albumen.core.arrays import Image


def to_srgb(pixels: Image, profile: bytes | None) -> Image:
    """Return the pixels (h, w, 3) as sRGB; a missing, broken or unfitting profile leaves them as they are."""
    transform = _transform(profile) if profile else None
    if transform is None:
        return pixels
    converted = ImageCms.applyTransform(Pillow.fromarray(pixels), transform)
    return pixels if converted is None else np.asarray(converted, dtype=np.uint8)


@lru_cache(maxsize=16)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """Build the transform once for each profile; a library holds few different ones."""
    try:
        source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != "RGB" or "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
        target: Any = cast(Any, ImageCms).createProfile("sRGB")
        return ImageCms.buildTransform(source, target, "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None

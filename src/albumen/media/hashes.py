"""A 64-bit perceptual hash: near-duplicates differ in few bits."""

import cv2
import numpy as np

from albumen.core.arrays import Image
from albumen.media.canvas import shrink


def perceptual_hash(pixels: Image) -> int:
    """Return 64 bits: which of the 8 x 8 lowest frequencies of a 32 x 32 grey picture lie above their median."""
    grey = cv2.cvtColor(shrink(pixels, 256), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].ravel()
    bits = low > np.median(low[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def distance(a: int, b: int) -> int:
    """Return in how many bits two hashes differ: 0 for equal pictures, about 32 for unrelated ones."""
    return (a ^ b).bit_count()

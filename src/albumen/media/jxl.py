"""Decodes JPEG XL; the turn that the codestream asks for is applied, a colour profile other than sRGB is not."""

# Untyped vendor: imagecodecs.
import io
from typing import Any, cast

import imagecodecs
import numpy as np

from albumen.core.arrays import Image
from albumen.core.errors import Unreadable
from albumen.media import boxes
from albumen.media.canvas import Decoded, Limits, check_size, opaque, plain, shrink

NAKED = b"\xff\x0a"
"""What a codestream begins with; in a container it lies in a box."""
RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
LENGTHS = (9, 13, 18, 30)
"""Bits of a side's length by its selector."""


def decode_jxl(data: bytes, at_least: int, limits: Limits) -> Decoded:
    """Decode the first frame of a JPEG XL file."""
    width, height = size(data)
    check_size(width, height, limits.pixels)
    try:
        pixels: Any = cast(Any, imagecodecs).jpegxl_decode(data, index=0, numthreads=1)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise Unreadable(f"The JPEG XL file is damaged: {plain(error)}.") from error
    canvas = opaque(shrink(_eight_bits(pixels), at_least))
    return Decoded(canvas, width=pixels.shape[1], height=pixels.shape[0])


def size(data: bytes) -> tuple[int, int]:
    """Return width and height as stored, read from the header alone (ISO/IEC 18181-1, SizeHeader)."""
    bits = _Bits(_codestream(data)[2:18])
    small = bits.take(1)
    height = _side(bits, small)
    ratio = bits.take(3)
    if not ratio:
        return _side(bits, small), height
    over, under = RATIOS[ratio - 1]
    return height * over // under, height


def _side(bits: "_Bits", small: int) -> int:
    if small:
        return 8 * (bits.take(5) + 1)
    return 1 + bits.take(LENGTHS[bits.take(2)])


class _Bits:
    """Reads numbers bit by bit, the lowest first."""

    def __init__(self, data: bytes) -> None:
        self._rest = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return value


def _codestream(data: bytes) -> bytes:
    """Return the beginning of the codestream, which starts with its signature."""
    if data.startswith(NAKED):
        return data[:64]
    file = io.BytesIO(data)
    for box in boxes.walk(file, 0, len(data)):
        skipped = {b"jxlc": 0, b"jxlp": 4}.get(box.kind)
        if skipped is not None and (start := box.read(file, 64)[skipped:]).startswith(NAKED):
            return start
    raise Unreadable("The JPEG XL file is damaged: it has no codestream.")


def _eight_bits(pixels: Any) -> Image:
    """Bring integers of 16 bits, and floats from 0 to 1, to 8 bits."""
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.uint16:
        return (pixels >> 8).astype(np.uint8)
    return (np.clip(np.nan_to_num(pixels.astype(np.float32)), 0.0, 1.0) * 255 + 0.5).astype(np.uint8)

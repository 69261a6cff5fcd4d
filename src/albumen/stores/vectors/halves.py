"""Multiplies fp16 rows fast: numpy's own widening to fp32 goes number by number and takes four times as long."""

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats

Halves = NDArray[np.float16]
SIGN_EXPONENT_FRACTION = np.int32(-0x7FFFFFFF - 1 | 0x0FFFE000)
REBIAS = np.float32(2.0**112)
"""Between the exponents' biases, 127 and 15; the bits of a half, moved to their places in a float, are so much less."""


def products(queries: Floats, rows: Halves) -> Floats:
    """Return the inner products (q, n) of queries with rows, NaN for rows that hold a number that is not finite."""
    bits = rows.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= SIGN_EXPONENT_FRACTION
    wide = bits.view(np.float32)
    wide *= REBIAS
    scores: Floats = queries @ wide.T
    if len(rows):
        scores[:, (rows.view(np.uint16) & 0x7FFF).max(axis=1) >= 0x7C00] = np.nan
    return scores

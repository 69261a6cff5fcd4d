"""Names for the arrays that cross folder borders, and the one check that guards their shapes."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Image: TypeAlias = NDArray[np.uint8]
"""Pixels as (height, width, 3), RGB, 0 to 255, upright (the orientation tag is already applied)."""


def check_shape(name: str, array: NDArray[np.generic], expected: tuple[int | None, ...]) -> None:
    """Raise `ValueError` unless `array` has the expected shape; `None` stands for any length."""
    fits = len(array.shape) == len(expected) and all(
        e is None or e == n for e, n in zip(expected, array.shape, strict=True)
    )
    if not fits:
        want = ", ".join("any" if e is None else str(e) for e in expected)
        raise ValueError(f"{name} must have shape ({want}), not {array.shape}")

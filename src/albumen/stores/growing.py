"""An array that grows at its end without copying on every step, and a table from keys to rows."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Ints

KEY_LIMIT = 1 << 30
Element = TypeVar("Element", bound=np.generic)


class Growing(Generic[Element]):
    """A one-dimensional array with room at its end; `view` shows what is filled."""

    def __init__(self, dtype: type[Element], fill: float = 0) -> None:
        self.fill = fill
        self._room: NDArray[Element] = np.full(64, fill, dtype)
        self._length = 0

    @property
    def view(self) -> NDArray[Element]:
        """Return the filled part, not a copy."""
        return self._room[: self._length]

    def __len__(self) -> int:
        return self._length

    def reach(self, length: int) -> None:
        """Make it at least `length` long, new places holding `fill`."""
        if length > len(self._room):
            room = np.full(max(length, len(self._room) * 3 // 2), self.fill, self._room.dtype)
            room[: self._length] = self.view
            self._room = room
        self._length = max(self._length, length)

    def extend(self, values: NDArray[Element]) -> None:
        """Add `values` at the end."""
        start = self._length
        self.reach(start + len(values))
        self._room[start : start + len(values)] = values


def as_keys(keys: Ints | Sequence[int]) -> Ints:
    """Return keys as int64 (n,), refusing what the catalog never gives out: negative, huge or repeated ids."""
    array: NDArray[Any] = np.asarray(keys)
    if array.ndim != 1 or (len(array) and array.dtype.kind not in "iu"):
        raise ValueError(f"Keys must be whole numbers in one row, not {array.dtype} of shape {array.shape}")
    if len(array) and not (array.min() >= 0 and array.max() < KEY_LIMIT):
        raise ValueError(f"Keys must be ids from 0 to {KEY_LIMIT - 1}, not {array.min()} to {array.max()}")
    unique, counts = np.unique(array, return_counts=True)
    if len(unique) < len(array):
        raise ValueError(f"Key {unique[counts > 1][0]} is given twice in one call; give each key once")
    return array.astype(np.int64)

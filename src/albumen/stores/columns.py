"""Keeps what search filters by as arrays in memory, indexed by key, and turns filters into masks.

A mask is indexed by key too: `mask[key]` says whether that key passes. Keys are the catalog's ids, so arrays are about
as long as the catalog; a key that is absent passes no filter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from albumen.core.arrays import Bools, Ints
from albumen.stores.growing import Growing, as_keys

Column = NDArray[Any]
WIDE = 1 << 24
"""Whole numbers that lie so close together are looked up in a table."""
FEW = 8
"""Up to so many values are compared one by one, which is faster than a set."""


@dataclass(frozen=True)
class Between:
    """The value is known and from `low` to `high`, both included; `None` leaves that side open."""

    column: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class OneOf:
    """The value is one of these."""

    column: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Bits:
    """All of these bits are set in the value."""

    column: str
    bits: int


@dataclass(frozen=True)
class Known:
    """The value is known."""

    column: str


@dataclass(frozen=True)
class Among:
    """The key itself is one of these, as found by another store."""

    keys: tuple[int, ...] | Ints


@dataclass(frozen=True)
class Not:
    """The filter does not hold; so what has no value passes `Not(Between(...))`."""

    filter: "Filter"


@dataclass(frozen=True)
class AnyOf:
    """At least one of the filters holds."""

    filters: tuple["Filter", ...]


Filter = Between | OneOf | Bits | Known | Among | Not | AnyOf


class Columns:
    """Named columns of numbers over keys, kept up to date by whoever reads the catalog."""

    def __init__(self, dtypes: Mapping[str, str]) -> None:
        """Take a dtype for each name, such as `{"taken": "f8", "rating": "i1"}`."""
        self._columns = {name: Growing(np.dtype(d).type, fill=missing(d)) for name, d in dtypes.items()}
        self._present = Growing(np.bool_)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._present.view))

    @property
    def present(self) -> Bools:
        """Return which keys there are, indexed by key."""
        return self._present.view

    @property
    def keys(self) -> Ints:
        """Return all keys, rising."""
        return np.flatnonzero(self._present.view)

    def column(self, name: str) -> Column:
        """Return one column indexed by key; NaN, or the lowest integer of its type, stands for unknown."""
        if name not in self._columns:
            raise ValueError(f"There is no column {name}; there are {', '.join(sorted(self._columns))}")
        return self._columns[name].view

    def arrays(self) -> dict[str, Column]:
        """Return every column by its name, and which keys there are under no name; not copies."""
        return {"": self._present.view} | {name: column.view for name, column in self._columns.items()}

    def restore(self, arrays: Mapping[str, Column]) -> None:
        """Take what `arrays` returned once into columns that are empty still, or raise `ValueError`."""
        own = {name: array.dtype for name, array in self.arrays().items()}
        given = {name: array.dtype for name, array in arrays.items()}
        if own != given or len({len(array) for array in arrays.values()}) > 1:
            raise ValueError(f"Columns of {own} cannot be made of {given}")
        self._present.extend(arrays[""])
        for name, column in self._columns.items():
            column.extend(arrays[name])

    def put(self, keys: Ints | Sequence[int], values: Mapping[str, ArrayLike]) -> None:
        """Add keys or replace their values; a column that is not given becomes unknown, and so does NaN."""
        checked = as_keys(keys)
        new = {name: _cast(name, self.column(name).dtype, values[name], len(checked)) for name in values}
        length = int(checked.max(initial=-1)) + 1
        self._present.reach(length)
        self._present.view[checked] = True
        for name, column in self._columns.items():
            column.reach(length)
            column.view[checked] = new.get(name, column.fill)

    def remove(self, keys: Ints | Sequence[int]) -> None:
        """Forget keys; they pass no filter from now on."""
        checked = as_keys(keys)
        self._present.view[checked[checked < len(self._present)]] = False

    def mask(self, *filters: Filter, within: Bools | None = None) -> Bools:
        """Return which keys pass all filters, indexed by key; of those in an earlier mask, not to be written to."""
        passing = self.present if within is None else within
        for each in filters:
            passing = passing & self._test(each)
        return passing

    def through(self, name: str, mask: Bools) -> Bools:
        """Return which keys refer, by the whole numbers in column `name`, to a key that `mask` lets pass."""
        other = self.column(name)
        if not len(mask):
            return np.zeros(len(other), np.bool_)
        passing = np.take(mask, other, mode="clip")
        # Seen as unsigned, what is below 0 is beyond the end as well.
        passing &= other.view(f"u{other.itemsize}") < len(mask)
        passing &= self.present
        return passing

    def _test(self, each: Filter) -> Bools:
        match each:
            case Between(name, low, high):
                return _between(self.column(name), low, high)
            case OneOf(name, values):
                return _one_of(self.column(name), values)
            case Bits(name, bits):
                return (self.column(name) & bits) == bits
            case Known(name):
                return _between(self.column(name), None, None)
            case Among(keys):
                return self._among(np.asarray(keys, np.int64))
            case Not(inner):
                return ~self._test(inner)
            case AnyOf(parts):
                return _any(map(self._test, parts), len(self.present))

    def _among(self, keys: Ints) -> Bools:
        passing = np.zeros_like(self.present)
        passing[keys[(keys >= 0) & (keys < len(passing))]] = True
        return passing


def missing(dtype: str) -> float:
    """Return what stands for an unknown value in a column of that dtype."""
    return float("nan") if np.dtype(dtype).kind == "f" else int(np.iinfo(dtype).min)


def _cast(name: str, dtype: np.dtype[Any], values: ArrayLike, count: int) -> Column:
    """Return the values as the column's dtype, refusing those that it cannot hold; unknown (NaN) stays unknown."""
    given = np.asarray(values, None if dtype.kind == "f" else np.float64)
    if given.shape != (count,):
        raise ValueError(f"Column {name} needs {count} values, one a key, not shape {given.shape}")
    if dtype.kind == "f":
        return given.astype(dtype)
    unknown, info = np.isnan(given), np.iinfo(dtype)
    if bool(np.any((given < info.min) | (given > info.max))):
        raise ValueError(f"Column {name} holds {info.min} to {info.max}, not {np.nanmin(given)} to {np.nanmax(given)}")
    return np.where(unknown, info.min, given).astype(dtype)


def _any(tests: Iterable[Bools], length: int) -> Bools:
    passing = np.zeros(length, np.bool_)
    for test in tests:
        passing |= test
    return passing


def _between(column: Column, low: float | None, high: float | None) -> Bools:
    if column.dtype.kind != "f":
        return _between_whole(column, low, high)
    passing = column >= (-np.inf if low is None else low)
    return passing if high is None else passing & (column <= high)


def _between_whole(column: Column, low: float | None, high: float | None) -> Bools:
    info = np.iinfo(column.dtype)
    least = info.min + 1 if low is None else max(int(np.ceil(low)), info.min + 1)
    most = info.max if high is None else min(int(np.floor(high)), info.max)
    if least > most:
        return np.zeros(len(column), np.bool_)
    return (column >= least) & (column <= most)


def _one_of(column: Column, values: tuple[float, ...]) -> Bools:
    wanted, whole = np.asarray(values, np.float64), column.dtype.kind != "f"
    if whole:
        wanted = wanted[(wanted == np.floor(wanted)) & (wanted > np.iinfo(column.dtype).min)]
    if len(wanted) <= FEW:
        return _any((column == value for value in wanted), len(column))
    return _listed(column, wanted.astype(np.int64)) if whole and np.ptp(wanted) < WIDE else np.isin(column, wanted)


def _listed(column: Column, wanted: Ints) -> Bools:
    low = int(wanted.min()) - 1
    table = np.zeros(int(wanted.max()) - low + 2, np.bool_)
    table[wanted - low] = True
    places = column.astype(np.int64)
    places -= low
    return np.take(table, places, mode="clip")

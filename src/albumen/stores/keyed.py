"""What stores by key have in common: one ledger in a folder, shared between threads and processes, and its parts."""

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Ints
from albumen.core.locks import locked
from albumen.stores.disk import writing
from albumen.stores.growing import as_keys
from albumen.stores.ledger import Bytes, Ledger, current, make_current, new_generation
from albumen.stores.parts import Kind, Part, Parts

P = TypeVar("P", bound=Part)


class Snapshot(NamedTuple, Generic[P]):
    """What one query sees: rows up to the length of `keys`, and the parts over the first of them."""

    keys: Ints
    alive: Bools
    ends: Ints
    payload: Bytes
    living: int
    consecutive: bool
    """Each row's key is one more than the key of the row before."""
    parts: tuple[P, ...]

    @property
    def tail(self) -> int:
        """Return the first row outside every part."""
        return self.parts[-1].stop if self.parts else 0

    def allowed(self, mask: Bools | None) -> Bools | None:
        """Return which rows may be found, None for all; `mask` is indexed by key, keys beyond its end may not be."""
        alive = self.alive if self.living < len(self.keys) else None
        if mask is None:
            return alive
        if mask.dtype != np.bool_ or mask.ndim != 1:
            raise ValueError(f"A mask must be one row of booleans, not {mask.dtype} of shape {mask.shape}")
        rows = self._by_row(mask)
        return rows if alive is None else rows & alive

    def _by_row(self, mask: Bools) -> Bools:
        count = len(self.keys)
        if not len(mask) or not count:
            return np.zeros(count, np.bool_)
        if self.consecutive:
            first = int(self.keys[0])
            rows = mask[first : first + count]
            return rows if len(rows) == count else np.concatenate([rows, np.zeros(count - len(rows), np.bool_)])
        rows = np.take(mask, self.keys, mode="clip")
        return rows & (self.keys < len(mask)) if self.keys.max() >= len(mask) else rows


class Keyed(Generic[P]):
    """Rows by key in a folder of their own; any thread and any process may read and write."""

    def __init__(self, folder: Path, label: str, kind: Kind[P]) -> None:
        self.folder, self._label, self._kind = folder, label, kind
        self._guard = threading.RLock()
        self._ledger = Ledger(folder, label, "00000000")
        self._parts: Parts[P] | None = None
        self.refresh()

    def __len__(self) -> int:
        return self._ledger.living

    @property
    def keys(self) -> Ints:
        """Return the keys that are kept, in the order of their addition."""
        with self._guard:
            self.refresh()
            return self._ledger.keys[self._ledger.alive]

    def refresh(self) -> None:
        """Take in what other processes wrote since; every other method does so by itself."""
        with self._guard:
            generation = current(self.folder)
            if generation and generation != self._ledger.generation:
                self.close()
                self._ledger, self._parts = Ledger(self.folder, self._label, generation), None
            self._ledger.refresh()

    @contextmanager
    def _alone(self) -> Generator[Ledger]:
        """Hold the folder's lock, with everything read that others wrote."""
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._guard, locked(self.folder / "LOCK"):
                if current(self.folder) is None:
                    make_current(new_generation(self.folder, self._label))
                self.refresh()
                yield self._ledger

    def _add(self, keys: Ints, sizes: NDArray[np.uint32], payload: Bytes) -> None:
        with self._alone() as ledger:
            ledger.add(keys, sizes, payload)
        if self._parts:
            self._parts.merge_soon()

    def remove(self, keys: Ints | Sequence[int]) -> int:
        """Forget `keys` and return how many of them were kept."""
        checked = as_keys(keys)
        with self._alone() as ledger:
            known = checked[ledger.rows_of(checked) >= 0]
            if len(known):
                ledger.remove(known)
        return len(known)

    def _snapshot(self) -> Snapshot[P]:
        with self._guard:
            self.refresh()
            ledger, parts = self._ledger, self._loaded()
            rows = (ledger.keys, ledger.alive, ledger.ends, ledger.payload)
            return Snapshot(*rows, ledger.living, ledger.consecutive, parts.now)

    def _loaded(self) -> Parts[P]:
        if self._parts is None:
            self._parts = Parts(self._ledger, self._kind)
        self._parts.merge_soon()
        return self._parts

    def settle(self) -> None:
        """Wait until all that makes search fast is built and kept, as an import should at its end."""
        with self._guard:
            self.refresh()
            parts = self._loaded()
        parts.settle()

    def compact(self, *, at_least: float = 0.25) -> bool:
        """Drop removed rows from the files where they are at least such a share; say whether it was done."""
        with self._alone() as ledger:
            if len(ledger) - ledger.living < max(1.0, at_least * len(ledger)):
                return False
            fresh = new_generation(self.folder, self._label)
            ledger.copy_to(fresh)
            make_current(fresh)
            self.refresh()
        return True

    def verify(self) -> Ints:
        """Return the keys whose bytes on disk are damaged; to mend them, add them again."""
        with self._guard:
            self.refresh()
            ledger = self._ledger
        rows = ledger.damaged()
        return ledger.keys[rows[ledger.alive[rows]]]

    def close(self) -> None:
        """Stop merging in the background; what is not merged is merged after the next opening."""
        if self._parts:
            self._parts.close()

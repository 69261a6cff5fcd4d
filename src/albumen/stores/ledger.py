"""The truth about rows by key: a file of payloads, and a journal that says whose they are and which count.

Payloads are written and flushed before the journal names them, so a kill leaves at most bytes that nobody knows, which
the next addition overwrites. A generation is one pair of files; compacting writes a new pair and moves a pointer.
"""

import os
import secrets
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Ints
from albumen.core.errors import NewerLibrary, StoreError
from albumen.stores.disk import replace, sync_folder, write_all, writing
from albumen.stores.growing import Growing
from albumen.stores.journal import Journal, Record

Bytes = NDArray[np.uint8]
BEGIN, ADD, REMOVE = 1, 2, 3
ADDED = struct.Struct("<II")
"""How many keys, and the checksum of their payloads; the keys (int64) and the payloads' sizes (uint32) follow."""
COPIED_AT_ONCE = 8192
EMPTY: Ints = np.empty(0, np.int64)


class Ledger:
    """One generation: each row has a key, a payload, and is alive until its key is removed or added again."""

    def __init__(self, folder: Path, label: str, generation: str) -> None:
        self.folder, self.label, self.generation = folder, label, generation
        self.journal = Journal(folder / f"{generation}.journal")
        self.path = folder / f"{generation}.rows"
        self.payload: Bytes = np.empty(0, np.uint8)
        self.living = 0
        self.consecutive = True
        """Each row's key is one more than the key of the row before."""
        self._keys = Growing(np.int64)
        self._alive = Growing(np.bool_)
        self._ends = Growing(np.int64)
        self._rows = Growing(np.int32, fill=-1)
        self._block_ends = Growing(np.int64)
        self._block_sums = Growing(np.uint32)

    @property
    def keys(self) -> Ints:
        """Return the key of each row, (rows,)."""
        return self._keys.view

    @property
    def alive(self) -> Bools:
        """Return which rows count, (rows,); the others stay in the file until compaction."""
        return self._alive.view

    @property
    def ends(self) -> Ints:
        """Return where each row's payload ends in the file, (rows,)."""
        return self._ends.view

    def __len__(self) -> int:
        return len(self._keys)

    def span(self, start: int, stop: int) -> Bytes:
        """Return the payloads of rows `start` to `stop`, one after the other."""
        ends = self.ends
        return self.payload[ends[start - 1] if start else 0 : ends[stop - 1] if stop else 0]

    def rows_of(self, keys: Ints) -> Ints:
        """Return the living row of each key, -1 where it has none."""
        table = self._rows.view
        known = (keys >= 0) & (keys < len(table))
        rows = np.full(len(keys), -1, np.int64)
        rows[known] = table[keys[known]]
        return rows

    def refresh(self) -> None:
        """Take in what was written since, by whichever process."""
        for record in self.journal.read():
            self._apply(record)
        self._map()

    def _map(self) -> None:
        size = int(self.ends[-1]) if len(self) else 0
        if size == len(self.payload):
            return
        missing = size - self.path.stat().st_size
        if missing > 0:
            raise StoreError(
                f"{self.path} lacks its last {missing} bytes: restore it from a backup, or delete its folder "
                "to have its content made again."
            )
        self.payload = np.memmap(self.path, np.uint8, mode="r", shape=(size,))

    def _apply(self, record: Record) -> None:
        match record.kind:
            case 1:
                self._check_label(record.body.decode())
            case 2:
                self._apply_addition(record.body)
            case 3:
                self._bury(np.frombuffer(record.body, np.int64))
            case kind:
                raise NewerLibrary(f"{self.journal.path} holds a record of unknown kind {kind}: update Albumen first.")

    def _check_label(self, label: str) -> None:
        if label != self.label:
            raise StoreError(f"{self.folder} holds {label}, not {self.label}: each kind needs a folder of its own.")

    def _apply_addition(self, body: bytes) -> None:
        count, check = ADDED.unpack_from(body)
        keys = np.frombuffer(body, np.int64, count, ADDED.size)
        sizes = np.frombuffer(body, np.uint32, count, ADDED.size + 8 * count)
        self._bury(keys)
        start, end = len(self), int(self.ends[-1]) if len(self) else 0
        self.consecutive &= _follow(self.keys[-1:], keys)
        self._keys.extend(keys)
        self._alive.extend(np.ones(int(count), np.bool_))
        ends: Ints = sizes.cumsum(dtype=np.int64)
        np.add(ends, end, out=ends)
        self._ends.extend(ends)
        self._rows.reach(int(keys.max(initial=-1)) + 1)
        self._rows.view[keys] = np.arange(start, start + count, dtype=np.int32)
        self._block_ends.extend(np.array([len(self)]))
        self._block_sums.extend(np.array([check], np.uint32))
        self.living += count

    def _bury(self, keys: Ints) -> None:
        rows = self.rows_of(keys)
        rows = rows[rows >= 0]
        self.alive[rows] = False
        self._rows.view[self.keys[rows]] = -1
        self.living -= len(rows)

    def add(self, keys: Ints, sizes: NDArray[np.uint32], payload: Bytes) -> None:
        """Write a payload for each key, in place of its older one; on return they are on the disk."""
        with writing(self.path):
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                write_all(fd, payload.data, len(self.payload))
                os.fdatasync(fd)
            finally:
                os.close(fd)
        body = ADDED.pack(len(keys), zlib.crc32(payload.data)) + keys.tobytes() + sizes.tobytes()
        self.journal.append(ADD, body)
        self._apply_addition(body)
        self._map()

    def remove(self, keys: Ints) -> None:
        """Bury the rows of `keys`; on return that is on the disk."""
        self.journal.append(REMOVE, keys.tobytes())
        self._bury(keys)

    def damaged(self) -> Ints:
        """Return the rows whose bytes are not those that were written."""
        ends = self._block_ends.view
        starts = np.concatenate([[0], ends[:-1]])
        sums = self._block_sums.view
        bad = [
            np.arange(start, stop, dtype=np.int64)
            for start, stop, check in zip(starts.tolist(), ends.tolist(), sums.tolist(), strict=True)
            if zlib.crc32(self.span(start, stop).data) != check
        ]
        return np.concatenate([EMPTY, *bad])

    def copy_to(self, other: "Ledger") -> None:
        """Write the living rows into a new generation, in their order."""
        rows = np.flatnonzero(self.alive)
        ends = self.ends
        for start in range(0, len(rows), COPIED_AT_ONCE):
            part = rows[start : start + COPIED_AT_ONCE]
            begins = np.where(part > 0, ends[part - 1], 0)
            pieces = [self.payload[a:b] for a, b in zip(begins.tolist(), ends[part].tolist(), strict=True)]
            other.add(self.keys[part], (ends[part] - begins).astype(np.uint32), np.concatenate(pieces))


def _follow(last: Ints, keys: Ints) -> bool:
    """Return whether each key is one more than the one before; `last` holds the one before the first, if any."""
    return bool((np.diff(np.concatenate([last, keys])) == 1).all())


def current(folder: Path) -> str | None:
    """Return the generation that counts, or nothing in an empty folder."""
    try:
        return (folder / "CURRENT").read_text("ascii").strip()
    except FileNotFoundError:
        return None


def make_current(ledger: Ledger) -> None:
    """Point readers to this generation and delete the files of all others."""
    replace(ledger.folder / "CURRENT", ledger.generation.encode())
    for path in ledger.folder.iterdir():
        if path.name[:8] != ledger.generation and path.suffix in {".journal", ".rows", ".part"}:
            path.unlink(missing_ok=True)


def new_generation(folder: Path, label: str) -> Ledger:
    """Begin an empty generation beside the current one."""
    ledger = Ledger(folder, label, secrets.token_hex(4))
    with writing(ledger.path):
        ledger.path.touch()
    ledger.journal.append(BEGIN, label.encode())
    sync_folder(folder)
    return ledger

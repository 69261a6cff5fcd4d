"""The truth about vectors on disk: a matrix file of fp16 rows and a journal that says which rows count.

Rows are written and flushed before the journal names them, so a kill leaves at most rows nobody knows, which the
next addition overwrites. A generation is one pair of files; compacting writes a new pair and moves a pointer.
"""

import os
import secrets
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Ints
from albumen.core.errors import StoreError
from albumen.stores.disk import replace, sync_folder, write_all, writing
from albumen.stores.growing import Growing
from albumen.stores.journal import Journal, Record

Halves = NDArray[np.float16]
BEGIN, ADD, REMOVE = 1, 2, 3
ADDED = struct.Struct("<II")
"""Dimension, and checksum of the rows; the keys follow."""
COPIED_AT_ONCE = 8192


class Truth:
    """One generation of rows: keys, which rows are alive, and the fp16 matrix, as far as the journal was read."""

    def __init__(self, folder: Path, dim: int, generation: str) -> None:
        self.folder, self.dim, self.generation = folder, dim, generation
        self.journal = Journal(folder / f"{generation}.journal")
        self.rows_path = folder / f"{generation}.fp16"
        self.matrix: Halves = np.empty((0, dim), np.float16)
        self._keys = Growing(np.int64)
        self._alive = Growing(np.bool_)
        self._rows = Growing(np.int32, fill=-1)
        self._block_ends = Growing(np.int64)
        self._block_sums = Growing(np.uint32)
        self.living = 0

    @property
    def keys(self) -> Ints:
        """Return the key of each row, (rows,)."""
        return self._keys.view

    @property
    def alive(self) -> Bools:
        """Return which rows count, (rows,); a removed or replaced row stays in the file until compaction."""
        return self._alive.view

    def __len__(self) -> int:
        return len(self._keys)

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
        if len(self.matrix) != len(self):
            self.matrix = self._map()

    def _map(self) -> Halves:
        shape = (len(self), self.dim)
        missing = shape[0] * self.dim * 2 - self.rows_path.stat().st_size
        if missing > 0:
            raise StoreError(
                f"{self.rows_path} lacks its last {missing} bytes: restore it from a backup, or delete its folder "
                "to have the vectors made again."
            )
        return np.memmap(self.rows_path, np.float16, mode="r", shape=shape)

    def _apply(self, record: Record) -> None:
        match record.kind:
            case 1:
                self._check_dim(*struct.unpack("<I", record.body))
            case 2:
                self._apply_addition(record.body)
            case 3:
                self._bury(np.frombuffer(record.body, np.int64))
            case kind:
                raise StoreError(
                    f"{self.journal.path} holds a record of unknown kind {kind}: update Albumen to read it."
                )

    def _check_dim(self, dim: int) -> None:
        if dim != self.dim:
            raise StoreError(
                f"{self.folder} holds vectors of {dim} numbers, not {self.dim}: each model needs a folder of its own."
            )

    def _apply_addition(self, body: bytes) -> None:
        dim, check = ADDED.unpack_from(body)
        self._check_dim(dim)
        keys = np.frombuffer(body, np.int64, offset=ADDED.size)
        self._bury(keys)
        start = len(self)
        self._keys.extend(keys)
        self._alive.extend(np.ones(len(keys), np.bool_))
        self._rows.reach(int(keys.max(initial=-1)) + 1)
        self._rows.view[keys] = np.arange(start, start + len(keys), dtype=np.int32)
        self._block_ends.extend(np.array([len(self)]))
        self._block_sums.extend(np.array([check], np.uint32))
        self.living += len(keys)

    def _bury(self, keys: Ints) -> None:
        rows = self.rows_of(keys)
        rows = rows[rows >= 0]
        self.alive[rows] = False
        self._rows.view[self.keys[rows]] = -1
        self.living -= len(rows)

    def add(self, keys: Ints, rows: Halves) -> None:
        """Write rows for keys that replace older rows of the same keys; on return they are on the disk."""
        with writing(self.rows_path):
            fd = os.open(self.rows_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                write_all(fd, rows.data, len(self) * self.dim * 2)
                os.fdatasync(fd)
            finally:
                os.close(fd)
        body = ADDED.pack(self.dim, zlib.crc32(rows.data)) + keys.tobytes()
        self.journal.append(ADD, body)
        self._apply_addition(body)
        self.matrix = self._map()

    def remove(self, keys: Ints) -> None:
        """Bury the rows of `keys`; on return that is on the disk."""
        self.journal.append(REMOVE, keys.tobytes())
        self._bury(keys)

    def begin(self) -> None:
        """Write the first record of a new generation."""
        with writing(self.rows_path):
            self.rows_path.touch()
        self.journal.append(BEGIN, struct.pack("<I", self.dim))
        sync_folder(self.folder)

    def damaged(self, start: int, stop: int) -> Ints:
        """Return the rows of `start` to `stop` whose bytes are not those that were written."""
        ends = self._block_ends.view
        first, last = np.searchsorted(ends, start, "right"), np.searchsorted(ends, stop, "left")
        bad = [self._damaged_block(block) for block in range(int(first), min(int(last) + 1, len(ends)))]
        return np.concatenate([np.empty(0, np.int64), *bad])

    def _damaged_block(self, block: int) -> Ints:
        ends = self._block_ends.view
        start, stop = int(ends[block - 1]) if block else 0, int(ends[block])
        sound = zlib.crc32(self.matrix[start:stop].data) == int(self._block_sums.view[block])
        return np.empty(0, np.int64) if sound else np.arange(start, stop, dtype=np.int64)

    def copy_to(self, other: "Truth") -> None:
        """Write the living rows into a new generation, in their order."""
        rows = np.flatnonzero(self.alive)
        for start in range(0, len(rows), COPIED_AT_ONCE):
            part = rows[start : start + COPIED_AT_ONCE]
            other.add(self.keys[part], self.matrix[part])


def as_rows(vectors: Floats, count: int, dim: int) -> Halves:
    """Return vectors as contiguous fp16 (count, dim), refusing other shapes and numbers that fp16 cannot hold."""
    array = np.asarray(vectors)
    if array.shape != (count, dim):
        raise ValueError(f"Vectors must have shape ({count}, {dim}), one row a key, not {array.shape}")
    with np.errstate(over="ignore"):
        rows = np.ascontiguousarray(array, np.float16)
    if not np.isfinite(rows).all():
        bad = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise ValueError(f"Vector {bad} holds a number that is not finite or beyond 65504; nothing was added")
    return rows


def current(folder: Path) -> str | None:
    """Return the generation that counts, or nothing in an empty folder."""
    pointer = folder / "CURRENT"
    return pointer.read_text("ascii").strip() if pointer.is_file() else None


def make_current(truth: Truth) -> None:
    """Point readers to this generation and delete the files of all others."""
    replace(truth.folder / "CURRENT", truth.generation.encode())
    for path in truth.folder.iterdir():
        if path.name[:8] != truth.generation and path.suffix in {".journal", ".fp16", ".scan"}:
            path.unlink(missing_ok=True)


def new_generation(folder: Path, dim: int) -> Truth:
    """Begin an empty generation beside the current one."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    truth = Truth(folder, dim, secrets.token_hex(4))
    truth.begin()
    return truth

"""Keeps an append-only file of checksummed records that survives a kill at any moment.

A record is a header of 24 bytes (magic, kind, length, checksum of the body, checksum of the header), its body, and
zeros up to a multiple of 8. What a crash left unfinished at the end is no record and is overwritten by the next one;
a broken record with a whole one behind it is damage, and says so.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from albumen.core.errors import StoreError
from albumen.stores.disk import sync_folder, write_all, writing

MAGIC = b"Albj"
FIELDS = struct.Struct("<4sIQI")
CHECK = struct.Struct("<I")
HEADER = FIELDS.size + CHECK.size


class Record(NamedTuple):
    """One record: what kind its owner says it is, and its bytes."""

    kind: int
    body: bytes


class Journal:
    """One file of records; readers in other processes see each record once it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end = 0
        """Where the last record read or written ends; the next one starts there."""

    def exists(self) -> bool:
        """Say whether anything was ever written."""
        return self.path.is_file()

    def read(self) -> Iterator[Record]:
        """Yield the records that were added since the last `read` or `append`."""
        if not self.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self.end)
            data = file.read()
        start = self.end
        while found := _record(data, self.end - start):
            record, size = found
            self.end += size
            yield record
        self._refuse_damage(data, self.end - start)

    def append(self, kind: int, body: bytes) -> None:
        """Add one record; when this returns it is on the disk. Only one writer at a time, who has read to the end."""
        data = _pack(kind, body)
        with writing(self.path):
            fresh = not self.exists()
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                self._append(fd, data)
            finally:
                os.close(fd)
            if fresh:
                sync_folder(self.path.parent)
        self.end += len(data)

    def _append(self, fd: int, data: bytes) -> None:
        os.ftruncate(fd, self.end)
        try:
            write_all(fd, data, self.end)
            os.fdatasync(fd)
        except OSError:
            os.ftruncate(fd, self.end)
            raise

    def _refuse_damage(self, data: bytes, broken: int) -> None:
        at = data.find(MAGIC, broken + 1)
        while at >= 0:
            if _record(data, at):
                raise StoreError(
                    f"{self.path} is damaged at byte {self.end}, with whole records behind it: "
                    "restore it from a backup, or delete its folder to have it made again."
                )
            at = data.find(MAGIC, at + 1)


def _pack(kind: int, body: bytes) -> bytes:
    fields = FIELDS.pack(MAGIC, kind, len(body), zlib.crc32(body))
    return fields + CHECK.pack(zlib.crc32(fields)) + body + bytes(-len(body) % 8)


def _record(data: bytes, at: int) -> tuple[Record, int] | None:
    """Return the record at `at` and its size, or nothing where no whole record stands there."""
    if len(data) - at < HEADER:
        return None
    magic, kind, length, check = FIELDS.unpack_from(data, at)
    (own,) = CHECK.unpack_from(data, at + FIELDS.size)
    size = HEADER + length + -length % 8
    if magic != MAGIC or own != zlib.crc32(data[at : at + FIELDS.size]) or len(data) - at < size:
        return None
    body = data[at + HEADER : at + HEADER + length]
    return (Record(kind, body), size) if zlib.crc32(body) == check else None

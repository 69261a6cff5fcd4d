"""Walks the boxes of ISO media files: HEIF, AVIF, MP4, MOV and CR3."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_BOXES = 10_000
MOST_BYTES = 64_000_000
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
CANON_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


@dataclass(frozen=True)
class Box:
    """A box: its kind and where its content lies in the file."""

    kind: bytes
    start: int
    end: int

    def read(self, file: BinaryIO, most: int = MOST_BYTES) -> bytes:
        """Return the content, at most so many bytes of it."""
        file.seek(self.start)
        return file.read(min(self.end - self.start, most))


def end_of(file: BinaryIO) -> int:
    """Return the length of an open file."""
    return file.seek(0, 2)


def walk(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two places; stop at the first that makes no sense."""
    for _ in range(MOST_BOXES):
        if end - start < 8:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack_from(">I4s", head)
        header = 8
        if size == 1 and len(head) == 16:
            (size,) = struct.unpack_from(">Q", head, 8)
            header = 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            return
        yield Box(kind, start + header, start + size)
        start += size


def find(file: BinaryIO, within: Box, *path: bytes) -> Box | None:
    """Return the first box at a path of kinds."""
    for box in walk(file, within.start, within.end):
        if box.kind == path[0]:
            return box if len(path) == 1 else find(file, box, *path[1:])
    return None


def whole_file(file: BinaryIO) -> Box:
    """Return the file as one box."""
    return Box(b"", 0, end_of(file))


def items(file: BinaryIO) -> dict[bytes, bytes]:
    """Return the metadata items of a HEIF or AVIF file by their kind: `Exif` and `mime` (XMP)."""
    meta = find(file, whole_file(file), b"meta")
    if meta is None:
        return {}
    inner = Box(meta.kind, meta.start + 4, meta.end)
    named, located = find(file, inner, b"iinf"), find(file, inner, b"iloc")
    if named is None or located is None:
        return {}
    idat = find(file, inner, b"idat")
    places = _locations(located.read(file))
    found: dict[bytes, bytes] = {}
    for number, kind in _kinds(file, named):
        if kind in (b"Exif", b"mime") and number in places:
            found.setdefault(kind, _item(file, places[number], idat))
    return found


def _kinds(file: BinaryIO, named: Box) -> Iterator[tuple[int, bytes]]:
    head = named.read(file, 4)
    for box in walk(file, named.start + (6 if head[:1] == b"\0" else 8), named.end):
        entry = box.read(file, 64)
        if box.kind != b"infe" or len(entry) < 12 or entry[0] < 2:
            continue
        wide = entry[0] > 2
        number = int.from_bytes(entry[4 : 8 if wide else 6], "big")
        yield number, entry[10:14] if wide else entry[8:12]


_Place = tuple[int, list[tuple[int, int]]]


def _locations(raw: bytes) -> dict[int, _Place]:
    """Parse `iloc`: item number to (construction method, extents)."""
    cursor = _Cursor(raw)
    version = cursor.take(1)
    cursor.take(3)
    sizes = cursor.take(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version == 2 else 2
    places: dict[int, _Place] = {}
    for _ in range(min(cursor.take(wide), MOST_BOXES)):
        number = cursor.take(wide)
        method = cursor.take(2) & 15 if version else 0
        cursor.take(2)
        base = cursor.take(base_size)
        extents: list[tuple[int, int]] = []
        for _ in range(min(cursor.take(2), MOST_BOXES)):
            cursor.take(index_size if version else 0)
            extents.append((base + cursor.take(offset_size), cursor.take(length_size)))
            if cursor.over:
                return places
        places[number] = (method, extents)
    return places


class _Cursor:
    """Takes big-endian numbers off bytes; past the end they are zero and `over` is set."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0
        self.over = False

    def take(self, size: int) -> int:
        """Return the next number of so many bytes."""
        part = self._raw[self._at : self._at + size]
        self.over |= len(part) < size
        self._at += size
        return int.from_bytes(part, "big")


def _item(file: BinaryIO, place: _Place, idat: Box | None) -> bytes:
    method, extents = place
    if method == 1 and idat is None:
        return b""
    start = idat.start if method == 1 and idat is not None else 0
    parts: list[bytes] = []
    for offset, length in extents[:64]:
        file.seek(start + offset)
        parts.append(file.read(min(length, MOST_BYTES)))
    return b"".join(parts)

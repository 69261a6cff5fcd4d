"""Reads the tags of a TIFF structure, which is what EXIF is, and gives them their meaning."""

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

Value = tuple[int | float, ...] | bytes
Tags = Mapping[int, Value]

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_CODES = {3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
MOST_ENTRIES = 1000
MOST_BYTES = 4_000_000
"""A tag that claims more than this is passed over."""

EXIF_POINTER, GPS_POINTER = 0x8769, 0x8825


@dataclass(frozen=True)
class Exif:
    """Tags by number, from the three directories that matter."""

    image: Tags = field(default_factory=dict[int, Value])
    photo: Tags = field(default_factory=dict[int, Value])
    gps: Tags = field(default_factory=dict[int, Value])


def read_tiff(file: BinaryIO, base: int = 0) -> Exif:
    """Read the directories of a TIFF structure that starts at `base`; what is damaged is left out."""
    try:
        reader = _Reader(file, base)
        image = reader.directory(reader.first)
        return Exif(image, reader.behind(image, EXIF_POINTER), reader.behind(image, GPS_POINTER))
    except (struct.error, ValueError, OSError, OverflowError):
        return Exif()


class _Reader:
    """Reads directories of either byte order, of TIFF and BigTIFF."""

    def __init__(self, file: BinaryIO, base: int) -> None:
        self._file = file
        self._base = base
        head = self._at(0, 16)
        self._order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        if not self._order:
            raise ValueError("no TIFF structure")
        self._big = struct.unpack_from(self._order + "H", head, 2)[0] == 43
        self.first: int = struct.unpack_from(self._order + ("Q" if self._big else "I"), head, 8 if self._big else 4)[0]

    def directory(self, offset: int) -> dict[int, Value]:
        """Return the readable tags of one directory."""
        return dict(self._entries(offset))

    def behind(self, tags: Tags, pointer: int) -> dict[int, Value]:
        """Return the directory that a tag points to, or nothing."""
        offset = whole(tags, pointer)
        return self.directory(offset) if offset else {}

    def _entries(self, offset: int) -> Iterator[tuple[int, Value]]:
        head, size = (8, 20) if self._big else (2, 12)
        found = self._at(offset, head)
        if len(found) < head:
            return
        (count,) = struct.unpack(self._order + ("Q" if self._big else "H"), found)
        block = self._at(offset + head, size * min(count, MOST_ENTRIES))
        for at in range(0, len(block) - size + 1, size):
            tag, kind = struct.unpack_from(self._order + "HH", block, at)
            value = self._value(kind, block[at + 4 : at + size])
            if value is not None:
                yield tag, value

    def _value(self, kind: int, rest: bytes) -> Value | None:
        width = len(rest) // 2
        (count,) = struct.unpack_from(self._order + ("Q" if self._big else "I"), rest)
        size = _SIZES.get(kind, 0) * count
        if not 0 < size <= MOST_BYTES:
            return None
        raw = rest[width : width + size]
        if size > width:
            (offset,) = struct.unpack_from(self._order + ("Q" if self._big else "I"), rest, width)
            raw = self._at(offset, size)
        return self._decoded(kind, count, raw) if len(raw) == size else None

    def _decoded(self, kind: int, count: int, raw: bytes) -> Value:
        if kind in (5, 10):
            parts = struct.unpack(f"{self._order}{2 * count}{'i' if kind == 10 else 'I'}", raw)
            return tuple(a / b if b else math.nan for a, b in zip(parts[::2], parts[1::2], strict=True))
        if kind in _CODES:
            return struct.unpack(f"{self._order}{count}{_CODES[kind]}", raw)
        return raw

    def _at(self, offset: int, size: int) -> bytes:
        self._file.seek(self._base + offset)
        return self._file.read(size)


def text(tags: Tags, tag: int) -> str | None:
    """Return a tag as text without padding; `None` if it is missing or blank."""
    value = tags.get(tag)
    if not isinstance(value, bytes):
        return None
    return decoded_text(value.split(b"\0", 1)[0])


def decoded_text(raw: bytes) -> str | None:
    """Decode text of unknown encoding: UTF-8 if it fits, else Western European; control characters are dropped."""
    try:
        found = raw.decode("utf-8")
    except UnicodeDecodeError:
        found = raw.decode("cp1252", errors="replace")
    found = "".join(c for c in found if c.isprintable() or c in "\n\t").strip()
    return found or None


def number(tags: Tags, tag: int, index: int = 0) -> float | None:
    """Return one finite number of a tag."""
    value = tags.get(tag)
    if value is None or index >= len(value):
        return None
    found = float(value[index])
    return found if math.isfinite(found) else None


def whole(tags: Tags, tag: int) -> int | None:
    """Return a tag's first number as an integer."""
    found = number(tags, tag)
    return None if found is None else int(found)


def positive(tags: Tags, tag: int) -> float | None:
    """Return a tag's first number if it is above zero."""
    found = number(tags, tag)
    return found if found is not None and found > 0 else None


def unicode_comment(tags: Tags, tag: int) -> str | None:
    """Return a comment whose first eight bytes name its encoding."""
    value = tags.get(tag)
    if not isinstance(value, bytes) or len(value) <= 8:
        return None
    if value.startswith(b"UNICODE"):
        return decoded_text(value[8:].decode("utf-16-le", errors="replace").encode("utf-8", errors="replace"))
    return decoded_text(value[8:].split(b"\0", 1)[0]) if value.startswith(b"ASCII") else None

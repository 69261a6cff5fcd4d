"""Keeps what is derived from a ledger for speed: parts, each over a range of rows that never changes.

A generation and a range name a part's content, so parts are saved, checked, loaded, or built again without asking
anybody. New rows stay outside every part until enough of them wait; a thread then merges them off every query's path.
"""

import struct
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np

from albumen.core.errors import StoreError
from albumen.stores.disk import replace
from albumen.stores.ledger import Bytes, Ledger

TAIL = 4096
"""Rows that may wait outside every part; a query goes through them one by one."""
GROWTH = 4
"""A part is merged into the next one unless it is more than so many times as long; this bounds their number."""
STAMP = struct.Struct("<4sIQ")
FORMAT = b"Alp2"
"""Changes with what any kind packs; parts of another format are built anew."""


class Part(Protocol):
    """Something fast over rows `start` to `stop`."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def stop(self) -> int: ...  # noqa: D102


P = TypeVar("P", bound=Part)


class Kind(Protocol[P]):
    """How one kind of part is built, written and read."""

    def build(self, ledger: Ledger, start: int, stop: int, stopped: Callable[[], bool]) -> P | None:
        """Build the part over these rows, or nothing once `stopped` says so."""
        ...

    def pack(self, part: P) -> bytes:
        """Return the part as bytes."""
        ...

    def unpack(self, data: Bytes, start: int, stop: int) -> P:
        """Return the part that `pack` wrote; `data` may be a memory map."""
        ...


class Parts(Generic[P]):
    """The parts of one ledger: without gaps from its first row on, each much shorter than the one before."""

    def __init__(self, ledger: Ledger, kind: Kind[P]) -> None:
        self._ledger, self._kind = ledger, kind
        self._guard = threading.Lock()
        self._closed = threading.Event()
        self._merger: threading.Thread | None = None
        self.now: tuple[P, ...] = self._load()

    @property
    def stop(self) -> int:
        """Return the first row outside every part."""
        return self.now[-1].stop if self.now else 0

    def merge_soon(self) -> None:
        """Start merging in the background where that is due."""
        with self._guard:
            idle = self._merger is None or not self._merger.is_alive()
            if idle and not self._closed.is_set() and due(self.now, len(self._ledger)):
                self._merger = threading.Thread(target=self._merge, name="parts-merge", daemon=True)
                self._merger.start()

    def settle(self) -> None:
        """Wait until nothing is due."""
        self.merge_soon()
        while (merger := self._merger) and merger.is_alive():
            merger.join()
            self.merge_soon()

    def close(self) -> None:
        """Stop merging."""
        self._closed.set()
        if self._merger:
            self._merger.join()

    def _merge(self) -> None:
        while span := due(self.now, len(self._ledger)):
            part = self._kind.build(self._ledger, *span, self._closed.is_set)
            if part is None:
                return
            self.now = (*(p for p in self.now if p.stop <= part.start), part)
            with suppress(StoreError, OSError):  # on a full or read-only disk, memory has to do
                self._save(part)

    def _save(self, part: P) -> None:
        """Keep the part on disk and drop those that it replaces."""
        data = self._kind.pack(part)
        stamp = STAMP.pack(FORMAT, zlib.crc32(data), len(data))
        path = self._ledger.folder / f"{self._ledger.generation}-{part.start}-{part.stop}.part"
        replace(path, stamp + data, durable=False)
        for start, stop, old in self._kept():
            if old != path and start >= part.start and stop <= part.stop:
                old.unlink(missing_ok=True)

    def _load(self) -> tuple[P, ...]:
        parts: list[P] = []
        for start, stop, path in sorted(self._kept(), key=lambda kept: (kept[0], -kept[1])):
            covered = parts[-1].stop if parts else 0
            if start == covered and stop <= len(self._ledger) and (data := _read(path)) is not None:
                parts.append(self._kind.unpack(data, start, stop))
        return tuple(parts)

    def _kept(self) -> list[tuple[int, int, Path]]:
        found: list[tuple[int, int, Path]] = []
        for path in self._ledger.folder.glob(f"{self._ledger.generation}-*-*.part"):
            start, stop = path.stem.split("-")[1:]
            found.append((int(start), int(stop), path))
        return found


def due(parts: tuple[Part, ...], rows: int) -> tuple[int, int] | None:
    """Return the range that the next part to build should cover, or nothing while the tail is short."""
    start = parts[-1].stop if parts else 0
    if rows - start < TAIL:
        return None
    for part in reversed(parts):
        if part.stop - part.start > GROWTH * (rows - start):
            break
        start = part.start
    return start, rows


def _read(path: Path) -> Bytes | None:
    """Return the part's bytes as a memory map, or nothing where the file is gone or damaged."""
    try:
        data: Bytes = np.memmap(path, np.uint8, mode="r")
    except (FileNotFoundError, ValueError):
        return None
    body = data[STAMP.size :]
    return body if data[: STAMP.size].tobytes() == STAMP.pack(FORMAT, zlib.crc32(body.data), len(body)) else None

"""Face vectors as matrices, so that a search over a hundred thousand is one product; kept in files that are derived.

A file is mapped into memory, so that the first search after a start is as quick as any. It holds for one state of
deletions; what was added since is read from the gallery.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from albumen.aws_api.services.rekognition.gallery import Gallery, Place
from albumen.core.arrays import Floats

Numbers = NDArray[np.int64]
FIRST_ROOM = 1024
HEAD = 4096
GONE = -1
WORTH_SAVING = 1000
"""Faces that have to be new before a file is written again."""


@dataclass
class Block:
    """Faces by their numbers in the gallery, GONE where one was deleted, with their vectors (n, dim)."""

    numbers: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    vectors: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def __len__(self) -> int:
        return len(self.numbers)

    def first(self, count: int) -> "Block":
        """Return the first so many."""
        return Block(self.numbers[:count], self.vectors[:count])

    def grown(self, rows: int, dim: int) -> "Block":
        """Return room for so many, with what is here at the beginning."""
        larger = Block(np.full(rows, GONE, np.int64), np.zeros((rows, dim), np.float32))
        larger.numbers[: len(self)], larger.vectors[: len(self)] = self.numbers, self.vectors.reshape(-1, dim)
        return larger

    def cosines(self, vector: Floats) -> Floats:
        """Return the cosine of each face with a vector, less than any for those that are gone."""
        found = np.asarray(self.vectors @ vector, np.float32) if len(self) else np.zeros(0, np.float32)
        found[self.numbers == GONE] = -2.0
        return found


class Rows:
    """One collection's faces: those of its file, and those that came later."""

    def __init__(self, saved: Block) -> None:
        self._saved, self._room, self._used = saved, Block(), 0

    @property
    def last(self) -> int:
        """Return the largest number here; numbers of deleted faces may be given again."""
        return max((int(b.numbers.max()) for b in self.blocks() if len(b)), default=0)

    @property
    def unsaved(self) -> int:
        """Return how many faces are not in the file."""
        return self._used

    def blocks(self) -> tuple[Block, Block]:
        """Return the faces as they are now; later ones do not change what was returned."""
        return self._saved, self._room.first(self._used)

    def extend(self, fresh: Sequence[tuple[int, bytes]]) -> None:
        """Take newer faces in."""
        if not fresh:
            return
        added = np.frombuffer(b"".join(v for _, v in fresh), np.float32).reshape(len(fresh), -1)
        end = self._used + len(fresh)
        if len(self._room) < end:
            self._room = self._room.first(self._used).grown(max(FIRST_ROOM, 2 * end), added.shape[1])
        self._room.vectors[self._used : end] = added
        self._room.numbers[self._used : end] = [n for n, _ in fresh]
        self._used = end

    def forget(self, numbers: Iterable[int]) -> None:
        """Mark deleted faces."""
        gone = np.fromiter(numbers, np.int64)
        for block in self.blocks():
            block.numbers[np.isin(block.numbers, gone)] = GONE

    def keep_only(self, numbers: Sequence[int]) -> None:
        """Mark all but these as deleted."""
        for block in self.blocks():
            block.numbers[~np.isin(block.numbers, np.array(numbers, np.int64))] = GONE

    def whole(self) -> Block:
        """Return all that is not gone in one block."""
        parts = [b for b in self.blocks() if len(b)]
        if not parts:
            return Block()
        numbers = np.concatenate([b.numbers for b in parts])
        vectors = np.concatenate([b.vectors for b in parts])
        return Block(numbers[numbers != GONE], vectors[numbers != GONE])


class Matrices:
    """The vectors of all collections."""

    def __init__(self, gallery: Gallery, folder: Path) -> None:
        self._gallery, self._folder = gallery, folder
        self._rows: dict[Place, Rows] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._warming = threading.Thread(target=self._warm, daemon=True)

    def nearest(self, place: Place, vector: Floats, limit: int) -> list[tuple[int, float]]:
        """Return numbers and cosines of a collection's faces that are nearest to a vector, the nearest first."""
        with self._lock:
            blocks = self._current(place).blocks()
        numbers = np.concatenate([b.numbers for b in blocks])
        cosines = np.concatenate([b.cosines(vector) for b in blocks])
        count = min(limit, len(cosines))
        if not count:
            return []
        best = np.argpartition(-cosines, count - 1)[:count]
        order = best[np.argsort(-cosines[best], kind="stable")]
        return [(int(numbers[i]), float(cosines[i])) for i in order if numbers[i] != GONE]

    def forget(self, place: Place, numbers: Iterable[int] | None = None) -> None:
        """Forget some faces of a collection, or all of them."""
        with self._lock:
            if numbers is None:
                self._rows.pop(place, None)
                self._path(place).unlink(missing_ok=True)
            elif place in self._rows:
                self._rows[place].forget(numbers)

    def start(self) -> None:
        """See that every collection has a file, beside whatever else is going on."""
        self._warming.start()

    def stop(self) -> None:
        """Write the files of collections that have grown."""
        self._stopping.set()
        self._warming.join()
        for place in list(self._rows):
            self._keep(place, 1)

    def _warm(self) -> None:
        for place in self._gallery.places():
            if not self._stopping.is_set():
                self._keep(place, WORTH_SAVING)

    def _keep(self, place: Place, least: int) -> None:
        """Write a collection's file if so many faces are not in it, and go on with the file."""
        with self._lock:
            state, rows = self._gallery.state(place), self._current(place)  # a deletion in between outdates the file
            if rows.unsaved >= least and state is not None:
                rows.keep_only(self._gallery.numbers(place))  # one before may wait for the lock to be told of here
                _write(self._path(place), rows.whole(), state)
                self._rows[place] = Rows(_read(self._path(place), state))

    def _current(self, place: Place) -> Rows:
        if place not in self._rows:
            self._rows[place] = Rows(_read(self._path(place), self._gallery.state(place)))
        rows = self._rows[place]
        rows.extend(self._gallery.vectors(place, rows.last))
        return rows

    def _path(self, place: Place) -> Path:
        return self._folder / f"{hashlib.sha256(f'{place.account}/{place.collection}'.encode()).hexdigest()}.faces"


def _read(path: Path, state: str | None) -> Block:
    """Return the faces of a file if it was written in that very state, none otherwise."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.read(HEAD))
            numbers = np.fromfile(file, np.int64, head["rows"])
        if head["state"] != state or path.stat().st_size != HEAD + head["rows"] * (8 + 4 * head["dim"]):
            return Block()
        shape = (head["rows"], head["dim"])
        return Block(numbers, np.memmap(path, np.float32, "r", HEAD + 8 * head["rows"], shape))
    except (OSError, ValueError, KeyError, TypeError):
        return Block()


def _write(path: Path, block: Block, state: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, dim = block.vectors.shape
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as file:
        file.write(json.dumps({"rows": rows, "dim": dim, "state": state}).encode().ljust(HEAD))
        file.write(block.numbers.tobytes())
        file.write(np.ascontiguousarray(block.vectors).tobytes())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

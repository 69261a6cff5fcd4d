"""Words that a picture gives evidence for, few a picture, and an index that adds them up over a whole library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats
from albumen.core.errors import StoreError

STEP = 0.05
"""Evidence is kept in steps of this many nats."""
ROW = np.dtype([("word", "<u2"), ("value", "i1")])


@dataclass(frozen=True)
class Evidence:
    """Words of one picture by number, (k,), and how much likelier each is than in captions at large, in nats, (k,)."""

    words: NDArray[np.uint16]
    values: Floats

    def __post_init__(self) -> None:
        if self.words.shape != self.values.shape or self.words.ndim != 1:
            raise ValueError(f"words {self.words.shape} and values {self.values.shape} must be two equal rows")

    def pack(self) -> bytes:
        """Return three bytes a word."""
        rows = np.empty(len(self.words), ROW)
        rows["word"] = self.words
        rows["value"] = np.clip(np.round(self.values / STEP), -128, 127)
        return rows.tobytes()

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """Read what `pack` wrote."""
        if len(data) % ROW.itemsize:
            raise StoreError(f"word evidence of {len(data)} bytes is damaged; analyse the picture again")
        rows = np.frombuffer(data, ROW)
        return cls(rows["word"].copy(), rows["value"].astype(np.float32) * np.float32(STEP))


class EvidenceIndex:
    """For each word the pictures that give evidence for it; pictures are numbered in the order they are added."""

    def __init__(self) -> None:
        self.size = 0
        self._lists: dict[int, list[tuple[NDArray[np.int32], NDArray[np.int8]]]] = {}

    def add(self, packed: Sequence[bytes]) -> None:
        """Append pictures, each as `Evidence.pack` writes it."""
        lengths = [len(p) // ROW.itemsize for p in packed]
        rows = np.frombuffer(b"".join(packed), ROW)
        pictures = np.repeat(np.arange(self.size, self.size + len(packed), dtype=np.int32), lengths)
        words = np.ascontiguousarray(rows["word"])
        order = np.argsort(words, kind="stable")
        pictures, values = pictures[order], rows["value"][order]
        ends = np.cumsum(np.bincount(words))
        for word in np.flatnonzero(np.diff(ends, prepend=0)):
            part = slice(ends[word - 1] if word else 0, ends[word])
            self._lists.setdefault(int(word), []).append((pictures[part], values[part]))
        self.size += len(packed)

    def score(self, weights: Mapping[int, float], absent: Mapping[int, float]) -> Floats:
        """Return the weighted sum of each picture's evidence, (size,); a word it lacks counts as `absent`."""
        out = np.full(self.size, sum(w * absent[word] for word, w in weights.items()), np.float32)
        for word, weight in weights.items():
            for pictures, values in self._parts(word):
                # a picture stands once in a part, so plain addition is safe
                out[pictures] += np.float32(weight) * (values * np.float32(STEP) - np.float32(absent[word]))
        return out

    def _parts(self, word: int) -> list[tuple[NDArray[np.int32], NDArray[np.int8]]]:
        parts = self._lists.get(word, [])
        if len(parts) > 1:
            parts = [(np.concatenate([p for p, _ in parts]), np.concatenate([v for _, v in parts]))]
            self._lists[word] = parts
        return parts

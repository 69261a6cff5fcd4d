"""An encoder attuned to one library: to its owner's own words, and to what scores chance alone gives there.

Both are learnt from what the library holds after an import, kept in one small file beside the vectors, and applied to
queries; no model runs again and no picture's vector is changed.
"""

import logging
import os
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from sqlalchemy import Connection, text

from albumen.core.arrays import Floats
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.disk import writing
from albumen.stores.fusion import Question
from albumen.stores.vectors import Vectors
from albumen.vision.embed import head, scoring
from albumen.vision.embed.head import Head

log = logging.getLogger(__name__)
SENTENCE = 4
"""Words from which on a query is a sentence; scores of words and of sentences differ."""
CAMERAS = re.compile(
    r".*\b(?:digital camera|camera pictures|sony dsc|dcim|created with|screenshot|untitled|dig cam)\b.*", re.I | re.S
)
"""Captions that cameras and programs write by themselves."""
MOST = 1_000
"""Told pictures that are learnt from; older ones beyond are left out."""
GROWN = 0.1
"""Share of new pictures from which on chance is measured again."""
HALF, STEEP = 2.0, 1.5
"""Deviations above what chance gives at which a result is as likely right as wrong, and the slope there."""


class Understands(Protocol):
    """A scorer that knows no library."""

    calibrated: bool

    def query(self, text: str) -> scoring.Query:
        """Return what a sentence asks for."""
        ...

    def meanings(self, texts: Sequence[str]) -> Floats:
        """Return only the vectors of sentences, (m, d)."""
        ...

    def question(self, asked: scoring.Query) -> Question:
        """Return what to ask the stores."""
        ...

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        """Return how likely pictures with these scores are what was asked for."""
        ...


@dataclass(frozen=True)
class Learnt:
    """What one library taught: its owner's words, and the best scores of things that hardly any library shows."""

    head: Head
    chance: Floats
    """Median and deviation of the best score, one row for words and one for sentences, (2, 2); NaN where unknown."""
    frames: int = 0
    words: int = -1
    """Tells whether the words are still those that were learnt from."""

    def save(self, path: Path) -> None:
        """Write it down whole or not at all."""
        data = BytesIO()
        matrix = self.head.matrix.astype(np.float16)
        rest = np.array([self.head.trust, self.head.pairs, self.frames, self.words], np.float64)
        np.savez_compressed(data, matrix=matrix, rest=rest, chance=self.chance)
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f"{path.name}.new")
            new.write_bytes(data.getvalue())
            os.replace(new, path)

    @classmethod
    def load(cls, path: Path) -> "Learnt":
        """Read what `save` wrote."""
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            trust, pairs, frames, words = stored["rest"]
            found = Head(stored["matrix"].astype(np.float32), float(trust), int(pairs))
            return cls(found, stored["chance"], int(frames), int(words))


class Attuned:
    """A scorer for one library; what an import teaches is taken up by the next query."""

    def __init__(self, scorer: Understands, dim: int, path: Path) -> None:
        self._scorer = scorer
        self._path = path
        self._nothing = Learnt(Head(np.zeros((dim, dim), np.float32), 0.0), np.full((2, 2), np.nan, np.float32))
        self._read: tuple[int, Learnt] = (0, self._nothing)

    @property
    def learnt(self) -> Learnt:
        """Return what was learnt last, in whichever process."""
        try:
            written = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return self._nothing
        if written != self._read[0]:
            self._read = written, self._load()
        return self._read[1]

    def _load(self) -> Learnt:
        """Return what the file holds; a damaged one, or of another size, holds nothing and is soon written anew."""
        try:
            found = Learnt.load(self._path)
        except (OSError, EOFError, ValueError, KeyError, BadZipFile, zlib.error) as error:
            log.warning("%s cannot be read (%s); it is learnt anew with the next import", self._path, error)
            return self._nothing
        fits = found.head.matrix.shape == self._nothing.head.matrix.shape and found.chance.shape == (2, 2)
        return found if fits else self._nothing

    def query(self, text: str) -> scoring.Query:
        """Return what a sentence asks for, in the owner's words."""
        asked = self._scorer.query(text)
        return replace(asked, vector=self.learnt.head.turn(asked.vector))

    def question(self, asked: scoring.Query) -> Question:
        """Return what to ask the stores."""
        return self._scorer.question(asked)

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        """Return how likely pictures with these scores are what was asked for."""
        middle, deviation = self.learnt.chance[int(query.length >= SENTENCE)]
        if self._scorer.calibrated or not deviation > 0:
            return self._scorer.probability(query, scores)
        away = (scores - middle) / deviation
        return np.asarray(1 / (1 + np.exp(-STEEP * (away - HALF))), np.float32)

    def learn(self, catalog: Catalog, vectors: Vectors) -> Learnt:
        """Fit to what the library holds now and keep it; nothing is done where that has hardly changed."""
        with catalog.read() as db:
            told = own_words(db)
        known, now, frames = self.learnt, crc32(repr(told).encode()), len(vectors.keys)
        if known.words == now and abs(frames - known.frames) <= GROWN * frames:
            return known
        fitted = self._fitted(told, vectors)
        chance = self._nothing.chance if self._scorer.calibrated else self.chances(fitted, vectors)
        found = Learnt(fitted, chance, frames, now)
        found.save(self._path)
        return found

    def _fitted(self, told: Sequence[tuple[int, str]], vectors: Vectors) -> Head:
        seen = vectors.get([frame for frame, _ in told])
        there = ~np.isnan(seen[:, 0])
        words = [words for (_, words), known in zip(told, there, strict=True) if known]
        if len(words) < head.LEAST:
            return self._nothing.head
        each = list(dict.fromkeys(words))
        said = np.array([each.index(w) for w in words], np.int64)
        return head.fit(seen[there], self._scorer.meanings(each), said)

    def chances(self, fitted: Head, vectors: Vectors) -> Floats:
        """Return median and deviation of the best scores of things that are hardly there, for words and sentences."""
        if not len(vectors.keys):
            return self._nothing.chance
        asked = np.stack([fitted.turn(vector) for vector in self._scorer.meanings(absent())])
        best = vectors.search(asked, 1).scores[:, 0]
        long = np.array([len(words.split()) >= SENTENCE for words in absent()])
        return np.stack([_spread(best[~long]), _spread(best[long])])


def own_words(db: Connection) -> list[tuple[int, str]]:
    """Return the newest frames of which people or files say something in words, with the words."""
    rows = db.execute(
        text(
            "SELECT frames.id, caption, tags FROM docs JOIN frames ON frames.asset_id = docs.rowid"
            " WHERE caption || tags != '' ORDER BY frames.id DESC LIMIT :most"
        ),
        {"most": MOST},
    )
    return [(int(key), words) for key, caption, tags in rows if (words := _joined(caption, tags))]


def _joined(caption: str, tags: str) -> str:
    said = (part for part in (caption, *tags.split("\n")) if part.strip() and not CAMERAS.fullmatch(part))
    return ", ".join(" ".join(part.split()) for part in said)


@cache
def absent() -> Sequence[str]:
    """Return words and sentences for things that hardly any library shows."""
    listed = resources.files("albumen.library.search").joinpath("data/absent.txt").read_text("utf-8")
    return tuple(listed.splitlines())


def _spread(best: Floats) -> Floats:
    # from the lower half: a library may show one or another of these things after all
    low, middle = np.quantile(best, [0.16, 0.5])
    return np.array([middle, max(1.3 * (middle - low), 1e-6)], np.float32)

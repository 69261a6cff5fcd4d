"""The concept encoder: what classifier and detector found, carried into a space of captions; no image-text network."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats, Ints
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.vision.embed import queries, scoring, words
from albumen.vision.embed.encoder import Seen
from albumen.vision.embed.english import English
from albumen.vision.embed.evidence import Evidence
from albumen.vision.embed.features import categories, columns
from albumen.vision.embed.multilingual import Multilingual
from albumen.vision.embed.scoring import Constants, Query
from albumen.vision.embed.sentences import telling
from albumen.vision.embed.tables import Tables

FLATTER = 0.7
"""Class probabilities are raised to this power: the classifier is surer than it should be."""
CLASSES = 0.5
"""What the classifier's vector counts beside that of the objects."""


class ConceptEncoder:
    """Search pictures by what they show, without an image-text network."""

    def __init__(self, card: Card, pool: Pool, tables: Tables | None = None) -> None:
        self.card = card
        self._pool = pool
        self._tables = tables or Tables.load()
        self.dim = self._tables.head.shape[1]
        self._numbers = {str(w): k for k, w in enumerate(self._tables.words)}
        self._known = frozenset(map(str, self._tables.english))
        self._usual = np.array([card.calibration[f"share_{k}"] for k in range(11)], np.float32)
        self.constants = Constants(**{k: card.calibration[k] for k in Constants._fields})

    @cached_property
    def _english(self) -> English:
        return English(self.card, self._pool)

    @cached_property
    def _foreign(self) -> Multilingual:
        return Multilingual(self.card, self._pool)

    def images(self, seen: Sequence[Seen]) -> Floats:
        """Return one unit vector a picture, (n, dim)."""
        return np.stack([self._vector(s) for s in seen]) if seen else np.zeros((0, self.dim), np.float32)

    def text(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a sentence, (m, dim), in any of the card's languages."""
        out = np.zeros((len(texts), self.dim), np.float32)
        english = np.array([queries.is_english(t, self._known) for t in texts], bool)
        if english.any():
            out[english] = _unit(
                self._english.embed([t for t, e in zip(texts, english, strict=True) if e]) - self._tables.centre
            )
        if not english.all():
            out[~english] = _unit(
                self._meaning([t for t, e in zip(texts, english, strict=True) if not e]) @ self._tables.bridge
            )
        return out

    def evidence(self, seen: Sequence[Seen]) -> list[Evidence]:
        """Return the words each picture gives evidence for; to be kept and added up by a store."""
        return [words.evidence(s, self._columns(s), flatter(s.labels), self._tables) for s in seen]

    def floor(self, numbers: Ints) -> Floats:
        """Return the evidence of words that a picture keeps none for, in nats; no evidence is below it."""
        common = numbers < len(self._tables.absent)
        return np.where(common, self._tables.absent[np.where(common, numbers, 0)], 0).astype(np.float32)

    def query(self, text: str) -> Query:
        """Return what a sentence asks for."""
        if queries.is_english(text, self._known):
            vector = self.text([text])[0]
            found = queries.asked(text, self._numbers)
            scale = float(np.sqrt(max(len(found), 1)))
            rules = queries.rules(text, self._tables)
        else:
            meaning = self._meaning([text])[0]
            vector = _unit(meaning @ self._tables.bridge)
            expected = self._tables.rate[: self._tables.common] + meaning @ self._tables.word_bridge
            found, rules = queries.guessed(expected), dict[int, float]()
            scale = float(np.sqrt(sum(found.values()) + 0.5))
        absent = {w: float(self._tables.absent[w]) for w in found} | dict.fromkeys(rules, 0.0)
        length = len(telling(text)) or max(len(found), 1)
        return Query(vector, found, scale, absent, length, rules)

    def probability(self, query: Query, scores: Floats) -> Floats:
        """Return how likely pictures with these fused scores show what was asked for."""
        return scoring.probability(scores, query.length, self.constants)

    def features(self, seen: Sequence[Seen]) -> Floats:
        """Return the numbers that a head of the user's own is fitted to, (n, 179)."""
        return np.stack([self._columns(s) for s in seen])

    def _columns(self, seen: Seen) -> Floats:
        t = self._tables
        classes = np.zeros(len(categories()), np.float32)
        np.add.at(classes, t.same[:, 1], seen.labels[t.same[:, 0]])
        return columns(seen, t.mean, self._usual, classes)

    def _vector(self, seen: Seen) -> Floats:
        t = self._tables
        things = _unit((self._columns(seen) - t.mean) @ t.head)
        return _unit(things + CLASSES * _unit(flatter(seen.labels) @ t.classes))

    def _meaning(self, texts: Sequence[str]) -> Floats:
        return _unit(self._foreign.embed(texts) - self._tables.foreign_centre)


def flatter(probabilities: Floats) -> Floats:
    """Return class probabilities that are less sure, adding up to one."""
    raised = probabilities**FLATTER
    return (raised / max(float(raised.sum()), 1e-9)).astype(np.float32)


def _unit(rows: NDArray[np.float32] | NDArray[np.float64]) -> Floats:
    return (rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)).astype(np.float32)

"""Carries the concept encoder's queries and evidence into the stores, which keep evidence as 0 to 1 above a floor."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from albumen.core.arrays import Floats, Ints
from albumen.library.understand import WordEvidence
from albumen.models.card import Card
from albumen.stores.fusion import Question
from albumen.vision.embed import scoring
from albumen.vision.embed.encoder import Seen
from albumen.vision.embed.evidence import Evidence

RANGE = 12.0
"""Nats between a word's floor and the most that is kept."""


UNKNOWN, SURELY = 0.15, 0.49
"""Between these lie the probabilities of an encoder that is not calibrated: maybe, never sure."""


class Concepts(Protocol):
    """The part of an encoder that understands words as well as pixels."""

    dim: int
    constants: scoring.Constants

    def images(self, seen: Sequence[Seen]) -> Floats:
        """Return one unit vector a picture."""
        ...

    def evidence(self, seen: Sequence[Seen]) -> list[Evidence]:
        """Return the words each picture gives evidence for, in nats."""
        ...

    def text(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a sentence."""
        ...

    def query(self, text: str) -> scoring.Query:
        """Return what a sentence asks for."""
        ...

    def floor(self, numbers: Ints) -> Floats:
        """Return the evidence of words that a picture keeps none for."""
        ...

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        """Return how likely pictures with these scores are what was asked for."""
        ...


class Towers(Protocol):
    """An encoder that knows nothing but pixels and sentences."""

    card: Card
    dim: int

    def images(self, seen: Sequence[Seen]) -> Floats:
        """Return one unit vector a picture."""
        ...

    def text(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a sentence."""
        ...


class TowerScorer:
    """Asks the stores by vector alone.

    A calibrated card says what a cosine is worth, as a logistic of `slope` and `bias`. Of others nobody knows until a
    library is known (see `Attuned`): their results are ranked, all of them may be what was asked for, and none is sure.
    """

    pixels_only = True

    def __init__(self, encoder: Towers) -> None:
        self._encoder = encoder
        self.dim = encoder.dim
        self._calibration = encoder.card.calibration
        self.calibrated = "slope" in self._calibration

    def query(self, text: str) -> scoring.Query:
        """Return what a sentence asks for."""
        return scoring.Query(self._encoder.text([text])[0], {}, 1.0, {}, len(text.split()))

    def meanings(self, texts: Sequence[str]) -> Floats:
        """Return only the vectors of sentences, (m, d)."""
        return self._encoder.text(texts)

    def question(self, asked: scoring.Query) -> Question:
        """Return what to ask the stores."""
        return Question(asked.vector, np.empty(0, np.int64), np.empty(0, np.float32))

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        """Return how likely pictures with these cosines are what was asked for."""
        if not self.calibrated:
            return np.asarray(UNKNOWN + (SURELY - UNKNOWN) * np.clip(scores, 0, 1), np.float32)
        z = self._calibration["bias"] + self._calibration["slope"] * scores
        return np.asarray(1 / (1 + np.exp(-z)), np.float32)

    def images(self, seen: Sequence[Seen]) -> Floats:
        """Return one unit vector a picture, (n, d)."""
        return self._encoder.images(seen)

    def words(self, seen: Sequence[Seen]) -> list[WordEvidence]:
        """Return no evidence: such an encoder knows no words."""
        return [WordEvidence(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in seen]


class ConceptScorer:
    """Asks the stores in the encoder's terms and reads their answers."""

    calibrated = True
    pixels_only = False

    def __init__(self, encoder: Concepts) -> None:
        self._encoder = encoder
        self.dim = encoder.dim

    def query(self, text: str) -> scoring.Query:
        """Return what a sentence asks for."""
        return self._encoder.query(text)

    def meanings(self, texts: Sequence[str]) -> Floats:
        """Return only the vectors of sentences, (m, d)."""
        return self._encoder.text(texts)

    def question(self, asked: scoring.Query) -> Question:
        """Return what to ask the stores."""
        constants = self._encoder.constants
        share = constants.weight / constants.word
        weights = {word: w * share for word, w in asked.weights.items()}
        weights |= {word: weights.get(word, 0.0) + w for word, w in asked.rules.items()}
        words = np.array(list(weights), np.int64)
        return Question(asked.vector, words, RANGE * np.array(list(weights.values()), np.float32), 1 / constants.dense)

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        """Return how likely pictures with these fused scores are what was asked for."""
        return self._encoder.probability(query, scores + self.floor(query))

    def floor(self, query: scoring.Query) -> np.float32:
        """Return the score of a picture that shows nothing of what is asked for, which the stores leave out."""
        constants = self._encoder.constants
        absent = sum(w * query.absent[word] for word, w in query.weights.items())
        return np.float32(absent * constants.weight / constants.word)

    def images(self, seen: Sequence[Seen]) -> Floats:
        """Return one unit vector a picture, (n, d)."""
        return self._encoder.images(seen)

    def words(self, seen: Sequence[Seen]) -> list[WordEvidence]:
        """Return each picture's evidence as the stores keep it."""
        return [self._kept(found) for found in self._encoder.evidence(seen)]

    def _kept(self, evidence: Evidence) -> WordEvidence:
        words = evidence.words.astype(np.int64)
        above = (evidence.values - self._encoder.floor(words)) / RANGE
        return WordEvidence(words, np.clip(above, 0, 1).astype(np.float32))

"""How well a sentence fits a picture: cosine and word evidence joined, and what a score is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from albumen.core.arrays import Floats

SMOOTH = 0.05
EPSILON = 0.002
LONG = 5
"""Telling words from which on a query counts as a sentence."""


@dataclass(frozen=True)
class Query:
    """A sentence as the concept encoder understands it."""

    vector: Floats  # (D,) unit length
    words: Mapping[int, float]
    """Weights of words; their evidence is divided by `scale`."""
    scale: float
    absent: Mapping[int, float]
    length: int
    """How many telling words it has."""
    rules: Mapping[int, float] = field(default_factory=dict[int, float])
    """Weights of colours and counts of things, `red bus`; added as they are."""

    @property
    def weights(self) -> dict[int, float]:
        """Return what to ask the words' store for, rules in units of the fused score."""
        return {w: v / self.scale for w, v in self.words.items()}


class Constants(NamedTuple):
    """What joins the two channels and turns their sum into a probability; measured on photos with captions."""

    dense: float  # mean deviation of a query's cosines
    word: float  # mean deviation of a query's word scores
    weight: float  # of the word channel
    short_bias: float  # of queries of a word or two
    short_slope: float
    long_bias: float  # of sentences
    long_slope: float


def likelier(probability: Floats, rate: Floats) -> Floats:
    """Return how much likelier words are than in captions at large, in nats, with both smoothed."""
    return np.log((probability + SMOOTH * rate + EPSILON) / (rate * (1 + SMOOTH) + EPSILON)).astype(np.float32)


def probability(scores: Floats, length: int, constants: Constants) -> Floats:
    """Return how likely pictures with these scores show what a query of `length` telling words asks for."""
    share = float(np.clip((length - 2) / (LONG - 2), 0, 1))
    bias = (1 - share) * constants.short_bias + share * constants.long_bias
    slope = (1 - share) * constants.short_slope + share * constants.long_slope
    z = bias + slope * scores
    return (1 / (1 + np.exp(-z))).astype(np.float32)

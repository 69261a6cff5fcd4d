"""What a cosine between two faces is worth: a similarity of 0 to 100 as people set thresholds on, and a probability."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from albumen.core.arrays import Floats
from albumen.models.card import Card

ACCEPTED = 80.0
"""The similarity at which two faces are usually taken for one person."""


@dataclass(frozen=True)
class Likeness:
    """A logistic curve over cosines: at `accept` one person is as likely as two, when both are equally common."""

    accept: float
    slope: float

    @classmethod
    def of(cls, card: Card) -> Self:
        """Read the curve that was fitted for a card's vectors."""
        return cls(accept=card.calibration["accept"], slope=card.calibration["slope"])

    def probability(self, cosines: Floats) -> Floats:
        """Return how likely each cosine is to be of one person, before anything is known of how common that is."""
        return _logistic(self.slope * (cosines - self.accept))

    def chance(self, cosine: float) -> float:
        """Return the probability for a single cosine."""
        return float(self.probability(np.array([cosine], np.float32))[0])

    def percent(self, cosines: Floats) -> Floats:
        """Return similarities of 0 to 100, which are 80 at the point of acceptance and rise with the cosine."""
        return 100 * _logistic(self.slope * (cosines - self.accept) + np.float32(_odds(ACCEPTED)))

    def cosine(self, percent: float) -> float:
        """Return the cosine that a similarity of more than 0 and less than 100 stands for."""
        if not 0 < percent < 100:
            raise ValueError(f"a similarity must lie between 0 and 100 to have a cosine, not {percent}")
        return self.accept + (_odds(percent) - _odds(ACCEPTED)) / self.slope


def _logistic(values: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(values, -80, 80)))).astype(np.float32)


def _odds(percent: float) -> float:
    return float(np.log(percent / (100 - percent)))

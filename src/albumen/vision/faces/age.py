"""Estimates an age band from a straightened face and, only where asked, which of two genders it looks like."""

from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.vision.faces.align import ARCFACE, chip

AGE_SIDE = 64
GENDER_SIDE = 32
EYES: Floats = np.array([[0.2273, 0.2214], [0.7528, 0.2212]], np.float32)
"""Centres of the eyes in dlib's mean face, image left first, on its unit square without the margin."""
MARGIN = 0.2
BAND = (0.1, 0.9)
"""The band holds the ages between these shares of the probability."""
LEAST_ERROR = (2.0, 0.12)
"""To either side a band reaches at least so many years, and so many a year of age: the network is surer than right."""


@dataclass(frozen=True)
class Ages:
    """Ages of N faces in years: the mean, and a band around it."""

    mean: Floats  # (N,)
    low: Floats  # (N,)
    high: Floats  # (N,)


class Age:
    """Estimate ages (and looks of gender) with dlib's predictors."""

    def __init__(self, card: Card, pool: Pool) -> None:
        self.card = card
        self._pool = pool

    def estimate(self, image: Image, faces: Faces) -> Ages:
        """Return the ages of a picture's faces."""
        return bands(self._run(image, faces, "age.onnx", AGE_SIDE, classes=81))

    def gender(self, image: Image, faces: Faces) -> Floats:
        """Return how surely each face looks male rather than female, (N,); how people see themselves it cannot know."""
        return self._run(image, faces, "gender.onnx", GENDER_SIDE, classes=2)[:, 1]

    def _run(self, image: Image, faces: Faces, file: str, side: int, *, classes: int) -> Floats:
        if not len(faces):
            return np.zeros((0, classes), np.float32)
        chips = np.stack([chip(image, points, template(side), side) for points in faces.landmarks])
        out = self._pool.session(self.card, file).run({"": tensor(chips, self.card)})
        return np.asarray(out["probabilities"], np.float32)


def template(side: int) -> Floats:
    """Return where the five landmarks lie in a dlib face chip of that many pixels, (5, 2), scaled by the eyes."""
    eyes = (MARGIN + EYES) / (2 * MARGIN + 1) * side
    scale = (eyes[1, 0] - eyes[0, 0]) / (ARCFACE[1, 0] - ARCFACE[0, 0])
    return ((ARCFACE - ARCFACE[:2].mean(0)) * scale + eyes.mean(0)).astype(np.float32)


def tensor(chips: Image, card: Card) -> Floats:
    """Return face chips (N, h, w, 3) as the networks' input: (N, 3, h, w), RGB, centred."""
    if card.input is None:
        raise ValueError(f"card {card.name} has no [input] table, which says how pixels are centred; add it")
    mean, std = np.array(card.input.mean, np.float32), np.array(card.input.std, np.float32)
    return np.ascontiguousarray(((chips.astype(np.float32) - mean) / std).transpose(0, 3, 1, 2))


def bands(probabilities: Floats) -> Ages:
    """Turn probabilities of the ages 0 to 80, (N, 81), into means and bands."""
    years = np.arange(probabilities.shape[1], dtype=np.float32)
    total = np.cumsum(probabilities, axis=1)
    low, high = ((total < share).sum(1).astype(np.float32) for share in BAND)
    mean = (probabilities @ years).astype(np.float32)
    error = LEAST_ERROR[0] + LEAST_ERROR[1] * mean
    return Ages(mean, np.maximum(np.minimum(low, mean - error), 0), np.maximum(high, mean + error))

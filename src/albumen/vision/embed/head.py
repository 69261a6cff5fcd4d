"""A head fitted in closed form to a user's own captions and tags: it moves picture vectors to what the user would say.

Kernel ridge regression from picture features to what captions say beyond the picture's own vector. How strongly it is
trusted is decided by predicting each caption from all the others, so that with too few or too mixed pairs it stays out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats, check_shape

STRENGTHS = (3.0, 10.0, 30.0)
WEIGHTS = (0.0, 0.25, 0.5, 1.0)
SHARP = 10.0
"""Cosines are multiplied by this before they compete."""
LEAST = 0.01
"""Gain in nats a caption below which the head stays out."""


@dataclass(frozen=True)
class Head:
    """Moves picture vectors by what was learnt from N pairs with F features, in a space of D."""

    mean: Floats  # (F,)
    deviation: Floats  # (F,)
    known: Floats  # (N, F) the pictures it was fitted to, standardised
    weights: Floats  # (N, D)
    trust: float
    """How far vectors are moved; 0 leaves them as they are."""

    def __post_init__(self) -> None:
        check_shape("Head.known", self.known, (None, len(self.mean)))
        check_shape("Head.weights", self.weights, (len(self.known), None))

    def improve(self, vectors: Floats, features: Floats) -> Floats:
        """Return picture vectors (n, D), given features (n, F), moved towards the user's words, of length one."""
        moved = _standard(features, self.mean, self.deviation) @ self.known.T @ self.weights
        return _unit(vectors + self.trust * moved)


def fit(features: Floats, captions: Floats, vectors: Floats) -> Head:
    """Return the head for N pictures with features (N, F), caption vectors (N, D) and picture vectors (N, D)."""
    check_shape("captions", captions, (len(features), None))
    check_shape("vectors", vectors, captions.shape)
    mean, spread = features.mean(0), features.std(0)
    # a feature that hardly varied here may vary a lot elsewhere, so none is stretched beyond the usual
    deviation = np.maximum(spread, spread.mean()) + np.float32(1e-6)
    known: Floats = _standard(features, mean, deviation)
    residual = captions - vectors
    least, trusted = loss(vectors, captions) - LEAST, 0.0
    kept: Floats = np.zeros_like(residual)
    for strength in STRENGTHS:
        kernel = np.asarray(known @ known.T + strength * np.eye(len(known)), np.float32)
        inverse = np.asarray(np.linalg.inv(kernel), np.float32)
        weights = np.asarray(inverse @ residual, np.float32)
        # what each pair would be predicted to be by all the others
        unseen = residual - weights / np.diag(inverse)[:, None]
        for trust in WEIGHTS[1:]:
            if (found := loss(_unit(vectors + trust * unseen), captions)) < least:
                least, trusted, kept = found, trust, weights
    return Head(mean, deviation, known, kept.astype(np.float32), trusted)


def loss(vectors: Floats, captions: Floats) -> float:
    """Return how surprising it is, in nats, that a caption's own picture is the one that fits it."""
    fits: Floats = np.asarray(SHARP * captions @ vectors.T, np.float32)
    fits -= fits.max(axis=1)[:, None]
    total: Floats = np.log(np.exp(fits).sum(axis=1))
    own: Floats = fits.diagonal()
    return float((total - own).mean())


def _standard(features: Floats, mean: Floats, deviation: Floats) -> Floats:
    # one over the root of F gives all features together a variance of one
    return ((features - mean) / deviation / np.sqrt(features.shape[1])).astype(np.float32)


def _unit(rows: NDArray[np.float32] | NDArray[np.float64]) -> Floats:
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)

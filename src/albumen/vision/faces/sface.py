"""SFace: turns a straightened face into 128 numbers whose cosine tells whether two faces are one person."""

from collections.abc import Sequence

import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.vision.faces.align import ARCFACE, chip

SIDE = 112
DIM = 128
BATCH = 8
"""Faces at a time: more do not run faster on a CPU."""


class SFace:
    """Embed faces with SFace."""

    dim = DIM

    def __init__(self, card: Card, pool: Pool) -> None:
        self._session = pool.session(card, "model.onnx")
        self.card = card

    def embed(self, image: Image, faces: Faces) -> Floats:
        """Return a vector of unit length a face, (N, 128)."""
        return self.vectors([chip(image, points, ARCFACE, SIDE) for points in faces.landmarks])

    def vectors(self, chips: Sequence[Image]) -> Floats:
        """Return a vector of unit length a straightened face of 112 x 112 pixels, (N, 128)."""
        if not chips:
            return np.zeros((0, DIM), np.float32)
        parts = [self._run(chips[i : i + BATCH]) for i in range(0, len(chips), BATCH)]
        return unit(np.concatenate(parts))

    def _run(self, chips: Sequence[Image]) -> Floats:
        return np.asarray(self._session.run({"": tensor(chips)})["fc1"], np.float32)


def tensor(chips: Sequence[Image]) -> Floats:
    """Return straightened faces as the network's input: (N, 3, 112, 112), RGB, 0 to 255."""
    return np.ascontiguousarray(np.stack(chips).transpose(0, 3, 1, 2), np.float32)


def unit(vectors: Floats) -> Floats:
    """Scale each row to length one; a row of zeros stays."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)

"""All that is read from a picture's faces in one go; the parts come from outside, and those left out stay unread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from albumen.core.arrays import Floats, Image, check_shape
from albumen.core.findings import Faces
from albumen.vision.faces.age import Ages
from albumen.vision.faces.align import ARCFACE, chip
from albumen.vision.faces.mesh import Meshes
from albumen.vision.faces.pose import Pose, from_landmarks
from albumen.vision.faces.quality import FaceQuality, assess

CHIP = 112


class Detector(Protocol):
    """Finds faces."""

    def detect(self, images: Sequence[Image]) -> list[Faces]:
        """Return each picture's faces."""
        ...


class Embedder(Protocol):
    """Turns straightened faces into vectors."""

    @property
    def dim(self) -> int:
        """Return the length of a vector."""
        ...

    def vectors(self, chips: Sequence[Image]) -> Floats:
        """Return a vector of unit length a straightened face of 112 x 112 pixels."""
        ...


class AgeEstimator(Protocol):
    """Estimates ages."""

    def estimate(self, image: Image, faces: Faces) -> Ages:
        """Return the ages of a picture's faces."""
        ...


class Mesher(Protocol):
    """Places meshes on faces."""

    def fit(self, image: Image, faces: Faces) -> Meshes:
        """Return the meshes of a picture's faces."""
        ...


@dataclass(frozen=True)
class FaceFacts:
    """All that was read from one picture's N faces; None where the part was left out."""

    faces: Faces
    vectors: Floats  # (N, dim) unit length
    quality: FaceQuality
    poses: tuple[Pose, ...]
    ages: Ages | None = None
    meshes: Meshes | None = None

    def __post_init__(self) -> None:
        check_shape("FaceFacts.vectors", self.vectors, (len(self.faces), None))


class Analyser:
    """Read faces: detector and embedder always, ages and meshes where given."""

    def __init__(
        self, detector: Detector, embedder: Embedder, *, age: AgeEstimator | None = None, mesh: Mesher | None = None
    ) -> None:
        self._detector = detector
        self._embedder = embedder
        self._age = age
        self._mesh = mesh

    def look(self, images: Sequence[Image]) -> list[FaceFacts]:
        """Return the facts of each picture; faces are embedded in batches across pictures."""
        found = self._detector.detect(images)
        chips = [chip(i, p, ARCFACE, CHIP) for i, f in zip(images, found, strict=True) for p in f.landmarks]
        vectors = self._embedder.vectors(chips) if chips else np.zeros((0, self._embedder.dim), np.float32)
        parts = np.split(vectors, np.cumsum([len(f) for f in found])[:-1]) if found else []
        return [self._facts(i, f, v) for i, f, v in zip(images, found, parts, strict=True)]

    def _facts(self, image: Image, faces: Faces, vectors: Floats) -> FaceFacts:
        meshes = self._mesh.fit(image, faces) if self._mesh else None
        ages = self._age.estimate(image, faces) if self._age else None
        return FaceFacts(faces, vectors, assess(image, faces), _poses(image, faces, meshes), ages, meshes)


def _poses(image: Image, faces: Faces, meshes: Meshes | None) -> tuple[Pose, ...]:
    if meshes is None:
        return tuple(from_landmarks(image, points) for points in faces.landmarks)
    return tuple(meshes.pose(i) for i in range(len(faces)))

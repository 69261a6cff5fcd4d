"""The models that look at every picture of an import, in the order in which one needs what another found."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces, Labels, Objects, Words
from albumen.library.understand import Findings, Saying, SeenFaces, Stopwatch, WordEvidence, rounded
from albumen.models.card import Card
from albumen.vision.colours import shares as colours
from albumen.vision.embed.encoder import Seen
from albumen.vision.faces.age import Ages
from albumen.vision.objects.efficientdet import likely
from albumen.vision.quality import measure as quality

LANES = 2
"""Models that run side by side, each with its share of the threads."""
SURE_FACE = 0.6
SURE_LABEL = 0.1
SURE_OBJECT = 0.2


class Labeller(Protocol):
    """Says how likely each of ImageNet's classes is."""

    card: Card

    def probabilities(self, images: Sequence[Image]) -> Floats:
        """Return (n, 1000)."""
        ...


class Detector(Protocol):
    """Finds things at places."""

    card: Card

    def detect(self, images: Sequence[Image]) -> list[Objects]:
        """Return objects, one struct a picture."""
        ...


class FaceFinder(Protocol):
    """Finds faces."""

    def detect(self, images: Sequence[Image]) -> list[Faces]:
        """Return faces, one struct a picture."""
        ...


class FaceEmbedder(Protocol):
    """Tells faces apart."""

    card: Card

    def embed(self, image: Image, faces: Faces) -> Floats:
        """Return one unit vector a face, (n, d)."""
        ...


class AgeEstimator(Protocol):
    """Estimates ages."""

    card: Card

    def estimate(self, image: Image, faces: Faces) -> Ages:
        """Return years and a band around them, a face each."""
        ...


class Reader(Protocol):
    """Reads written words."""

    card: Card

    def read(self, images: Sequence[Image]) -> list[Words]:
        """Return words, one struct a picture."""
        ...


class Embedder(Protocol):
    """Puts pictures where sentences can find them."""

    @property
    def pixels_only(self) -> bool:
        """Return whether it asks nothing of a picture but its pixels."""
        ...

    def images(self, seen: Sequence[Seen]) -> Floats:
        """Return one unit vector a picture, (n, d)."""
        ...

    def words(self, seen: Sequence[Seen]) -> list[WordEvidence]:
        """Return the words that each picture gives evidence for."""
        ...


class Heads:
    """Every model of an import behind one call."""

    def __init__(
        self,
        *,
        labeller: Labeller,
        names: Callable[[Floats], Labels],
        detector: Detector,
        face_finder: FaceFinder,
        face_embedder: FaceEmbedder,
        ages: AgeEstimator | None,
        reader: Reader,
        embedder: Embedder,
    ) -> None:
        self._labeller = labeller
        self._names = names
        self._detector = detector
        self._face_finder = face_finder
        self._face_embedder = face_embedder
        self._ages = ages
        self._reader = reader
        self._embedder = embedder
        self.watch = Stopwatch()

    def __call__(self, images: Sequence[Image]) -> list[Findings]:
        """Return findings, one a picture."""
        objects, words, probabilities, faces, measured, sharp = self._side_by_side(
            objects=lambda: self._detector.detect(images),
            text=lambda: self._reader.read(images),
            labels=lambda: self._labeller.probabilities(images),
            faces=lambda: self._faces(images),
            colours=lambda: [colours.measure(image) for image in images],
            quality=lambda: [quality.measure(image) for image in images],
        )
        seen = [
            Seen(image, p, o, c, f.faces, f.ages)
            for image, p, o, c, f in zip(images, probabilities, objects, measured, faces, strict=True)
        ]
        return [
            replace(
                found,
                sayings=self._sayings(probabilities[i], objects[i], words[i], measured[i], sharp[i]),
                faces=faces[i],
                words=words[i] if len(words[i]) else None,
            )
            for i, found in enumerate(self.watch.time("embedding", lambda: self._embedded(seen)))
        ]

    def embed(self, images: Sequence[Image]) -> list[Findings]:
        """Return only vectors and word evidence, one a picture, running no model that the encoder does not ask."""
        if self._embedder.pixels_only:
            return self._embedded([Seen.alone(image) for image in images])
        objects, probabilities, faces = self._side_by_side(
            objects=lambda: self._detector.detect(images),
            labels=lambda: self._labeller.probabilities(images),
            faces=lambda: [sure(found) for found in self._face_finder.detect(images)],
        )
        return self._embedded(
            [
                Seen(image, p, o, colours.measure(image), f, self._years(image, f)[0])
                for image, p, o, f in zip(images, probabilities, objects, faces, strict=True)
            ]
        )

    def _side_by_side(self, **works: Callable[[], Any]) -> list[Any]:
        """Do what does not need each other, the longest first, and return what came of it in the same order."""
        with ThreadPoolExecutor(LANES, "models") as lanes:
            return list(lanes.map(self.watch.time, works.keys(), works.values()))

    def _embedded(self, seen: Sequence[Seen]) -> list[Findings]:
        vectors, evidence = self._embedder.images(seen), self._embedder.words(seen)
        return [Findings((), None, None, v, e) for v, e in zip(vectors, evidence, strict=True)]

    def _faces(self, images: Sequence[Image]) -> list[SeenFaces]:
        found = [sure(faces) for faces in self._face_finder.detect(images)]
        card = self._face_embedder.card.name
        return [
            SeenFaces(card, faces, self._face_embedder.embed(image, faces), *self._years(image, faces))
            for image, faces in zip(images, found, strict=True)
        ]

    def _years(self, image: Image, faces: Faces) -> tuple[Floats, Saying | None]:
        """Return the years of faces, and what is said of them: mean, low and high, the surest face first."""
        if self._ages is None or not len(faces):
            return np.full(len(faces), np.nan, np.float32), None
        found = self._ages.estimate(image, faces)
        order = np.argsort(-faces.scores, kind="stable")
        bands = np.stack([found.mean, found.low, found.high], 1)[order]
        return found.mean, Saying("ages", self._ages.card.name, rounded(bands, 1))

    def _sayings(
        self, probabilities: Floats, objects: Objects, words: Words, shares: colours.Colours, sharp: quality.Quality
    ) -> tuple[Saying, ...]:
        sayings = [
            Saying("labels", self._labeller.card.name, ranked(self._names(probabilities))),
            Saying("objects", self._detector.card.name, placed(objects, self._detector.card.calibration)),
            Saying("colours", "colours", dict(zip(colours.NAMES, rounded(shares.shares, 3), strict=True))),
            Saying("quality", "quality", {k: round(float(v), 1) for k, v in vars(sharp).items()}),
        ]
        if len(words):
            sayings.append(Saying("text", self._reader.card.name, written(words)))
        return tuple(sayings)


def sure(faces: Faces) -> Faces:
    """Return the faces that are likely enough to be faces."""
    keep = faces.scores >= SURE_FACE
    return Faces(faces.scores[keep], faces.boxes[keep], faces.landmarks[keep])


def ranked(labels: Labels) -> list[Any]:
    """Return labels as [name, confidence]."""
    return [
        [name, round(float(score), 3)]
        for name, score in zip(labels.names, labels.scores, strict=True)
        if score >= SURE_LABEL
    ]


def placed(objects: Objects, calibration: Mapping[str, float]) -> list[Any]:
    """Return objects as [name, confidence, [left, top, right, bottom]]."""
    confidence = likely(objects.scores, calibration)
    return [
        [name, round(float(score), 3), rounded(box)]
        for name, score, box in zip(objects.names, confidence, objects.boxes, strict=True)
        if score >= SURE_OBJECT
    ]


def written(words: Words) -> list[Any]:
    """Return words as [text, confidence, corners, line]."""
    return [
        [text, round(float(score), 3), rounded(corners), line]
        for text, score, corners, line in zip(words.texts, words.scores, words.polygons, words.lines, strict=True)
    ]

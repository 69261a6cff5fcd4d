"""Which models look at a picture, and what becomes of what they say."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from albumen.core.arrays import Floats, Image
from albumen.core.errors import ModelError
from albumen.core.findings import Faces, Labels, Objects, Words
from albumen.library.heads import Heads
from albumen.library.understand import WordEvidence
from albumen.models.card import Card
from albumen.models.cards import Cards
from albumen.vision.embed.encoder import Seen
from albumen.vision.faces.age import Ages

RED = np.full((48, 64, 3), (200, 20, 20), np.uint8)
BOX = np.array([[0.1, 0.1, 0.6, 0.6]], np.float32)
CARDS = Cards.load()


class Recorder:
    """Every model at once; says one thing of each picture and notes who was asked."""

    def __init__(self, task: str, asked: list[str]) -> None:
        self.card: Card = CARDS.of_task(task)[0]
        self._task = task
        self._asked = asked

    def _note(self) -> None:
        self._asked.append(self._task)

    def probabilities(self, images: Sequence[Image]) -> Floats:
        self._note()
        return np.full((len(images), 1000), 0.001, np.float32)

    def detect(self, images: Sequence[Image]) -> list[Any]:
        self._note()
        score = np.array([0.9], np.float32)
        if self._task == "objects":
            return [Objects(("cup",), score, BOX) for _ in images]
        return [Faces(score, BOX, np.full((1, 5, 2), 0.3, np.float32)) for _ in images]

    def embed(self, image: Image, faces: Faces) -> Floats:
        self._note()
        return np.ones((len(faces), 4), np.float32) / 2

    def estimate(self, image: Image, faces: Faces) -> Ages:
        self._note()
        years = np.full(len(faces), 30.0, np.float32)
        return Ages(years, years - 5, years + 5)

    def read(self, images: Sequence[Image]) -> list[Words]:
        self._note()
        corners = np.array([[[0, 0], [1, 0], [1, 1], [0, 1]]], np.float32)
        return [Words(("STOP",), np.array([0.9], np.float32), corners, np.array([0])) for _ in images]


class Meeting:
    """A model that waits until another one runs too, and then does as it is told."""

    def __init__(self, task: str, meet: Callable[[], object]) -> None:
        self.card: Card = CARDS.of_task(task)[0]
        self._model = Recorder(task, [])
        self._meet = meet

    def detect(self, images: Sequence[Image]) -> list[Any]:
        self._meet()
        return self._model.detect(images)

    def read(self, images: Sequence[Image]) -> list[Words]:
        self._meet()
        return self._model.read(images)


class Encoder:
    def __init__(self, *, pixels_only: bool) -> None:
        self.pixels_only = pixels_only
        self.seen: list[Seen] = []

    def images(self, seen: Sequence[Seen]) -> Floats:
        self.seen = list(seen)
        return np.array([[s.image[:, :, 0].mean() / 255, len(s.objects), s.labels.sum()] for s in seen], np.float32)

    def words(self, seen: Sequence[Seen]) -> list[WordEvidence]:
        return [WordEvidence(np.array([7]), np.array([0.5], np.float32)) for _ in seen]


def heads(asked: list[str], encoder: Encoder, **others: Any) -> Heads:
    return Heads(**models(asked, encoder) | others)


def models(asked: list[str], encoder: Encoder) -> dict[str, Any]:
    return dict(
        labeller=Recorder("labels", asked),
        names=lambda row: Labels(("cup",), np.array([0.8], np.float32)),
        detector=Recorder("objects", asked),
        face_finder=Recorder("faces", asked),
        face_embedder=Recorder("face-vectors", asked),
        ages=Recorder("face-age", asked),
        reader=Recorder("text", asked),
        embedder=encoder,
    )


def test_an_import_asks_every_model_and_keeps_who_said_what() -> None:
    asked: list[str] = []
    (found,) = heads(asked, Encoder(pixels_only=False))([RED])
    assert set(asked) == {"labels", "objects", "faces", "face-vectors", "face-age", "text"}
    assert [saying.task for saying in found.sayings] == ["labels", "objects", "colours", "quality", "text"]
    assert found.sayings[0].card == CARDS.of_task("labels")[0].name
    assert found.faces is not None and found.faces.ages.tolist() == [30.0]
    assert found.words is not None and found.words.texts == ("STOP",)
    assert found.vector is not None and found.evidence is not None


@pytest.mark.parametrize(
    ("pixels_only", "needed"), [(True, set[str]()), (False, {"labels", "objects", "faces", "face-age"})]
)
def test_embedding_again_asks_only_what_the_encoder_asks(pixels_only: bool, needed: set[str]) -> None:
    asked: list[str] = []
    encoder = Encoder(pixels_only=pixels_only)
    (found,) = heads(asked, encoder).embed([RED])
    assert set(asked) == needed
    assert (found.sayings, found.faces, found.words) == ((), None, None)
    assert found.evidence is not None and found.evidence.words.tolist() == [7]
    assert np.array_equal(encoder.seen[0].image, RED)


def test_an_encoder_sees_the_same_at_an_import_and_later() -> None:
    first, again = Encoder(pixels_only=False), Encoder(pixels_only=False)
    (imported,) = heads([], first)([RED])
    (embedded,) = heads([], again).embed([RED])
    assert imported.vector is not None and embedded.vector is not None
    assert np.array_equal(imported.vector, embedded.vector)
    one, other = first.seen[0], again.seen[0]
    assert np.array_equal(one.ages, other.ages)
    assert np.array_equal(one.colours.shares, other.colours.shares) and one.objects.names == other.objects.names


def test_two_models_look_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=10)
    met = heads(
        [], Encoder(pixels_only=True), detector=Meeting("objects", both.wait), reader=Meeting("text", both.wait)
    )
    assert met([RED])[0].words is not None


def test_a_model_that_fails_ends_the_batch_with_its_own_error() -> None:
    def fail() -> None:
        raise ModelError("the detector is broken")

    broken = heads([], Encoder(pixels_only=True), detector=Meeting("objects", fail))
    with pytest.raises(ModelError, match="the detector is broken"):
        broken([RED])

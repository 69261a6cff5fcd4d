from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.vision.faces.age import Age
from albumen.vision.faces.analyse import Analyser
from albumen.vision.faces.mesh import FaceMesh
from albumen.vision.faces.sface import SFace
from albumen.vision.faces.yunet import YuNet

POINTS = [[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]


class Finds:
    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = counts

    def detect(self, images: Sequence[Image]) -> list[Faces]:
        return [
            Faces(np.full(n, 0.9, np.float32), np.tile([0.1, 0.1, 0.9, 0.9], (n, 1)), np.tile(POINTS, (n, 1, 1)))
            for n in self.counts
        ]


class Counts:
    dim = 4

    def __init__(self) -> None:
        self.calls: list[int] = []

    def vectors(self, chips: Sequence[Image]) -> Floats:
        self.calls.append(len(chips))
        return np.arange(len(chips), dtype=np.float32)[:, None].repeat(4, axis=1)


def test_faces_of_all_pictures_are_embedded_at_once_and_given_back_to_their_own() -> None:
    embedder = Counts()
    facts = Analyser(Finds([2, 0, 1]), embedder).look([np.zeros((60, 60, 3), np.uint8)] * 3)
    assert embedder.calls == [3]
    assert [f.vectors[:, 0].tolist() for f in facts] == [[0, 1], [], [2]]
    assert all(f.ages is None and f.meshes is None for f in facts)


def test_no_pictures_have_no_facts() -> None:
    assert Analyser(Finds([]), Counts()).look([]) == []


@pytest.fixture(scope="session")
def pool(models_folder: Path) -> Pool:
    return Pool(ModelStore(models_folder))


@pytest.mark.weights
@pytest.mark.data
def test_two_photos_of_one_person_are_alike_and_two_people_are_not(data: Path, pool: Pool) -> None:
    cards = Cards.load()
    detector, embedder = YuNet(cards["yunet-2023mar.fp32"], pool), SFace(cards["sface-2021dec.fp32"], pool)
    analyser = Analyser(
        detector, embedder, age=Age(cards["age-dlib.v1"], pool), mesh=FaceMesh(cards["face-mesh.v1"], pool)
    )
    names = ("img1.jpg", "img11.jpg", "img13.jpg", "couple.jpg")
    pictures = [cv2.imread(str(data / "faces" / "images" / n), cv2.IMREAD_COLOR)[:, :, ::-1] for n in names]
    one, again, other, couple = analyser.look([np.ascontiguousarray(p) for p in pictures])
    accept = cards["sface-2021dec.fp32"].calibration["accept"]
    assert len(couple.faces) == 2
    assert one.vectors[0] @ again.vectors[0] > accept
    assert one.vectors[0] @ other.vectors[0] < accept
    assert one.ages is not None
    assert 18 < one.ages.mean[0] < 55
    assert one.meshes is not None
    assert one.meshes.scores[0] > 0.5
    assert one.meshes.points[0, 4, :2] == pytest.approx(one.faces.landmarks[0, 2], abs=0.06)

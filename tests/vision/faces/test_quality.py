import numpy as np
import pytest

from albumen.core.findings import Faces
from albumen.vision.faces.quality import assess, turn

FRONTAL = [[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]


def one(box: list[float], score: float = 0.9) -> Faces:
    return Faces(np.array([score], np.float32), np.array([box], np.float32), np.array([FRONTAL], np.float32))


def texture(side: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (side, side, 3)).astype(np.uint8)


def test_a_large_sharp_frontal_face_is_worth_most() -> None:
    assert assess(texture(200), one([0.2, 0.2, 0.8, 0.8])).worth[0] == 1


def test_a_tiny_an_unsure_and_a_smooth_face_are_worth_little() -> None:
    assert assess(texture(200), one([0.2, 0.2, 0.27, 0.27])).worth[0] < 0.5
    assert assess(texture(200), one([0.2, 0.2, 0.8, 0.8], score=0.6)).worth[0] < 0.5
    assert assess(np.full((200, 200, 3), 90, np.uint8), one([0.2, 0.2, 0.8, 0.8])).worth[0] == 0


def test_a_nose_beside_the_eyes_is_a_turned_head_however_it_is_tilted() -> None:
    points = np.array([FRONTAL], np.float32)
    assert turn(points) == pytest.approx([0], abs=1e-6)
    points[0, 2, 0] = 0.7
    tilt = np.array([[0.8, 0.6], [-0.6, 0.8]], np.float32)
    assert turn(points) == pytest.approx([0.5], abs=1e-6)
    assert turn(points @ tilt) == pytest.approx([0.5], abs=1e-6)

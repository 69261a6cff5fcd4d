import numpy as np
import pytest

from albumen.vision.faces.sface import tensor, unit


def test_the_network_sees_red_first_and_whole_numbers() -> None:
    face = np.zeros((112, 112, 3), np.uint8)
    face[:, :, 0] = 200
    seen = tensor([face, face])
    assert seen.shape == (2, 3, 112, 112)
    assert seen[0, 0].min() == 200
    assert seen[0, 1:].max() == 0


def test_vectors_get_length_one_and_a_zero_stays_zero() -> None:
    rows = unit(np.array([[3, 4], [0, 0]], np.float32))
    assert rows == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))

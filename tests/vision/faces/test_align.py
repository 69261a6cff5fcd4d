import numpy as np
import pytest

from albumen.vision.faces.align import ARCFACE, chip, similarity


def test_finds_the_turn_scale_and_shift_between_point_sets() -> None:
    turn = np.array([[0.6, -0.8], [0.8, 0.6]]) * 2.5
    moved = ARCFACE @ turn.T + [12, -7]
    assert similarity(ARCFACE, moved.astype(np.float32)) == pytest.approx(np.c_[turn, [12, -7]], abs=1e-3)


def test_never_mirrors_a_face() -> None:
    mirrored = ARCFACE * [-1, 1]
    move = similarity(ARCFACE, mirrored.astype(np.float32))
    assert np.linalg.det(move[:, :2]) > 0


@pytest.mark.parametrize("scale", [0.7, 3.0, 9.0])
def test_landmarks_land_on_the_template_at_every_size(scale: float) -> None:
    side = round(160 * scale)
    points = (ARCFACE * scale + 20 * scale).astype(np.float32)
    picture = np.zeros((side, side, 3), np.uint8)
    for x, y in points.round().astype(int):
        reach = max(1, round(2 * scale))
        picture[y - reach : y + reach + 1, x - reach : x + reach + 1] = 255
    face = chip(picture, points / side, ARCFACE, 112)
    for x, y in ARCFACE.round().astype(int):
        assert face[y, x].min() > 200
    assert face.mean() < 12

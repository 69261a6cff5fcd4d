import numpy as np
import pytest

from albumen.vision.faces.mesh import NAMED, SIDE, Meshes, restore, window

BLANK = np.zeros((400, 800, 3), np.uint8)
BOX = np.array([0.4, 0.25, 0.6, 0.75], np.float32)


def eyes_at(angle: float) -> np.ndarray:
    turn = np.radians(angle)
    step = np.array([np.cos(turn), np.sin(turn)]) * 40
    middle = np.array([400, 180])
    points = np.stack([middle - step, middle + step, middle, middle, middle])
    return (points / [800, 400]).astype(np.float32)


@pytest.mark.parametrize("angle", [-30, 0, 45])
def test_the_network_sees_the_face_upright_in_the_middle(angle: float) -> None:
    landmarks = eyes_at(angle)
    move = window(BLANK, BOX, landmarks)
    seen = np.c_[landmarks * [800, 400], np.ones(5)] @ move.T
    assert seen[0, 1] == pytest.approx(seen[1, 1], abs=1e-2)
    assert seen[0, 0] < seen[1, 0]
    assert move @ [400, 200, 1] == pytest.approx([SIDE / 2, SIDE / 2], abs=1e-2)


def test_points_return_to_where_they_were_seen() -> None:
    move = window(BLANK, BOX, eyes_at(20))
    there = np.array([[0.45, 0.4], [0.55, 0.7]], np.float32)
    inside = np.c_[there * [800, 400], np.ones(2)] @ move.T
    back = restore(np.c_[inside, np.zeros(2)].astype(np.float32), move, BLANK)
    assert back[:, :2] == pytest.approx(there, abs=1e-4)


def meshes(**at: tuple[float, float, float]) -> Meshes:
    points = np.zeros((1, 468, 3), np.float32)
    for name, value in at.items():
        points[0, int(name[1:])] = value
    return Meshes(np.ones(1, np.float32), points, aspect=2.0)


def test_open_and_closed_mouths_differ_by_the_gap_between_the_lips() -> None:
    corners = {"p61": (0.4, 0.6, 0), "p291": (0.6, 0.6, 0)}
    closed = meshes(**corners, p13=(0.5, 0.6, 0), p14=(0.5, 0.6, 0))
    opened = meshes(**corners, p13=(0.5, 0.5, 0), p14=(0.5, 0.7, 0))
    assert closed.mouth(0) == pytest.approx(0)
    assert opened.mouth(0) == pytest.approx(0.5)


def test_there_are_thirty_named_landmarks_and_left_is_the_pictures_left() -> None:
    assert len(NAMED) == 30
    named = meshes(p61=(0.4, 0.6, 0), p291=(0.6, 0.6, 0)).named(0)
    assert named["mouthLeft"][0] < named["mouthRight"][0]


def test_a_frontal_mesh_looks_straight_ahead_sideways() -> None:
    pose = meshes(p33=(0.4, 0.4, 0), p263=(0.6, 0.4, 0), p10=(0.5, 0.2, 0), p152=(0.5, 0.9, 0)).pose(0)
    assert (pose.yaw, pose.roll) == pytest.approx((0, 0), abs=0.1)

import cv2
import numpy as np
import pytest

from albumen.vision.faces.pose import HEAD, Pose, angles, from_axes, from_landmarks

BLANK = np.zeros((600, 800, 3), np.uint8)


def rotation(pitch: float, yaw: float, roll: float) -> np.ndarray:
    p, y, r = np.radians([pitch, yaw, roll])
    around_x = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    around_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    around_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return around_z @ around_y @ around_x


@pytest.mark.parametrize("turned", [(0, 0, 0), (15, 0, 0), (0, 30, 0), (0, -30, 0), (0, 0, 25), (0, 0, -25)])
def test_angles_name_the_turn_that_made_a_rotation(turned: tuple[float, float, float]) -> None:
    assert angles(rotation(*turned).astype(np.float32)) == pytest.approx(turned, abs=0.1)


@pytest.mark.parametrize("turned", [(0, 0, 0), (15, 0, 0), (0, 30, 0), (0, -25, 0), (0, 0, 20)])
def test_five_landmarks_of_a_mean_head_give_back_its_pose(turned: tuple[float, float, float]) -> None:
    camera = np.array([[1600, 0, 400], [0, 1600, 300], [0, 0, 1]])
    turn = cv2.Rodrigues(rotation(*turned))[0]
    for distance in (700.0, 40_000.0):
        seen, _ = cv2.projectPoints(HEAD, turn, np.array([0.0, 0.0, distance]), camera, np.zeros(4))
        landmarks = (seen.reshape(5, 2) / [800, 600]).astype(np.float32)
        assert from_landmarks(BLANK, landmarks) == pytest.approx(turned, abs=4)


def test_landmarks_in_one_spot_have_no_pose() -> None:
    assert from_landmarks(BLANK, np.full((5, 2), 0.5, np.float32)) == Pose(0, 0, 0)


def test_axes_need_not_be_square_to_each_other() -> None:
    pose = from_axes(np.array([2.0, 0, 0], np.float32), np.array([0.3, 5, 0], np.float32))
    assert pose == pytest.approx(Pose(0, 0, 0), abs=0.1)

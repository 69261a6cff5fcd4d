from itertools import pairwise

import numpy as np
import pytest

from albumen.core.arrays import Floats
from albumen.vision.faces.yunet import (
    OVERLAP,
    SIDE,
    Candidates,
    View,
    decode,
    fractions,
    place,
    starts,
    suppress,
    views,
)


def heads(stride: int, column: int, row: int, score: float = 0.81) -> dict[str, Floats]:
    out: dict[str, Floats] = {}
    for s in (8, 16, 32):
        cells = (SIDE // s) ** 2
        out[f"cls_{s}"], out[f"obj_{s}"] = np.zeros((1, cells, 1), np.float32), np.ones((1, cells, 1), np.float32)
        out[f"bbox_{s}"], out[f"kps_{s}"] = np.zeros((1, cells, 4), np.float32), np.zeros((1, cells, 10), np.float32)
    at = row * (SIDE // stride) + column
    out[f"cls_{stride}"][0, at] = score
    out[f"bbox_{stride}"][0, at] = [0.5, 0.25, np.log(4), np.log(6)]
    out[f"kps_{stride}"][0, at] = np.arange(10) / 10
    return out


def blank(height: int, width: int) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_a_cell_becomes_a_box_and_landmarks_in_pixels(stride: int) -> None:
    found = decode(heads(stride, column=7, row=5), least=0.5)
    assert found.scores == pytest.approx([0.9])
    cx, cy = 7.5 * stride, 5.25 * stride
    assert found.boxes[0] == pytest.approx([cx - 2 * stride, cy - 3 * stride, cx + 2 * stride, cy + 3 * stride])
    assert found.landmarks[0, 3] == pytest.approx([(7 + 0.6) * stride, (5 + 0.7) * stride])


def test_scores_below_the_least_are_dropped() -> None:
    assert len(decode(heads(8, 1, 1, score=0.2), least=0.5).scores) == 0


def test_the_surest_of_overlapping_boxes_stays() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [30, 30, 40, 40]], np.float32)
    kept = suppress(Candidates(np.array([0.7, 0.9, 0.8], np.float32), boxes, np.zeros((3, 5, 2), np.float32)), 0.3)
    assert kept.scores == pytest.approx([0.9, 0.8])
    assert kept.boxes[0] == pytest.approx(boxes[1])


def test_a_small_limit_needs_one_view_and_a_large_one_adds_tiles() -> None:
    assert len(views(blank(960, 1280), 640)) == 1
    assert len(views(blank(960, 1280), 1280)) == 1 + 3 * 2
    assert len(views(blank(480, 600), 1280)) == 1


@pytest.mark.parametrize("length", [100, 640, 641, 960, 1280, 4000])
def test_tiles_reach_both_ends_and_overlap_enough(length: int) -> None:
    at = starts(length)
    assert at[0] == 0
    assert at[-1] + SIDE >= length
    assert all(b - a <= SIDE - OVERLAP for a, b in pairwise(at))


def test_a_find_in_a_tile_returns_to_the_pictures_own_pixels() -> None:
    view = View(blank(SIDE, SIDE), left=320, top=160, scale=0.5, width=1280, height=960)
    boxes = np.array([[100, 100, 200, 200]], np.float32)
    moved = place(Candidates(np.ones(1, np.float32), boxes, np.full((1, 5, 2), 150, np.float32)), view)
    assert moved.boxes[0] == pytest.approx([840, 520, 1040, 720])
    assert moved.landmarks[0, 0] == pytest.approx([940, 620])


def test_a_face_cut_by_an_inner_edge_of_a_tile_is_dropped_and_one_at_the_border_stays() -> None:
    view = View(blank(SIDE, SIDE), left=320, top=0, scale=1.0, width=960, height=640)
    boxes = np.array([[0, 100, 90, 200], [560, 0, 640, 80]], np.float32)
    kept = place(Candidates(np.ones(2, np.float32), boxes, np.zeros((2, 5, 2), np.float32)), view)
    assert kept.boxes.tolist() == [[880, 0, 960, 80]]


def test_boxes_end_at_the_border_and_landmarks_may_lie_beyond() -> None:
    boxes = np.array([[-50, 10, 50, 90], [120, 0, 150, 50]], np.float32)
    found = Candidates(np.array([0.9, 0.8], np.float32), boxes, np.full((2, 5, 2), -10, np.float32))
    faces = fractions(found, blank(100, 100))
    assert faces.boxes == pytest.approx(np.array([[0, 0.1, 0.5, 0.9]]))
    assert faces.landmarks[0, 0] == pytest.approx([-0.1, -0.1])

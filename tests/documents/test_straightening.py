"""Pages turned and bent: flat they have level lines, and every place is found again in the file."""

import numpy as np
import pytest

from albumen.core.arrays import Floats
from albumen.documents.placing import Bend, Placement
from albumen.documents.straightening import straighten

IMAGE = np.full((1200, 800, 3), 255, np.uint8)


def words(depth: float, angle: float = 0.0) -> tuple[Floats, list[int]]:
    """Return the corners (n, 4, 2) of twenty lines of four words that sag in the middle, turned about the origin."""
    corners: list[Floats] = []
    lines: list[int] = []
    for row in range(20):
        for left in (60, 240, 420, 600):
            ends = np.array([left, left + 130], np.float32)
            sag = depth * (1 - (2 * ends / 800 - 1) ** 2)
            tops = 100 + 50 * row + sag
            quad = [(ends[0], tops[0]), (ends[1], tops[1]), (ends[1], tops[1] + 24), (ends[0], tops[0] + 24)]
            corners.append(np.array(quad, np.float32))
            lines.append(row)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.stack(corners) @ np.array([[cos, -sin], [sin, cos]], np.float32).T, lines


def unevenness(corners: Floats, lines: list[int]) -> float:
    middles = corners[:, :, 1].mean(1)
    return max(float(np.ptp(middles[np.array(lines) == row])) for row in set(lines))


def test_a_flat_page_is_left_as_it_is() -> None:
    corners, lines = words(0)
    image, flat, placement = straighten(IMAGE, corners, lines)
    assert image is IMAGE and flat is corners and placement == Placement()


@pytest.mark.parametrize("angle", [0.0, 5.0])
def test_lines_that_sag_are_laid_level_and_lead_back_to_where_they_were(angle: float) -> None:
    corners, lines = words(40, angle)
    assert unevenness(words(40)[0], lines) > 15
    _, flat, placement = straighten(IMAGE, corners, lines)
    assert unevenness(flat, lines) < 4
    assert np.abs(placement.to_source(flat) - corners).max() < 0.5


def test_a_few_words_say_nothing_of_a_bend() -> None:
    corners, lines = words(40)
    assert straighten(IMAGE, corners[:12], lines[:12])[2].bend is None


def test_a_page_without_words_stays() -> None:
    image, _, placement = straighten(IMAGE, np.zeros((0, 4, 2), np.float32), [])
    assert image is IMAGE and placement == Placement()


def test_words_on_their_head_across_the_seam_of_angles_are_stood_upright() -> None:
    corners, lines = words(0)
    jitter = np.where(np.arange(len(corners)) % 2, 0.4, -0.4)[:, None, None] * np.array(
        [[[0, -1], [0, 1], [0, 1], [0, -1]]]
    )
    turned = np.array([800, 1200], np.float32) - (corners + jitter.astype(np.float32))
    _, flat, _ = straighten(IMAGE, turned, lines)
    assert flat[0, 0, 0] < flat[-1, 0, 0] and flat[0, 0, 1] < flat[-1, 0, 1]


def test_a_bend_is_undone_to_a_hundredth_of_a_pixel() -> None:
    bend = Bend((800.0, 1200.0), (20.0, -30.0, 5.0, 8.0, 0.0, 0.0, 0.0))
    placement = Placement(bend=bend)
    points = np.random.default_rng(0).uniform((0, 0), (800, 1200), (50, 2)).astype(np.float32)
    assert np.abs(placement.flat(placement.to_source(points)) - points).max() < 0.01


def test_columns_far_apart_are_levelled_by_their_rows_where_short_words_lean() -> None:
    lean = [np.radians(4.0 + (1.2 if i % 2 else 0.8)) for i in range(24)]
    turn = np.array([np.cos(np.radians(4)), np.sin(np.radians(4))], np.float32)
    across = np.array([-turn[1], turn[0]], np.float32)
    corners: list[Floats] = []
    for row in range(12):
        for left in (40.0, 640.0):
            along = np.array([np.cos(lean[row]), np.sin(lean[row])], np.float32)
            start = left * turn + (60 + 40 * row) * across
            corners.append(np.stack([start, start + 50 * along, start + 50 * along + 20 * across, start + 20 * across]))
    _, flat, _ = straighten(IMAGE, np.stack(corners).astype(np.float32), [i for i in range(24)])
    assert unevenness(flat, [i // 2 for i in range(24)]) < 3

from itertools import pairwise

import cv2
import numpy as np
import pytest

from albumen.vision.quality.measure import measure


def scene() -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=(300, 400, 3)).astype(np.float32)
    shapes = (cv2.GaussianBlur(noise, (0, 0), 12) > 0).astype(np.float32)
    return (60 + shapes * 120).astype(np.uint8)


def test_sharpness_falls_with_every_step_of_blur() -> None:
    steps = [measure(cv2.GaussianBlur(scene(), (0, 0), s)).sharpness for s in (0.3, 1, 2, 4)]
    assert all(a > b + 5 for a, b in pairwise(steps))
    assert not measure(scene()).blurred
    assert measure(cv2.GaussianBlur(scene(), (0, 0), 5)).blurred


def test_sharpness_does_not_depend_on_contrast_or_brightness() -> None:
    faint = (scene() * 0.3 + 100).astype(np.uint8)
    assert measure(faint).sharpness == pytest.approx(measure(scene()).sharpness, abs=3)


def test_brightness_rises_with_light_from_none_to_all() -> None:
    levels = [measure(np.full((20, 20, 3), v, np.uint8)).brightness for v in (0, 64, 128, 255)]
    assert levels == pytest.approx([0, 25.1, 50.2, 100], abs=0.1)


def test_contrast_grows_from_a_flat_picture_to_black_and_white() -> None:
    board = np.zeros((64, 64, 3), np.uint8)
    board[:, ::2] = 255
    faint = (board // 4 + 96).astype(np.uint8)
    flat, low, full = (measure(p).contrast for p in (board * 0, faint, board))
    assert (flat, full) == (0, pytest.approx(100, abs=0.1))
    assert 20 < low < 30


def test_a_flat_picture_is_neither_sharp_nor_an_error() -> None:
    assert measure(np.full((1, 1, 3), 9, np.uint8)).sharpness == 0
    assert measure(np.full((50, 50, 3), 9, np.uint8)).sharpness == 0


def test_tells_dark_and_overexposed_pictures() -> None:
    assert measure((scene() * 0.1).astype(np.uint8)).dark
    bright = measure(np.clip(scene().astype(int) + 200, 0, 255).astype(np.uint8))
    assert bright.overexposed
    assert not measure(scene()).dark
    assert not measure(scene()).overexposed

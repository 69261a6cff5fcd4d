"""What a picture as a whole shows."""

import numpy as np
import pytest

from albumen.vision.labels.efficientnet import names, read, views


def test_a_square_picture_is_seen_once():
    assert len(views(np.zeros((100, 150, 3), np.uint8), 30)) == 1


def test_a_wide_picture_is_seen_in_two_undistorted_squares_that_cover_it():
    image = np.zeros((100, 190, 3), np.uint8)
    image[:, :50, 0] = 255  # only the left square sees this red
    left, right = views(image, 30)
    assert left.shape == right.shape == (30, 30, 3)
    assert left[:, :14, 0].min() == 255 and right[..., 0].max() == 0


def test_a_tall_panorama_is_seen_in_three_squares():
    assert len(views(np.zeros((900, 100, 3), np.uint8), 30)) == 3


def test_two_classes_of_one_name_become_one_label():
    p = np.zeros(1000, np.float32)
    cranes = [i for i, n in enumerate(names()) if n == "crane"]
    p[cranes], p[0] = 0.3, 0.4
    found = read(p, 0.1)
    assert found.names == ("crane", "tench")
    assert found.scores == pytest.approx([0.6, 0.4])


def test_there_are_a_thousand_names():
    assert len(names()) == 1000

"""Named colours of a picture."""

import numpy as np
import pytest

from albumen.vision.colours.shares import NAMES, measure, shares, within

PAINTS = {
    "black": (5, 5, 5), "white": (250, 250, 250), "grey": (128, 128, 128), "red": (220, 20, 20),
    "orange": (255, 140, 0), "yellow": (250, 235, 30), "green": (30, 160, 40), "blue": (30, 60, 220),
    "purple": (130, 30, 220), "pink": (255, 105, 180), "brown": (120, 70, 20),
}  # fmt: skip


def painted(*colours):
    """Return vertical stripes of equal width."""
    return np.concatenate([np.full((64, 64, 3), c, np.uint8) for c in colours], axis=1)


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_picture_has_one_colour(name):
    assert shares(painted(PAINTS[name]))[NAMES.index(name)] == 1


def test_shares_add_up_to_one_and_follow_area():
    found = shares(painted(PAINTS["red"], PAINTS["blue"], PAINTS["blue"], PAINTS["blue"]))
    assert found.sum() == pytest.approx(1)
    assert found[NAMES.index("blue")] == pytest.approx(0.75, abs=0.03)


def test_every_pixel_gets_exactly_one_colour():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    assert shares(noise).sum() == pytest.approx(1)


def test_a_box_is_measured_by_its_middle():
    image = painted(PAINTS["green"], PAINTS["red"])
    boxes = np.array([[0, 0, 0.5, 1], [0.5, 0, 1, 1]], np.float32)
    assert [NAMES[k] for k in within(image, boxes).argmax(1)] == ["green", "red"]


def test_no_boxes_give_no_rows():
    assert within(painted(PAINTS["red"]), np.zeros((0, 4), np.float32)).shape == (0, 11)


def test_a_black_and_white_picture_is_colourless():
    grey = np.repeat(np.random.default_rng(0).integers(0, 256, (64, 64, 1)).astype(np.uint8), 3, axis=2)
    assert measure(grey).colourless == 1
    assert measure(painted(PAINTS["red"])).colourless == 0

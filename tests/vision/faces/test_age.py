import numpy as np
import pytest

from albumen.vision.faces.age import bands, template


def test_an_age_is_the_mean_of_its_probabilities_within_its_band() -> None:
    probabilities = np.zeros((2, 81), np.float32)
    probabilities[0, [20, 60]] = 0.5
    probabilities[1, 4] = 1
    ages = bands(probabilities)
    assert ages.mean == pytest.approx([40, 4])
    assert (ages.low[0], ages.high[0]) == (20, 60)


def test_a_band_is_never_narrower_than_the_network_errs_nor_below_birth() -> None:
    sure = np.zeros((2, 81), np.float32)
    sure[0, 35] = sure[1, 0] = 1
    ages = bands(sure)
    assert (ages.low[0], ages.high[0]) == pytest.approx((28.8, 41.2), abs=0.1)
    assert ages.low[1] == 0


def test_the_template_keeps_eyes_level_and_features_in_order() -> None:
    points = template(64)
    assert points[0, 1] == pytest.approx(points[1, 1], abs=0.5)
    assert points[:2, 0].mean() == pytest.approx(32, abs=1)
    assert points[0, 1] < points[2, 1] < points[3, 1] < 64

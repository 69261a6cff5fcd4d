"""What scores are worth: a calibrated encoder's cosines become probabilities, an uncalibrated one's are never sure."""

from types import SimpleNamespace

import numpy as np
import pytest

from albumen.library.search.scorer import TowerScorer
from albumen.library.search.search import MAYBE, SURE


def scorer(**calibration: float) -> TowerScorer:
    encoder = SimpleNamespace(
        card=SimpleNamespace(calibration=calibration), dim=2, text=lambda texts: np.ones((len(texts), 2), np.float32)
    )
    return TowerScorer(encoder)  # pyright: ignore[reportArgumentType]


def test_an_uncalibrated_encoder_ranks_and_is_never_sure() -> None:
    asked = scorer()
    found = asked.probability(asked.query("a dog"), np.array([-0.3, 0.0, 0.3, 1.0], np.float32))
    assert (found >= np.float32(MAYBE)).all() and (found < SURE).all()
    assert (np.diff(found) >= 0).all() and found[-1] > found[1]


def test_a_calibrated_encoder_gives_its_probability() -> None:
    asked = scorer(slope=10.0, bias=-2.0)
    assert asked.probability(asked.query("a dog"), np.array([0.2], np.float32)) == pytest.approx([0.5])

import numpy as np
import pytest

from albumen.vision.faces.similarity import Likeness

CURVE = Likeness(accept=0.43, slope=21.5)


def test_the_point_of_acceptance_reads_eighty_and_an_even_chance() -> None:
    at = np.array([0.43], np.float32)
    assert CURVE.percent(at) == pytest.approx([80], abs=1e-3)
    assert CURVE.probability(at) == pytest.approx([0.5], abs=1e-5)


def test_similarity_rises_from_nothing_to_all() -> None:
    percent = CURVE.percent(np.linspace(-1, 1, 201).astype(np.float32))
    assert (np.diff(percent) >= 0).all()
    assert percent[0] < 0.01
    assert percent[-1] > 99.9


@pytest.mark.parametrize("percent", [1.0, 80.0, 99.0])
def test_a_cosine_found_for_a_similarity_gives_that_similarity(percent: float) -> None:
    cosine = np.array([CURVE.cosine(percent)], np.float32)
    assert CURVE.percent(cosine) == pytest.approx([percent], abs=1e-2)


def test_rejects_a_similarity_that_has_no_cosine() -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        CURVE.cosine(100)

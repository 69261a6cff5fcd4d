import numpy as np
import pytest

from albumen.stores.vectors.halves import products


def test_every_finite_half_is_multiplied_exactly() -> None:
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)[:, None]
    scores = products(np.array([[1.0], [-0.5]], np.float32), halves)
    finite = np.isfinite(halves[:, 0])
    assert (scores[0, finite] == halves[finite, 0].astype(np.float32)).all()
    assert (scores[1, finite] == -0.5 * halves[finite, 0].astype(np.float32)).all()
    assert np.isnan(scores[:, ~finite]).all()


def test_sums_agree_with_numpy() -> None:
    rng = np.random.default_rng(0)
    rows, queries = rng.standard_normal((50, 33)).astype(np.float16), rng.standard_normal((3, 33)).astype(np.float32)
    assert products(queries, rows) == pytest.approx(queries @ rows.astype(np.float32).T, rel=1e-4, abs=1e-4)
    assert products(queries, rows[:0]).shape == (3, 0)

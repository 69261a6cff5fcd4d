"""Word evidence: packed, indexed, added up."""

import numpy as np
import pytest

from albumen.core.errors import StoreError
from albumen.vision.embed.evidence import Evidence, EvidenceIndex


def evidence(**_):
    return Evidence(np.array([3, 700], np.uint16), np.array([1.5, -0.4], np.float32))


def test_what_is_packed_is_read_back_to_the_step():
    back = Evidence.unpack(evidence().pack())
    assert back.words.tolist() == [3, 700]
    assert back.values == pytest.approx([1.5, -0.4], abs=0.03)


def test_damaged_evidence_is_told():
    with pytest.raises(StoreError, match="damaged"):
        Evidence.unpack(evidence().pack()[:-1])


def test_words_and_values_must_match():
    with pytest.raises(ValueError, match="equal rows"):
        Evidence(np.array([1], np.uint16), np.zeros(2, np.float32))


def test_the_index_agrees_with_adding_up_by_hand():
    random = np.random.default_rng(0)
    pictures = [
        Evidence(
            random.choice(50, 8, replace=False).astype(np.uint16), random.integers(-20, 60, 8).astype(np.float32) / 20
        )
        for _ in range(40)
    ]  # fmt: skip
    index = EvidenceIndex()
    index.add([p.pack() for p in pictures[:25]])
    index.add([p.pack() for p in pictures[25:]])
    weights, absent = {7: 1.0, 12: 0.5, 49: 2.0}, {7: -0.2, 12: -0.1, 49: 0.0}
    wanted = []
    for p in pictures:
        known = dict(zip(p.words.tolist(), p.values.tolist(), strict=True))
        wanted.append(sum(w * known.get(k, absent[k]) for k, w in weights.items()))
    assert index.score(weights, absent) == pytest.approx(np.array(wanted), abs=1e-3)
    assert index.score(weights, absent) == pytest.approx(np.array(wanted), abs=1e-3), "asking joins parts, once"


def test_an_empty_index_scores_nothing():
    assert EvidenceIndex().score({1: 1.0}, {1: 0.0}).shape == (0,)

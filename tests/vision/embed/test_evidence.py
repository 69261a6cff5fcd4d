import numpy as np
import pytest

from albumen.vision.embed.evidence import Evidence


def test_words_and_values_must_match():
    with pytest.raises(ValueError, match="equal rows"):
        Evidence(np.array([1], np.uint16), np.zeros(2, np.float32))

"""Words that a picture gives evidence for, few a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats


@dataclass(frozen=True)
class Evidence:
    """Words of one picture by number, (k,), and how much likelier each is than in captions at large, in nats, (k,)."""

    words: NDArray[np.uint16]
    values: Floats

    def __post_init__(self) -> None:
        if self.words.shape != self.values.shape or self.words.ndim != 1:
            raise ValueError(f"words {self.words.shape} and values {self.values.shape} must be two equal rows")

"""The tables that carry pictures and sentences of other languages into the caption space; fitted to text alone.

`python -m albumen.training.concepts` makes the file; NOTICE.md beside it says from what.
"""

from dataclasses import dataclass, fields
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Floats, Ints, check_shape


@dataclass(frozen=True)
class Tables:
    """All that was learnt from captions: D sizes of the caption space, F features, V words, W of them in captions."""

    centre: Floats  # (D,) mean of all captions in the English encoder
    mean: Floats  # (F,) how often captions mention each feature
    head: Floats  # (F, D)
    classes: Floats  # (1000, D) unit vectors of ImageNet's classes
    same: Ints  # (n, 2) pairs of ImageNet class and COCO category that are one thing
    words: NDArray[np.str_]  # (V,)
    rate: Floats  # (V,) share of captions that have the word
    absent: Floats  # (V,) evidence of a word where none is kept
    word_head: Floats  # (F, W)
    class_words: Floats  # (1000, W)
    named: Ints  # (n, 2) pairs of ImageNet class and a word that names it, in WordNet
    english: NDArray[np.str_]  # words by which a sentence is known to be English
    foreign_centre: Floats  # (M,) mean of all captions in the multilingual encoder
    bridge: Floats  # (M, D)
    word_bridge: Floats  # (M, W)

    def __post_init__(self) -> None:
        f, d = self.head.shape
        check_shape("Tables.centre", self.centre, (d,))
        check_shape("Tables.mean", self.mean, (f,))
        check_shape("Tables.classes", self.classes, (1000, d))
        check_shape("Tables.word_head", self.word_head, (f, None))
        check_shape("Tables.bridge", self.bridge, (len(self.foreign_centre), d))

    @property
    def common(self) -> int:
        """Return W, how many of the words are common in captions; they come first."""
        return self.word_head.shape[1]

    @classmethod
    def load(cls) -> Self:
        """Read the tables that ship with the package."""
        data = resources.files("albumen.vision.embed").joinpath("data/concepts.npz").read_bytes()
        with np.load(BytesIO(data), allow_pickle=False) as stored:
            return cls(**{f.name: _wide(stored[f.name]) for f in fields(cls)})

    def save(self, path: Path) -> None:
        """Write the tables, numbers in half precision."""
        arrays: dict[str, Any] = {f.name: _narrow(getattr(self, f.name)) for f in fields(self)}
        np.savez_compressed(path, **arrays)


def _wide(stored: NDArray[Any]) -> NDArray[Any]:
    return stored.astype(np.float32) if stored.dtype.kind == "f" else stored


def _narrow(array: NDArray[Any]) -> NDArray[Any]:
    kinds: dict[str, Any] = {"f": np.float16, "i": np.int16}
    return array.astype(kinds[array.dtype.kind]) if array.dtype.kind in kinds else array

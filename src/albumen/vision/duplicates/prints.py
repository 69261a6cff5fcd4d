"""Fingerprints of pictures: a 64-bit perceptual hash in all eight orientations, and a tiny picture to confirm with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Image, Ints, check_shape

SIDE = 32
KEPT = 8
"""Coefficients kept a side: the coarse shapes of a picture."""
FLAT = 3.0
"""A tiny picture whose grey values deviate less than this shows nothing that a hash could hold."""

Hashes = NDArray[np.uint64]


class Orientation(NamedTuple):
    """How a picture is turned: transposed first, then mirrored left to right and top to bottom."""

    transposed: bool
    mirrored: bool
    flipped: bool


ORIENTATIONS = tuple(Orientation(t, m, f) for t in (False, True) for m in (False, True) for f in (False, True))
"""All eight; the first leaves a picture as it is."""


@dataclass(frozen=True)
class Prints:
    """Fingerprints of N pictures."""

    hashes: Hashes  # (N, 8), one for each of ORIENTATIONS
    greys: NDArray[np.uint8]  # (N, 32, 32)

    def __post_init__(self) -> None:
        check_shape("Prints.hashes", self.hashes, (None, len(ORIENTATIONS)))
        check_shape("Prints.greys", self.greys, (len(self.hashes), SIDE, SIDE))

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def flat(self) -> Bools:
        """Return which pictures show next to nothing, such as blank pages: no hash can tell those apart."""
        return self.greys.reshape(len(self), -1).std(1, dtype=np.float32) < FLAT

    @classmethod
    def joined(cls, parts: Sequence["Prints"]) -> "Prints":
        """Return several fingerprints as one."""
        return cls(np.concatenate([p.hashes for p in parts]), np.concatenate([p.greys for p in parts]))


def fingerprint(image: Image) -> Prints:
    """Return the fingerprint of one upright picture."""
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    coefficients = np.asarray(cv2.dct(grey.astype(np.float32)), np.float32)[:KEPT, :KEPT]
    return Prints(np.array([[_hash(turned(coefficients, o)) for o in ORIENTATIONS]], np.uint64), grey[None])


def turned(coefficients: Floats, orientation: Orientation) -> Floats:
    """Return the cosine coefficients of the turned picture: a mirrored wave is the wave or its negative."""
    odd = np.where(np.arange(KEPT) % 2, -1, 1).astype(np.float32)
    across = odd if orientation.mirrored else np.ones(KEPT, np.float32)
    down = odd if orientation.flipped else np.ones(KEPT, np.float32)
    start = coefficients.T if orientation.transposed else coefficients
    return start * across[None, :] * down[:, None]


def orient(grey: NDArray[np.uint8], orientation: Orientation) -> NDArray[np.uint8]:
    """Turn a tiny picture."""
    start = grey.T if orientation.transposed else grey
    return start[:: -1 if orientation.flipped else 1, :: -1 if orientation.mirrored else 1]


def distances(prints: Prints, a: Ints, b: Ints) -> NDArray[np.uint8]:
    """Return how many bits the first pictures (E,) and each orientation of the second (E,) differ in, (E, 8)."""
    return np.bitwise_count(prints.hashes[a, :1] ^ prints.hashes[b])


def _hash(coefficients: Floats) -> int:
    # the first coefficient is the mean brightness, which no edit keeps
    waves = coefficients.ravel()[1:]
    bits = np.concatenate([[False], waves > np.median(waves)])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")

"""Finds cuts between frames that were made very small; knows nothing of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image, Ints

SUSPECT = 0.16
"""Difference of two key frames from which the frames between them are looked at."""
CUT = 0.22
"""Difference of two neighbouring frames from which they may belong to different shots."""
JUMP = 2.5
"""How many times larger than the neighbouring differences a cut's must be, so that fast motion is none."""
_SIZE = (48, 27)


@dataclass(frozen=True)
class Glimpse:
    """A frame made small: when it is shown and what it looks like."""

    ms: int
    grey: Floats  # (27, 48), 0 to 1
    colours: Floats  # (4, 64) share of each of 64 colours in each quarter of the frame
    detail: float
    """How much there is to see: the spread of the greys times the sharpness; 0 for a plain frame."""


def glimpse(ms: int, pixels: Image) -> Glimpse:
    """Make a frame (h, w, 3) small enough to be compared in microseconds."""
    small: Image = np.asarray(cv2.resize(pixels, _SIZE, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    grey: Floats = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.float32) / np.float32(255)
    codes: Ints = (small >> 6).astype(np.int64) @ np.array([16, 4, 1], dtype=np.int64)
    quarters = (codes[:13, :24], codes[:13, 24:], codes[13:, :24], codes[13:, 24:])
    colours = np.stack([np.bincount(part.ravel(), minlength=64) / part.size for part in quarters]).astype(np.float32)
    edges = float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())
    return Glimpse(ms, grey, colours, float(grey.std()) * edges)


def difference(a: Glimpse, b: Glimpse) -> float:
    """Return how unlike two frames are, 0 to 1: half by their colours, half by their shapes."""
    colours = float(np.abs(a.colours - b.colours).sum(axis=1).mean()) / 2
    shapes = min(1.0, 4.0 * float(np.abs(a.grey - b.grey).mean()))
    return (colours + shapes) / 2


def cuts(frames: Sequence[Glimpse]) -> list[int]:
    """Return the indices of frames that begin a new shot; the frames must be neighbours in time."""
    steps = np.array([difference(a, b) for a, b in pairwise(frames)], dtype=np.float32)
    return [i + 1 for i, step in enumerate(steps) if step >= CUT and step >= JUMP * _calm(steps, i)]


def _calm(steps: Floats, at: int) -> float:
    """Return the median difference around one step, itself left out."""
    around = np.concatenate([steps[max(0, at - 6) : at], steps[at + 1 : at + 7]])
    return float(np.median(around)) if len(around) else 0.0

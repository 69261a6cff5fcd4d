"""Measures how sharp, bright and contrasty a picture is, each from 0 to 100, without a model."""

from dataclasses import dataclass

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image

SEEN = 640
"""Pictures are measured at this long side at most: what is blurred on a sensor may be sharp on a screen."""
BLURRED_BELOW = 35.0
DARK_BELOW = 22.0
CLIPPED_SHARE = 0.35
CLIPPED_FROM = 250


@dataclass(frozen=True)
class Quality:
    """What can be measured of a picture, 0 to 100, and what follows."""

    sharpness: float
    brightness: float
    contrast: float
    clipped: float
    """The share of pixels, 0 to 1, that are as white as can be."""

    @property
    def blurred(self) -> bool:
        """Return whether the picture looks out of focus or shaken."""
        return self.sharpness < BLURRED_BELOW

    @property
    def dark(self) -> bool:
        """Return whether hardly anything can be seen for darkness."""
        return self.brightness < DARK_BELOW

    @property
    def overexposed(self) -> bool:
        """Return whether much of the picture is burnt out."""
        return self.clipped > CLIPPED_SHARE


def measure(image: Image) -> Quality:
    """Measure a picture."""
    grey = _grey(image)
    return Quality(
        sharpness=sharpness(grey),
        brightness=float(grey.mean() / 255 * 100),
        contrast=float(min(100.0, grey.std() / 127.5 * 100)),
        clipped=float((grey >= CLIPPED_FROM).mean()),
    )


def sharpness(grey: Floats) -> float:
    """Return 0 to 100 for grey values (h, w): how much of the variation between neighbours a blur would take away.

    This is the complement of the perceptual blur of Crété-Roffet and others (2007), which does not depend on contrast.
    """
    return 100 * min(_lost(grey), _lost(grey.T))


def _lost(grey: Floats) -> float:
    if min(grey.shape) < 3:
        return 0.0
    smooth = np.asarray(cv2.blur(np.ascontiguousarray(grey), (9, 1)), np.float32)
    change, left = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(smooth, axis=1))
    total = float(change.sum())
    return float(np.maximum(change - left, 0).sum()) / total if total > 0 else 0.0


def _grey(image: Image) -> Floats:
    scale = SEEN / max(image.shape[:2])
    if scale < 1:
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)

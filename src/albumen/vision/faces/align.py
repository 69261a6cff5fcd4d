"""Straightens a face: turns, scales and crops it so that its five landmarks lie where a network expects them."""

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image

ARCFACE: Floats = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)
"""Where ArcFace-class networks of 112 x 112 pixels expect the five landmarks."""


def similarity(source: Floats, target: Floats) -> Floats:
    """Return the (2, 3) turn, scale and shift that takes points (N, 2) closest to others (Umeyama)."""
    a, b = source.astype(np.float64), target.astype(np.float64)
    a0, b0 = a.mean(0), b.mean(0)
    u, s, vt = np.linalg.svd((b - b0).T @ (a - a0))
    sign = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    turn = u @ np.diag(sign) @ vt
    scale = float((s * sign).sum() / max(((a - a0) ** 2).sum(), 1e-12))
    return np.hstack([scale * turn, (b0 - scale * turn @ a0)[:, None]]).astype(np.float32)


def chip(image: Image, landmarks: Floats, template: Floats, size: int) -> Image:
    """Return the face as (size, size, 3), its landmarks (5, 2), fractions of the picture, moved onto the template.

    A face that shrinks by more than half is smoothed first, because warping alone would alias.
    """
    points = landmarks * np.array([image.shape[1], image.shape[0]], np.float32)
    move = similarity(points, template)
    image, move = _halved(image, move)
    return np.asarray(cv2.warpAffine(image, move, (size, size), flags=cv2.INTER_LINEAR), np.uint8)


def _halved(image: Image, move: Floats) -> tuple[Image, Floats]:
    scale = float(np.hypot(move[0, 0], move[1, 0]))
    if scale >= 0.5:
        return image, move
    by = 1 / (2 * scale)
    size = (max(1, round(image.shape[1] / by)), max(1, round(image.shape[0] / by)))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    grow = np.array([image.shape[1] / size[0], image.shape[0] / size[1], 1.0], np.float32)
    return small, move * grow

"""Which way heads are turned, from five landmarks or from a mesh, in degrees.

Pitch is positive with the face up, yaw with the face to the right of the picture, roll with the head turned clockwise.
"""

from typing import NamedTuple

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image

HEAD = np.array([[-31, -37.6, 16.8], [31, -37.6, 16.8], [0, 0, 0], [-25, 23.8, 27.1], [25, 23.8, 27.1]], np.float64)
"""The five landmarks of a mean head in mm from the tip of the nose: x to the picture's right, y down, z away."""
LENS = 20.0
"""Focal length as a multiple of the face's own spread: far enough that perspective hardly matters."""


class Pose(NamedTuple):
    """Turns of a head in degrees."""

    pitch: float
    yaw: float
    roll: float


def from_landmarks(image: Image, landmarks: Floats) -> Pose:
    """Return the pose that explains five landmarks (5, 2), fractions of the picture, seen on a mean head.

    Yaw and roll agree with those of a mesh within a few degrees; pitch is rough. Landmarks in one spot have no pose: 0.
    """
    points = landmarks.astype(np.float64) * [image.shape[1], image.shape[0]]
    points -= points.mean(0)
    spread = float(np.sqrt((points**2).sum(1).mean()))
    if spread < 1e-3:
        return Pose(0, 0, 0)
    camera = np.diag([LENS, LENS, 1.0])
    _, turn, _ = cv2.solvePnP(HEAD, points / spread, camera, np.zeros(4), flags=cv2.SOLVEPNP_SQPNP)
    return angles(np.asarray(cv2.Rodrigues(turn)[0], np.float64).astype(np.float32))


def from_axes(across: Floats, down: Floats) -> Pose:
    """Return the pose of a head whose ears lie along `across` and whose chin lies `down` from the brow, each (3,)."""
    x = across / np.linalg.norm(across)
    y = down - (down @ x) * x
    y = y / np.linalg.norm(y)
    return angles(np.stack([x, y, np.cross(x, y)], axis=1).astype(np.float32))


def angles(turn: Floats) -> Pose:
    """Return the pose of a rotation matrix whose columns are the head's right, down and back in the picture."""
    forward = -turn[:, 2]
    yaw = np.degrees(np.arctan2(forward[0], -forward[2]))
    pitch = np.degrees(np.arctan2(-forward[1], np.hypot(forward[0], forward[2])))
    roll = np.degrees(np.arctan2(turn[1, 0], turn[0, 0]))
    return Pose(float(pitch), float(yaw), float(roll))

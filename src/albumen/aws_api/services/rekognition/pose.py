"""How a head is turned, from five landmarks: geometry against an average face, no model."""

import cv2
import numpy as np

from albumen.core.arrays import Floats

AVERAGE = np.array([[-32, -34, 28], [32, -34, 28], [0, 0, 0], [-26, 32, 22], [26, 32, 22]], np.float64)
"""Landmarks of an average face in millimetres from the tip of the nose: x to the right, y down, z into the picture."""
FOCAL = 2.0
"""Focal length as a multiple of the picture's side, as of a phone held at arm's length."""


def pose(landmarks: Floats) -> tuple[float, float, float]:
    """Return roll, yaw and pitch in degrees of a face by its landmarks (5, 2) in fractions of the longer side.

    Roll grows clockwise, yaw when the face turns to the right of the picture, pitch when it looks up.
    """
    camera = np.array([[FOCAL, 0, 0.5], [0, FOCAL, 0.5], [0, 0, 1]], np.float64)
    points = np.ascontiguousarray(landmarks, np.float64)
    flags = cv2.SOLVEPNP_EPNP
    found, turn, _ = cv2.solvePnP(AVERAGE, points, camera, np.zeros(4), flags=flags)
    if not found or not np.isfinite(turn).all():
        return _roll(landmarks), 0.0, 0.0
    matrix, _ = cv2.Rodrigues(turn)
    yaw = float(np.degrees(np.arctan2(-matrix[2, 0], np.hypot(matrix[2, 1], matrix[2, 2]))))
    pitch = float(np.degrees(np.arctan2(matrix[2, 1], matrix[2, 2])))
    return _roll(landmarks), _folded(yaw), _folded(pitch)


def _roll(landmarks: Floats) -> float:
    dx, dy = landmarks[1] - landmarks[0]
    return float(np.degrees(np.arctan2(dy, dx)))


def _folded(angle: float) -> float:
    """Bring an angle of a face seen from behind, which the solver may prefer, back to the front."""
    return angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle

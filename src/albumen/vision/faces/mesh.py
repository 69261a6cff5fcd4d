"""Face mesh: 468 points of a face in space, and what they tell: thirty named points, pose, eyes and mouth."""

from dataclasses import dataclass

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image, check_shape
from albumen.core.findings import Faces
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.vision.faces.pose import Pose, from_axes

SIDE = 192
POINTS = 468
TILT = 8.0
"""Degrees by which brow and chin of a face that looks straight ahead lean in this mesh."""
AROUND = 1.5
"""How much wider than the face's box the network wants to see."""
NAMED: dict[str, tuple[int, ...]] = {
    "eyeLeft": (33, 133, 159, 145),
    "eyeRight": (362, 263, 386, 374),
    "mouthLeft": (61,),
    "mouthRight": (291,),
    "nose": (1,),
    "leftEyeBrowLeft": (70,),
    "leftEyeBrowUp": (105,),
    "leftEyeBrowRight": (107,),
    "rightEyeBrowLeft": (336,),
    "rightEyeBrowUp": (334,),
    "rightEyeBrowRight": (300,),
    "leftEyeLeft": (33,),
    "leftEyeRight": (133,),
    "leftEyeUp": (159,),
    "leftEyeDown": (145,),
    "rightEyeLeft": (362,),
    "rightEyeRight": (263,),
    "rightEyeUp": (386,),
    "rightEyeDown": (374,),
    "noseLeft": (98,),
    "noseRight": (327,),
    "mouthUp": (0,),
    "mouthDown": (17,),
    "leftPupil": (33, 133, 159, 145),
    "rightPupil": (362, 263, 386, 374),
    "upperJawlineLeft": (234,),
    "midJawlineLeft": (172,),
    "chinBottom": (152,),
    "midJawlineRight": (397,),
    "upperJawlineRight": (454,),
}
"""Points of the mesh whose mean each named landmark is; left is the picture's left. A pupil is taken amid its eye."""


@dataclass(frozen=True)
class Meshes:
    """Meshes of N faces: how sure the network is that a face is there, and points as fractions of the picture.

    The third coordinate is depth on the scale of the first, smaller towards the camera.
    """

    scores: Floats  # (N,)
    points: Floats  # (N, 468, 3)
    aspect: float
    """Width of the picture divided by its height."""

    def __post_init__(self) -> None:
        check_shape("Meshes.points", self.points, (len(self.scores), POINTS, 3))

    def named(self, face: int) -> dict[str, tuple[float, float]]:
        """Return thirty landmarks of a face by name, fractions of the picture."""
        means = {name: self.points[face, list(at), :2].mean(0) for name, at in NAMED.items()}
        return {name: (float(m[0]), float(m[1])) for name, m in means.items()}

    def pose(self, face: int) -> Pose:
        """Return which way the head is turned."""
        at = self._square(face)
        pose = from_axes(at[263] - at[33], at[152] - at[10])
        return pose._replace(pitch=pose.pitch + TILT)

    def eyes(self, face: int) -> float:
        """Return how far the more open eye is open: the height between its lids over its width, about 0.3 when open."""
        at = self._square(face)
        return max(_ratio(at, (159, 145), (33, 133)), _ratio(at, (386, 374), (362, 263)))

    def mouth(self, face: int) -> float:
        """Return how far the mouth is open: the height between the lips over the width of the mouth."""
        return _ratio(self._square(face), (13, 14), (61, 291))

    def _square(self, face: int) -> Floats:
        # in units of the picture's width, so that lengths in all directions compare
        return self.points[face] * np.array([1, 1 / self.aspect, 1], np.float32)


class FaceMesh:
    """Place meshes on faces with MediaPipe's network."""

    def __init__(self, card: Card, pool: Pool) -> None:
        self._session = pool.session(card, "mesh.tflite")

    def fit(self, image: Image, faces: Faces) -> Meshes:
        """Return the meshes of a picture's faces."""
        found = [self._fit(image, faces.boxes[i], faces.landmarks[i]) for i in range(len(faces))]
        scores = np.array([score for score, _ in found], np.float32)
        points = np.stack([p for _, p in found]) if found else np.zeros((0, POINTS, 3), np.float32)
        return Meshes(scores, points, image.shape[1] / image.shape[0])

    def _fit(self, image: Image, box: Floats, landmarks: Floats) -> tuple[float, Floats]:
        move = window(image, box, landmarks)
        seen = cv2.warpAffine(image, move, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        out = self._session.run({"": (seen[None] / 255).astype(np.float32)})
        points = next(v for v in out.values() if v.size == POINTS * 3)
        logit = next(v for v in out.values() if v.size == 1)
        score = 1 / (1 + np.exp(-float(np.asarray(logit, np.float64).ravel()[0])))
        return score, restore(np.asarray(points, np.float32).reshape(POINTS, 3), move, image)


def window(image: Image, box: Floats, landmarks: Floats) -> Floats:
    """Return the (2, 3) turn, scale and shift from the picture to the network's square around an upright face."""
    size = np.array([image.shape[1], image.shape[0]], np.float32)
    eyes = (landmarks[1] - landmarks[0]) * size
    angle = float(np.arctan2(eyes[1], eyes[0]))
    centre = (box[:2] + box[2:]) / 2 * size
    scale = SIDE / (AROUND * float(((box[2:] - box[:2]) * size).max()))
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]], np.float32)
    return np.hstack([turn, (np.float32(SIDE / 2) - turn @ centre)[:, None]]).astype(np.float32)


def restore(points: Floats, move: Floats, image: Image) -> Floats:
    """Move points (N, 3) from the network's square back to fractions of the picture, depth along."""
    back = np.asarray(cv2.invertAffineTransform(move), np.float32)
    flat = points[:, :2] @ back[:, :2].T + back[:, 2]
    scale = float(np.hypot(back[0, 0], back[1, 0]))
    h, w = image.shape[:2]
    return np.column_stack([flat[:, 0] / w, flat[:, 1] / h, points[:, 2] * scale / w]).astype(np.float32)


def _ratio(points: Floats, height: tuple[int, int], width: tuple[int, int]) -> float:
    tall = np.linalg.norm(points[height[0]] - points[height[1]])
    wide = np.linalg.norm(points[width[0]] - points[width[1]])
    return float(tall / max(float(wide), 1e-9))

"""How good a view of a face is: large, sharp, frontal and surely a face."""

from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces
from albumen.vision.quality.measure import measure

PIXELS = (12.0, 32.0)
SHARPNESS = (20.0, 45.0)
SURE = (0.55, 0.8)
TURNED = (0.9, 0.45)
"""Each ramp rises from worth nothing to good enough; a face turned so far hides half of itself."""


@dataclass(frozen=True)
class FaceQuality:
    """What can be measured of N faces; `worth` is 0 to 1, and from 0.5 on a face can stand for a person."""

    sharpness: Floats  # (N,) 0 to 100
    brightness: Floats  # (N,) 0 to 100
    pixels: Floats  # (N,) shorter side of the box
    worth: Floats  # (N,)


def assess(image: Image, faces: Faces) -> FaceQuality:
    """Measure the faces of a picture."""
    size = np.array([image.shape[1], image.shape[0]], np.float32)
    boxes = (faces.boxes * np.tile(size, 2)).round().astype(np.int64)
    crops = [image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] for x0, y0, x1, y1 in boxes]
    seen = [measure(crop) for crop in crops]
    sharpness = np.array([q.sharpness for q in seen], np.float32)
    brightness = np.array([q.brightness for q in seen], np.float32)
    pixels = np.array([min(crop.shape[:2]) for crop in crops], np.float32)
    return FaceQuality(sharpness, brightness, pixels, worth(faces, size, sharpness, pixels))


def worth(faces: Faces, size: Floats, sharpness: Floats, pixels: Floats) -> Floats:
    """Return how far each face can be trusted to stand for a person, (N,): the worst of its ramps decides."""
    turned = turn(faces.landmarks * size)
    ramps = [_ramp(pixels, PIXELS), _ramp(sharpness, SHARPNESS), _ramp(faces.scores, SURE), _ramp(turned, TURNED)]
    return np.min(ramps, axis=0).astype(np.float32)


def turn(landmarks: Floats) -> Floats:
    """Return how far the nose is from amid the eyes, in eye distances; landmarks (N, 5, 2) in pixels."""
    eyes = landmarks[:, 1] - landmarks[:, 0]
    distance = np.maximum(np.linalg.norm(eyes, axis=1), 1e-6)
    along = eyes / distance[:, None]
    middle = (landmarks[:, 0] + landmarks[:, 1]) / 2
    return np.abs(((landmarks[:, 2] - middle) * along).sum(1)) / distance


def _ramp(values: Floats, ends: tuple[float, float]) -> Floats:
    return np.clip((values - ends[0]) / (ends[1] - ends[0]), 0, 1).astype(np.float32)

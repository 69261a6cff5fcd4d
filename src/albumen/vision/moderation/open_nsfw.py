"""Open NSFW: scores how likely a picture is pornographic; it knows nothing of violence, drugs or hate."""

from collections.abc import Sequence

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.models.card import Card
from albumen.models.pool import Pool

SIDE = 224
RESIZED = 256
MEANS = (104.0, 117.0, 123.0)
"""What the network's training subtracted from blue, green and red."""
BATCH = 8


class OpenNsfw:
    """Score pictures with Yahoo's Open NSFW."""

    def __init__(self, card: Card, pool: Pool) -> None:
        self._session = pool.session(card, "model.onnx")

    def score(self, images: Sequence[Image]) -> Floats:
        """Return the probability that each picture is not safe for work, (n,): below 0.2 is safe, above 0.8 is not."""
        if not images:
            return np.zeros(0, np.float32)
        return np.concatenate([self._score(images[i : i + BATCH]) for i in range(0, len(images), BATCH)])

    def _score(self, images: Sequence[Image]) -> Floats:
        out = self._session.run({"": np.stack([tensor(image) for image in images])})
        return np.asarray(next(iter(out.values())), np.float32)[:, 1]


def tensor(image: Image) -> Floats:
    """Return a picture as the network's input: (224, 224, 3), BGR, without the means.

    It is squeezed to 256 x 256, saved and read as JPEG, and cropped, because the network was fitted to such pictures.
    """
    small = cv2.resize(image[:, :, ::-1], (RESIZED, RESIZED), interpolation=_how(image))
    _, saved = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 75])
    seen = np.asarray(cv2.imdecode(saved, cv2.IMREAD_COLOR), np.float32)
    edge = (RESIZED - SIDE) // 2
    return seen[edge : edge + SIDE, edge : edge + SIDE] - np.array(MEANS, np.float32)


def _how(image: Image) -> int:
    return cv2.INTER_AREA if min(image.shape[:2]) > RESIZED else cv2.INTER_LINEAR

"""EfficientNet-Lite: probabilities of the thousand ImageNet classes for a picture as a whole."""

from collections.abc import Sequence
from functools import cache
from importlib import resources

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Labels
from albumen.models.card import Card
from albumen.models.pool import Pool

WIDE = 1.8
"""Up to this ratio of the sides a picture is seen once, in its middle; beyond, what is at the ends matters too."""


class EfficientNet:
    """Classify pictures with EfficientNet-Lite."""

    def __init__(self, card: Card, pool: Pool) -> None:
        self.card = card
        assert card.input is not None
        self._session = pool.session(card, "model.tflite")
        self._side = card.input.width
        self._scale = np.float32(card.options["output_scale"])

    def probabilities(self, images: Sequence[Image]) -> Floats:
        """Return class probabilities (n, 1000), averaged over the views of each picture."""
        if not images:
            return np.zeros((0, len(names())), np.float32)
        return np.stack([self._probabilities(image) for image in images])

    def labels(self, images: Sequence[Image], *, least: float = 0.1) -> list[Labels]:
        """Return the classes of each picture that have at least the probability `least`."""
        return [read(p, least) for p in self.probabilities(images)]

    def _probabilities(self, image: Image) -> Floats:
        found = [next(iter(self._session.run({"": view[None]}).values()))[0] for view in views(image, self._side)]
        return np.mean(np.asarray(found, np.float32) * self._scale, axis=0)


def views(image: Image, side: int) -> list[Image]:
    """Return undistorted squares of a picture: its middle, or of a long one two or three from end to end."""
    height, width = image.shape[:2]
    short, long = min(height, width), max(height, width)
    count = 1 if long <= short * WIDE else 2 if long <= 2 * short else 3
    starts = [(long - short) // 2] if count == 1 else [round(k * (long - short) / (count - 1)) for k in range(count)]
    seen = [image[at : at + short] if height > width else image[:, at : at + short] for at in starts]
    return [square(view, side) for view in seen]


def square(image: Image, side: int) -> Image:
    """Return a picture squeezed or stretched into a square of `side` pixels."""
    how = cv2.INTER_AREA if min(image.shape[:2]) > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=how), np.uint8)


def read(probabilities: Floats, least: float) -> Labels:
    """Return the classes with at least the probability `least`; two classes of one name become one."""
    found: dict[str, float] = {}
    for index in np.flatnonzero(probabilities >= least):
        found[names()[index]] = found.get(names()[index], 0.0) + float(probabilities[index])
    order = sorted(found, key=lambda name: -found[name])
    return Labels(tuple(order), np.array([found[name] for name in order], np.float32))


@cache
def names() -> tuple[str, ...]:
    """Return the English names of the classes, in the model's order."""
    text = resources.files("albumen.vision.labels").joinpath("data/imagenet.txt").read_text("utf-8")
    return tuple(text.splitlines())

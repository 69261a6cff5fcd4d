"""EfficientDet-Lite: finds up to 25 things of COCO's eighty categories in a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Objects
from albumen.models.card import Card
from albumen.models.pool import Pool
from albumen.models.runtimes import Tensor

UNUSED = "???"
"""The model numbers ninety categories, ten of which COCO never used."""


class EfficientDet:
    """Detect objects with EfficientDet-Lite, whose file removes overlapping boxes itself."""

    def __init__(self, card: Card, pool: Pool) -> None:
        self.card = card
        assert card.input is not None
        self._session = pool.session(card, "model.tflite")
        self._side = card.input.width

    def detect(self, images: Sequence[Image], *, least: float = 0.03) -> list[Objects]:
        """Return each picture's things with at least the confidence `least`, the surest first."""
        return [read(self._session.run({"": tensor(image, self._side)}), least) for image in images]


class Calibrated:
    """A detector whose confidences are the share of boxes that are right, as far as its card knows."""

    def __init__(self, detector: EfficientDet) -> None:
        self.card = detector.card
        self._detector = detector

    def detect(self, images: Sequence[Image], *, least: float = 0.03) -> list[Objects]:
        """Return each picture's things; `least` is asked of the confidence before calibration."""
        return [
            replace(found, scores=likely(found.scores, self.card.calibration))
            for found in self._detector.detect(images, least=least)
        ]


def likely(scores: Floats, calibration: Mapping[str, float]) -> Floats:
    """Return how often boxes with these scores are right: a logistic of the logit, or the scores as they are."""
    if "slope" not in calibration:
        return scores
    logit = np.log((scores + 0.001) / (1.001 - scores))
    return np.asarray(1 / (1 + np.exp(-calibration["bias"] - calibration["slope"] * logit)), np.float32)


def tensor(image: Image, side: int) -> Image:
    """Return a picture as the network's input, (1, side, side, 3)."""
    how = cv2.INTER_AREA if min(image.shape[:2]) > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=how), np.uint8)[None]


def read(outputs: Mapping[str, Tensor], least: float) -> Objects:
    """Return the model's outputs as objects: their names end in :3 boxes, :2 categories, :1 confidences."""
    by_end = {name.rsplit(":", 1)[-1]: np.asarray(value, np.float32)[0] for name, value in outputs.items()}
    boxes, kinds, scores = by_end["3"], by_end["2"].astype(np.int64), by_end["1"]
    valid: list[int] = [
        int(i) for i in np.argsort(-scores, kind="stable") if scores[i] >= least and names()[kinds[i]] != UNUSED
    ]
    return Objects(tuple(names()[int(kinds[i])] for i in valid), scores[valid], _upright(boxes[valid]))


def _upright(boxes: Floats) -> Floats:
    # the model says top, left, bottom, right
    return np.clip(boxes.reshape(-1, 4)[:, [1, 0, 3, 2]], 0, 1).astype(np.float32)


@cache
def names() -> tuple[str, ...]:
    """Return the categories by the model's number; `???` stands for numbers that are not used."""
    text = resources.files("albumen.vision.objects").joinpath("data/coco.txt").read_text("utf-8")
    return tuple(text.splitlines())

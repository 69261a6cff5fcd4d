"""What an image-text encoder is given of a picture."""

from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Floats, Image, check_shape
from albumen.core.findings import Faces, Objects
from albumen.vision.colours.shares import NAMES, Colours


@dataclass(frozen=True)
class Seen:
    """A picture and what other models found in it; an encoder takes of it what it needs."""

    image: Image
    labels: Floats
    """Probabilities of the ImageNet classes, (1000,)."""
    objects: Objects
    colours: Colours
    faces: Faces | None = None
    ages: Floats | None = None
    """Estimated years of each face, (N,), where somebody estimated them."""

    @classmethod
    def alone(cls, image: Image) -> "Seen":
        """Return a picture in which nothing was looked for, for encoders that ask nothing but its pixels."""
        nothing = Objects((), np.zeros(0, np.float32), np.zeros((0, 4), np.float32))
        return cls(image, np.zeros(1000, np.float32), nothing, Colours(np.zeros(len(NAMES), np.float32), 0.0))

    def __post_init__(self) -> None:
        check_shape("Seen.labels", self.labels, (1000,))
        if self.ages is not None:
            check_shape("Seen.ages", self.ages, (len(self.faces or ()),))

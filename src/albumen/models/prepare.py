"""Pixels to a model's input, as its card describes it."""

import numpy as np
import PIL.Image as pil
from PIL.Image import Resampling

from albumen.core.arrays import Image
from albumen.models.card import Input
from albumen.models.runtimes import Tensor

_INTERPOLATION = {"area": Resampling.BOX, "bilinear": Resampling.BILINEAR, "bicubic": Resampling.BICUBIC}


def prepare(image: Image, spec: Input) -> Tensor:
    """Return one image as the card's model wants it, with a batch of one.

    Pillow's filters widen when an image shrinks, as they did when the models of the hub were trained.
    """
    pixels = _fitted(_resized(image, spec), spec)
    if spec.channels == "bgr":
        pixels = pixels[..., ::-1]
    if spec.dtype == "float32":
        gain = np.float32(spec.scale) / np.array(spec.std, np.float32)
        pixels = pixels * gain - np.array(spec.mean, np.float32) / np.array(spec.std, np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1) if spec.layout == "nchw" else pixels)[None]


def _resized(image: Image, spec: Input) -> Image:
    across, down = spec.width / image.shape[1], spec.height / image.shape[0]
    size = (spec.width, spec.height)
    if spec.fit != "squash":
        scale = max(across, down) if spec.fit == "crop" else min(across, down)
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(pil.fromarray(image).resize(size, _INTERPOLATION[spec.interpolation], reducing_gap=3.0))


def _fitted(pixels: Image, spec: Input) -> Image:
    """Cut out the middle, or fill up with black to the right and below."""
    top, left = max(0, (pixels.shape[0] - spec.height) // 2), max(0, (pixels.shape[1] - spec.width) // 2)
    seen = pixels[top : top + spec.height, left : left + spec.width]
    if seen.shape[:2] == (spec.height, spec.width):
        return seen
    full = np.zeros((spec.height, spec.width, 3), np.uint8)
    full[: seen.shape[0], : seen.shape[1]] = seen
    return full

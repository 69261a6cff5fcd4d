"""YuNet: finds faces and five landmarks each, at one scale or with tiles for small faces."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image, Ints
from albumen.core.findings import Faces
from albumen.models.card import Card
from albumen.models.pool import Pool

SIDE = 640
"""The network sees squares of this many pixels."""
STRIDES = (8, 16, 32)
OVERLAP = 192
"""Pixels that neighbouring tiles share: a face up to that size lies whole in one of them."""
ENLARGE = 2.0
"""A small picture is enlarged by this factor at most."""


class View(NamedTuple):
    """One square that the network sees: its pixels, where it lies in the scaled picture, and that picture's scale."""

    pixels: Image  # (SIDE, SIDE, 3) RGB
    left: int
    top: int
    scale: float
    width: int  # of the scaled picture
    height: int


class Candidates(NamedTuple):
    """Raw finds in pixels: scores (N,), boxes (N, 4) as left, top, right, bottom, and landmarks (N, 5, 2)."""

    scores: Floats
    boxes: Floats
    landmarks: Floats


class YuNet:
    """Detect faces with YuNet; `long_side` above 640 adds tiles, which find smaller faces for more time."""

    def __init__(self, card: Card, pool: Pool, *, long_side: int = SIDE, least: float | None = None) -> None:
        self._session = pool.session(card, "model.onnx")
        self._long_side = long_side
        self._least = card.calibration["least"] if least is None else least
        self._overlap = card.calibration["overlap"]

    def detect(self, images: Sequence[Image]) -> list[Faces]:
        """Return each picture's faces, the surest first."""
        return [self._detect(image) for image in images]

    def _detect(self, image: Image) -> Faces:
        seen = views(image, self._long_side)
        found = [place(decode(self._run(view), self._least), view) for view in seen]
        joined = Candidates(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
        return fractions(suppress(joined, self._overlap), image)

    def _run(self, view: View) -> dict[str, Floats]:
        out = self._session.run({"": tensor(view.pixels)})
        return {name: np.asarray(value, np.float32) for name, value in out.items()}


def views(image: Image, long_side: int) -> list[View]:
    """Return the whole picture in one square, and tiles of it at `long_side` where that is more than one square."""
    whole = _scaled(image, SIDE)
    seen = [_cut(whole, 0, 0, whole.shape[1] / image.shape[1])]
    if long_side > SIDE and max(image.shape[:2]) > SIDE:
        large = _scaled(image, min(long_side, max(image.shape[:2])))
        scale = large.shape[1] / image.shape[1]
        seen += [_cut(large, x, y, scale) for y in starts(large.shape[0]) for x in starts(large.shape[1])]
    return seen


def starts(length: int) -> list[int]:
    """Return where tiles begin along an edge of `length` pixels, evenly spread, overlapping by at least OVERLAP."""
    if length <= SIDE:
        return [0]
    count = -(-(length - OVERLAP) // (SIDE - OVERLAP))
    return [round(i * (length - SIDE) / (count - 1)) for i in range(count)]


def tensor(pixels: Image) -> Floats:
    """Return RGB pixels as the network's input: (1, 3, h, w), BGR, 0 to 255."""
    return np.ascontiguousarray(pixels[:, :, ::-1].transpose(2, 0, 1)[None], np.float32)


def decode(out: dict[str, Floats], least: float) -> Candidates:
    """Turn the heads of the three strides into candidates of at least the score `least`, in pixels of the square."""
    parts = [_decode_stride(out, stride, least) for stride in STRIDES]
    return Candidates(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def place(found: Candidates, view: View) -> Candidates:
    """Move candidates from a square to the picture's own pixels; drop those that an inner edge of a tile cuts."""
    right, bottom = view.left + SIDE, view.top + SIDE
    left_ok = (found.boxes[:, 0] > 1) | (view.left == 0)
    top_ok = (found.boxes[:, 1] > 1) | (view.top == 0)
    right_ok = (found.boxes[:, 2] < SIDE - 1) | (right >= view.width)
    bottom_ok = (found.boxes[:, 3] < SIDE - 1) | (bottom >= view.height)
    keep = left_ok & top_ok & right_ok & bottom_ok
    shift = np.array([view.left, view.top], np.float32)
    boxes = (found.boxes[keep] + np.tile(shift, 2)) / view.scale
    landmarks = (found.landmarks[keep] + shift) / view.scale
    return Candidates(found.scores[keep], boxes.astype(np.float32), landmarks.astype(np.float32))


def suppress(found: Candidates, overlap: float) -> Candidates:
    """Keep the surest of candidates that overlap by more than `overlap` (intersection over union), surest first."""
    order = np.argsort(-found.scores, kind="stable")
    kept: list[int] = []
    while len(order):
        best, rest = int(order[0]), order[1:]
        kept.append(best)
        order = rest[_shared(found.boxes[best], found.boxes[rest]) <= overlap]
    return Candidates(found.scores[kept], found.boxes[kept], found.landmarks[kept])


def fractions(found: Candidates, image: Image) -> Faces:
    """Return faces in fractions of the picture; boxes end at its border, landmarks may lie beyond."""
    size = np.array([image.shape[1], image.shape[0]], np.float32)
    boxes = np.clip(found.boxes / np.tile(size, 2), 0, 1)
    seen = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    scores = np.clip(found.scores, 0, 1)
    return Faces(scores=scores[seen], boxes=boxes[seen], landmarks=(found.landmarks / size)[seen])


def _scaled(image: Image, long_side: int) -> Image:
    h, w = image.shape[:2]
    scale = min(long_side / max(h, w), ENLARGE)
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)


def _cut(scaled: Image, left: int, top: int, scale: float) -> View:
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    part = scaled[top : top + SIDE, left : left + SIDE]
    pixels[: part.shape[0], : part.shape[1]] = part
    return View(pixels, left, top, scale, scaled.shape[1], scaled.shape[0])


def _decode_stride(out: dict[str, Floats], stride: int, least: float) -> Candidates:
    score = np.sqrt(np.clip(out[f"cls_{stride}"], 0, 1) * np.clip(out[f"obj_{stride}"], 0, 1)).reshape(-1)
    at: Ints = np.flatnonzero(score >= least)
    cell = np.stack([at % (SIDE // stride), at // (SIDE // stride)], axis=1).astype(np.float32)
    raw = out[f"bbox_{stride}"].reshape(-1, 4)[at]
    centre, half = (cell + raw[:, :2]) * stride, np.exp(raw[:, 2:]) * (stride / 2)
    points = (out[f"kps_{stride}"].reshape(-1, 5, 2)[at] + cell[:, None]) * stride
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    return Candidates(score[at], boxes.astype(np.float32), points.astype(np.float32))


def _shared(box: Floats, boxes: Floats) -> Floats:
    inner = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    both = np.prod(np.clip(inner, 0, None), axis=1)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return both / np.maximum(area - both, 1e-9)

"""Stand-ins for models: what they see is painted into the picture, so that answers can be told in advance."""

import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow

from albumen.aws_api.services.rekognition import Tasks
from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces, Objects, Words
from albumen.vision.faces.similarity import Likeness
from albumen.vision.labels.efficientnet import names
from albumen.vision.quality.measure import measure

RED, GREEN, BLUE, GREY = (220, 20, 20), (20, 220, 20), (20, 20, 220), (128, 128, 128)
"""Red is Alice, green is Bob, blue is a dog, grey is nobody."""


def picture(*colours: tuple[int, int, int], size: int = 160, kind: str = "PNG") -> bytes:
    """Return a picture with one upright stripe a colour."""
    pixels = np.zeros((size, size * max(1, len(colours)), 3), np.uint8)
    for i, colour in enumerate(colours):
        pixels[:, i * size : (i + 1) * size] = colour
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, kind, quality=95)
    return out.getvalue()


def stripes(image: Image) -> list[tuple[tuple[int, int, int], Floats]]:
    """Return the colours seen from left to right and the box of each."""
    row = image[image.shape[0] // 2].astype(int)
    cuts = [0, *(np.flatnonzero(np.abs(np.diff(row, axis=0)).sum(axis=1) > 60) + 1), len(row)]
    found = []
    for a, b in pairwise(cuts):
        if b - a >= 8:
            colour = tuple(int(v) for v in np.median(row[a:b], axis=0))
            found.append((colour, np.array([a / len(row), 0.1, b / len(row), 0.9], np.float32)))
    return found


def who(colour: tuple[int, int, int]) -> str:
    if max(colour) - min(colour) < 60:
        return ""
    return ("alice", "bob", "dog")[int(np.argmax(colour))]


class FakeTagger:
    def probabilities(self, images: Sequence[Image], /) -> Floats:
        out = np.full((len(images), len(names())), 1e-5, np.float32)
        for i, image in enumerate(images):
            seen = {who(c) for c, _ in stripes(image)}
            if "dog" in seen:
                out[i, names().index("golden retriever")] = 0.6
                out[i, names().index("Labrador retriever")] = 0.3
        return out


class FakeDetector:
    def detect(self, images: Sequence[Image], /) -> list[Objects]:
        return [self._one(image) for image in images]

    def _one(self, image: Image) -> Objects:
        found = [("dog" if who(c) == "dog" else "person", box) for c, box in stripes(image) if who(c)]
        boxes = np.array([b for _, b in found], np.float32).reshape(-1, 4)
        return Objects(tuple(n for n, _ in found), np.full(len(found), 0.9, np.float32), boxes)


class FakeFaces:
    def detect(self, images: Sequence[Image], /) -> list[Faces]:
        return [self._one(image) for image in images]

    def _one(self, image: Image) -> Faces:
        boxes = np.array([b for c, b in stripes(image) if who(c) in ("alice", "bob")], np.float32).reshape(-1, 4)
        at = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)
        size = (boxes[:, None, 2:] - boxes[:, None, :2]) if len(boxes) else np.zeros((0, 1, 2), np.float32)
        return Faces(np.full(len(boxes), 0.95, np.float32), boxes, (boxes[:, None, :2] + at * size).astype(np.float32))

    def embed(self, image: Image, faces: Faces, /) -> Floats:
        height, width = image.shape[:2]
        out = np.zeros((len(faces), 8), np.float32)
        for i, (left, top, right, bottom) in enumerate(faces.boxes):
            x, y = int((left + right) / 2 * width), int((top + bottom) / 2 * height)
            out[i, :3] = image[y, x].astype(np.float32) / 255
            out[i] /= np.linalg.norm(out[i])
        return out


class FakeReader:
    def read(self, images: Sequence[Image], /) -> list[Words]:
        box = np.array([[0.1, 0.1], [0.4, 0.1], [0.4, 0.2], [0.1, 0.2]], np.float32)
        shift = np.array([[0.0, 0.0], [0.4, 0.0], [0.0, 0.3]], np.float32)
        words = Words(
            ("Hello", "world", "faint"), np.array([0.99, 0.95, 0.5], np.float32), box + shift[:, None], (0, 0, 1)
        )
        none = Words((), np.zeros(0, np.float32), np.zeros((0, 4, 2), np.float32), ())
        return [words if image.mean() > 20 else none for image in images]


class FakeModerator:
    def score(self, images: Sequence[Image], /) -> Floats:
        return np.array([0.9 if "alice" in {who(c) for c, _ in stripes(i)} else 0.01 for i in images], np.float32)


def tasks() -> Tasks:
    faces: Any = FakeFaces()
    return Tasks(
        tagger=FakeTagger(),
        classes=names(),
        detector=FakeDetector(),
        face_finder=faces,
        face_embedder=faces,
        face_scale=Likeness(accept=0.6, slope=20),
        reader=FakeReader(),
        moderator=FakeModerator(),
        quality=measure,
    )


def clip(
    path: Path, colours: Sequence[tuple[int, int, int]], *, fps: int = 10, seconds: int = 2, size: int = 160
) -> Path:
    """Write an MP4 that shows each colour for a while."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = size, size, "yuv420p", 4_000_000
        for colour in colours:
            pixels = np.zeros((size, size, 3), np.uint8) + np.array(colour, np.uint8)
            for _ in range(fps * seconds):
                out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode())
    return path

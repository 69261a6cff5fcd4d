"""Small pictures and clips made on the spot."""

import io
from collections.abc import Iterable
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image as Pillow

from albumen.core.arrays import Image

HEIC = Path(__file__).with_name("texture.heic")
"""`texture(64, 48)` as HEIC, for which no permissively licensed encoder is at hand."""


def texture(width: int, height: int, *, seed: int = 0) -> Image:
    """Return soft coloured blobs: something with detail that survives compression."""
    coarse = np.random.default_rng(seed).integers(0, 256, (7, 11, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def encoded(pixels: Image, format: str, **options: object) -> bytes:
    """Encode pixels by Pillow."""
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, format, **options)
    return out.getvalue()


def pan(seed: int, frames: int, *, width: int = 320, height: int = 180) -> list[Image]:
    """Return frames of a camera that moves over a texture."""
    wide = texture(width * 2, height, seed=seed)
    return [np.ascontiguousarray(wide[:, 2 * i : 2 * i + width]) for i in range(frames)]


def clip(frames: Iterable[Image], *, rate: int = 25, gop: int = 12, format: str = "mp4", codec: str = "mpeg4") -> bytes:
    """Encode frames as a video."""
    out = io.BytesIO()
    with av.open(out, "w", format=format) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.pix_fmt, stream.gop_size, stream.bit_rate = "yuv420p", gop, 2_000_000
        for number, pixels in enumerate(frames):
            if number == 0:
                stream.height, stream.width = pixels.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()

# pyright: reportUnknownMemberType=false
"""Makes the photo with a date and a place, and the short film, that the web app's tests import."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

WIDE, HIGH, FRAMES = 320, 240, 72


def make_dated(source: Path, target: Path) -> None:
    """Write a copy as JPEG, taken in Rome on 14 July 2019, whose caption tries to be markup."""
    exif = Image.Exif()
    exif[0x010E] = "<img src=x onerror=alert(1)>"
    exif.get_ifd(0x8769).update({0x9003: "2019:07:14 18:05:30", 0x9011: "+02:00"})
    lat = (Fraction(41), Fraction(53), Fraction(25))
    lon = (Fraction(12), Fraction(29), Fraction(32))
    exif.get_ifd(0x8825).update({1: "N", 2: lat, 3: "E", 4: lon})
    with Image.open(source) as picture:
        picture.convert("RGB").rotate(8).save(target, quality=90, exif=exif)


def make_film(source: Path, target: Path) -> None:
    """Write three seconds in which the camera moves over a photo."""
    with Image.open(source) as picture:
        canvas = np.asarray(picture.convert("RGB").resize((WIDE + FRAMES, HIGH)))
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        for at in range(FRAMES):
            view = np.ascontiguousarray(canvas[:, at : at + WIDE])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(view, format="rgb24")))
        container.mux(stream.encode())

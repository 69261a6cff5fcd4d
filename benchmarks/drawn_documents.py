"""Documents drawn with Pillow whose words, tables, pairs and check boxes are known exactly."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")
PROSE = [
    "the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog", "while", "seven", "wizards", "quietly",
    "examine", "the", "broken", "clock", "and", "write", "down", "what", "they", "find", "for", "the", "people",
    "who", "come", "after", "them", "in", "the", "morning", "with", "fresh", "bread", "and", "plenty", "of", "good",
    "questions",
]  # fmt: skip
LANGUAGES = {
    "en": "The meeting was moved to Thursday because of rain",
    "de": "Die Prüfung fällt wegen großer Übelkeit des Kükens aus",
    "fr": "Le garçon français a déjà mangé où était la forêt",
    "es": "El niño pequeño soñó con un pingüino en la montaña",
    "it": "Perché la città è così bella di sera",
    "pt": "A criança não quer pão amanhã às três",
    "nl": "De reünie begint zaterdag om drie uur",
    "pl": "Zażółć gęślą jaźń przed północą",
    "sv": "Räksmörgås på ön är väldigt gott",
    "tr": "Güneşli bir günde şarkı söylüyoruz",
}


@dataclass
class Drawn:
    """A page (h, w, 3) and what is on it: words in reading order, table grids, pairs, and ticked or empty boxes."""

    name: str
    image: NDArray[np.uint8]
    words: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)
    marks: dict[str, bool] = field(default_factory=dict)
    around: dict[str, str] = field(default_factory=dict)
    """What stands around its table: `title`, `footer`, and `heads`, the heading's texts joined by a bar."""


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the first of the usual fonts that is installed, or Pillow's own."""
    for name in FONTS:
        for place in ("", "/usr/share/fonts/truetype/dejavu/", "/usr/share/fonts/truetype/liberation/"):
            if not place or Path(place + name).exists():
                try:
                    return ImageFont.truetype(place + name, size)
                except OSError:
                    continue
    return ImageFont.load_default(size)


class Sheet:
    """White paper to draw on."""

    def __init__(self, width: int = 1240, height: int = 1754) -> None:
        self.picture = Image.new("RGB", (width, height), "white")
        self.draw = ImageDraw.Draw(self.picture)

    def text(self, x: int, y: int, text: str, size: int = 28) -> float:
        """Write a text and return where it ends."""
        self.draw.text((x, y), text, fill="black", font=font(size))
        return x + self.draw.textlength(text, font=font(size))

    def pixels(self, angle: float = 0) -> NDArray[np.uint8]:
        """Return the pixels, turned counter-clockwise by degrees on white."""
        turned = self.picture.rotate(angle, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
        return np.asarray(turned)


def prose(name: str, angle: float) -> Drawn:
    """Return a page of running text turned by an angle."""
    sheet = Sheet()
    lines = [" ".join(PROSE[(i + k) % len(PROSE)] for k in range(7)) for i in range(0, 84, 7)]
    for i, line in enumerate(lines):
        sheet.text(120, 150 + 60 * i, line)
    return Drawn(name, sheet.pixels(angle), " ".join(lines).split())


def columns() -> Drawn:
    """Return a page of two columns: the left one is read first."""
    sheet, words = Sheet(), list[str]()
    for x in (80, 660):
        for i in range(18):
            line = " ".join(PROSE[(i * 4 + k + x) % len(PROSE)] for k in range(4))
            sheet.text(x, 150 + 50 * i, line)
            words += line.split()
    return Drawn("two columns", sheet.pixels(), words)


def table(*, ruled: bool, merged: bool = False) -> Drawn:
    """Return a table of items, drawn with rules or not, its first row one merged cell or not."""
    heads = ["Item", "Quantity", "Unit price", "Amount"]
    rows = [[f"Article {n}", str(n), f"{n}.50", f"{n * n}.{n}0"] for n in range(1, 8)]
    grid = [heads, *rows]
    if merged:
        grid = [["All prices in euros", "", "", ""], *grid]
    sheet = Sheet()
    edges, top, step = (100, 420, 640, 880, 1120), 300, 70
    for r, row in enumerate(grid):
        for c, text in enumerate(row):
            sheet.text(edges[c] + 14, top + step * r + 16, text)
    if ruled:
        for r in range(len(grid) + 1):
            sheet.draw.line((edges[0], top + step * r, edges[-1], top + step * r), fill="black", width=2)
        for c, x in enumerate(edges):
            start = top + step if merged and 0 < c < len(edges) - 1 else top
            sheet.draw.line((x, start, x, top + step * len(grid)), fill="black", width=2)
    name = f"table {'ruled' if ruled else 'unruled'}{' merged' if merged else ''}"
    return Drawn(name, sheet.pixels(), " ".join(" ".join(row) for row in grid).split(), [grid])


def captioned() -> Drawn:
    """Return an undrawn table with a title over it, a heading and a note under it."""
    grid = [
        ["Region", "First half", "Second half"],
        *([f"Area {c}", f"{n}12.50", f"{n}08.25"] for n, c in enumerate("ABCD", 1)),
    ]
    title, footer = "Table 3: Sales by region", "* in thousands of euros"
    sheet = Sheet()
    sheet.text(100, 230, title)
    for r, row in enumerate(grid):
        for x, text in zip((100, 420, 760), row, strict=True):
            sheet.text(x, 300 + 64 * r, text)
    sheet.text(100, 300 + 64 * len(grid), footer, 24)
    words = " ".join([title, *(" ".join(row) for row in grid), footer]).split()
    return Drawn(
        "table captioned",
        sheet.pixels(),
        words,
        [grid],
        around={"title": title, "footer": footer, "heads": "|".join(grid[0])},
    )


def long_table() -> tuple[list[NDArray[np.uint8]], list[list[str]]]:
    """Return two pages that one drawn table goes on over, its heading repeated, and its whole grid."""
    heads, rows = ["Number", "Name", "Amount"], [[str(n), f"Customer {n}", f"{n * 7}.40"] for n in range(1, 31)]
    edges, pages = (100, 320, 800, 1120), list[NDArray[np.uint8]]()
    for number, (top, part) in enumerate(((420, rows[:18]), (140, rows[18:])), 1):
        sheet = Sheet()
        for r, row in enumerate([heads, *part]):
            for c, text in enumerate(row):
                sheet.text(edges[c] + 14, top + 62 * r + 14, text)
        for r in range(len(part) + 2):
            sheet.draw.line((edges[0], top + 62 * r, edges[-1], top + 62 * r), fill="black", width=2)
        for x in edges:
            sheet.draw.line((x, top, x, top + 62 * (len(part) + 1)), fill="black", width=2)
        sheet.text(580, 1690, str(number), 24)
        pages.append(sheet.pixels())
    return pages, [heads, *rows]


def form() -> Drawn:
    """Return a form with keys, values and check boxes."""
    sheet = Sheet()
    pairs = {"Name:": "Ada Lovelace", "Date of birth:": "10/12/1815", "City:": "London", "Policy number:": "A 4711 88"}
    marks = {"Married": True, "Single": False, "Pensioner": False, "Student": True}
    for i, (key, value) in enumerate(pairs.items()):
        end = sheet.text(100, 200 + 80 * i, key)
        sheet.text(int(end) + 20, 200 + 80 * i, value)
    for i, (label, ticked) in enumerate(marks.items()):
        y = 600 + 70 * i
        sheet.draw.rectangle((100, y, 130, y + 30), outline="black", width=2)
        if ticked:
            sheet.draw.line((104, y + 4, 126, y + 26), fill="black", width=3)
            sheet.draw.line((126, y + 4, 104, y + 26), fill="black", width=3)
        sheet.text(150, y, label)
    words = " ".join([f"{k} {v}" for k, v in pairs.items()] + list(marks)).split()
    return Drawn("form", sheet.pixels(), words, pairs=pairs, marks=marks)


def languages() -> list[Drawn]:
    """Return one short page a language."""
    pages: list[Drawn] = []
    for code, text in LANGUAGES.items():
        sheet = Sheet(1240, 500)
        for i in range(3):
            sheet.text(80, 80 + 90 * i, text, 34)
        pages.append(Drawn(f"language {code}", sheet.pixels(), (text + " ").split() * 3))
    return pages


def everything() -> list[Drawn]:
    """Return every kind of page."""
    angles = (0, 90, 180, 270, 2, -3, 7, 15, 45, 100)
    return [
        *(prose(f"turned {angle}", angle) for angle in angles),
        columns(),
        table(ruled=True),
        table(ruled=False),
        table(ruled=True, merged=True),
        captioned(),
        form(),
        *languages(),
    ]

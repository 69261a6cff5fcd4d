"""One page of a file: its pixels, and the letters that a PDF holds."""

from dataclasses import dataclass

from albumen.core.arrays import Bools, Floats, Image


@dataclass(frozen=True)
class Glyphs:
    """The letters that a page itself holds, in its own order, and where they stand on the page's picture."""

    text: str
    boxes: Floats  # (n, 4) left, top, right, bottom in pixels
    turned: Bools  # (n,) whether a letter stands askew


@dataclass(frozen=True)
class Leaf:
    """One page of a file as pixels (h, w, 3); `glyphs` only where a PDF's page holds letters."""

    number: int
    image: Image
    glyphs: Glyphs | None = None

"""Files as pages: how many there are, and one at a time as upright pixels large enough to be read."""

from typing import BinaryIO

from albumen.core.errors import NotFound, Unsupported
from albumen.media import metadata, tiff
from albumen.media.formats import Format, Kind
from albumen.media.image import decode
from albumen.media.leaf import Leaf

LONGEST = 3508
"""Long side in pixels of a page as it is read: A4 at 300 dots an inch."""


def count(file: BinaryIO, format: Format) -> int:
    """Return how many pages an open PDF, TIFF or picture has."""
    match format:
        case Format.PDF:
            from albumen.media.pdf import open_pdf

            with open_pdf(file) as pdf:
                return pdf.count
        case Format.TIFF:
            return len(tiff.pages(file.read()))
        case _ if format.kind is Kind.IMAGE:
            return 1
        case _:
            raise Unsupported(f"A {format} file has no pages.")


def leaf(file: BinaryIO, format: Format, number: int) -> Leaf:
    """Return a page, counted from 1, of an open PDF, TIFF or picture."""
    match format:
        case Format.PDF:
            from albumen.media.pdf import open_pdf

            with open_pdf(file) as pdf:
                return pdf.leaf(number, longest=LONGEST)
        case Format.TIFF:
            return Leaf(number, tiff.page(file.read(), number, at_least=LONGEST))
        case _ if format.kind is Kind.IMAGE and number == 1:
            turn = metadata.read(file, format).orientation
            file.seek(0)
            return Leaf(1, decode(file.read(), format, orientation=turn, at_least=LONGEST).canvas)
        case _:
            raise NotFound(f"A {format} file has no page {number}.")

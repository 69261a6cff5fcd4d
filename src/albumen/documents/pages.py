"""Files to pages: PDF, TIFF of many pages and pictures, one at a time, with the text that a PDF holds."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from albumen.core.arrays import Image
from albumen.core.errors import MediaError, TooLarge, Unreadable, Unsupported
from albumen.documents import pdf
from albumen.documents.document import Line
from albumen.media import tiff
from albumen.media.formats import HEAD, Format, Kind, sniff
from albumen.media.leaf import Leaf
from albumen.media.pages import LONGEST, leaf

_MOST_PAGES = 3000


def _blank() -> Image:
    return np.full((140, 100, 3), 255, np.uint8)


@dataclass(frozen=True)
class Sheet:
    """One page as pixels (h, w, 3); `lines` are the words that a PDF itself holds, None where they must be read.

    A page that is damaged is blank, and `fault` says in a sentence what is wrong with it.
    """

    number: int
    image: Image = field(default_factory=_blank)
    lines: tuple[Line, ...] | None = None
    fault: str = ""


class Opens(Protocol):
    """Opens pages of files elsewhere, as `albumen.media.sandbox.Sandbox` does in child processes with limits."""

    def page(self, path: Path, number: int, /) -> Future[Leaf]:
        """Queue one page, counted from 1."""
        ...


def open_sheets(source: bytes | Path, *, sandbox: Opens | None = None) -> Iterator[Sheet]:
    """Yield the pages of a PDF, TIFF or picture; only one is in memory at a time, and a damaged one stops no other.

    A `MediaError` says what is wrong with a file of which no page can be read. The pages of a file, not of bytes, can
    be drawn in a sandbox, so that a page that hangs or wants too much memory costs that page.
    """
    data = source.read_bytes() if isinstance(source, Path) else source
    format = _format(data)
    boxed = _boxed(sandbox, source) if sandbox is not None and isinstance(source, Path) else None
    if format is not Format.PDF:
        count = len(tiff.pages(data)) if format is Format.TIFF else 1
        yield from _sheets(_few(count), boxed or partial(_leaf, data, format))
        return
    from albumen.media.pdf import open_pdf

    with open_pdf(data, most_pages=_MOST_PAGES) as document:
        yield from _sheets(document.count, boxed or partial(document.leaf, longest=LONGEST))


def _boxed(sandbox: Opens, path: Path) -> Callable[[int], Leaf]:
    return lambda number: sandbox.page(path, number).result()


def sheet_of(leaf: Leaf) -> Sheet:
    """Return a page with the words that it holds."""
    return Sheet(leaf.number, leaf.image, pdf.lines(leaf.glyphs) if leaf.glyphs else None)


def _format(data: bytes) -> Format:
    if not data:
        raise Unreadable("The document is empty: it has no bytes; give a PDF, TIFF or picture.")
    found = Format.PDF if b"%PDF-" in data[:1024] else sniff(data[:HEAD])
    if found is None or (found is not Format.PDF and found.kind is not Kind.IMAGE):
        raise Unsupported("The document is no PDF, TIFF or picture that can be read; convert it to one.")
    return found


def _few(count: int) -> int:
    if count > _MOST_PAGES:
        raise TooLarge(f"The document has {count:,} pages and at most {_MOST_PAGES:,} are read; split it.")
    return count


def _leaf(data: bytes, format: Format, number: int) -> Leaf:
    return leaf(io.BytesIO(data), format, number)


def _sheets(count: int, read: Callable[[int], Leaf]) -> Iterator[Sheet]:
    """Yield pages 1 to `count`, those that are damaged as blank ones; raise if all are."""
    whole = 0
    for number in range(1, count + 1):
        try:
            sheet = sheet_of(read(number))
            whole += 1
        except MediaError as error:
            if not whole and number == count:
                raise
            sheet = Sheet(number, fault=str(error))
        yield sheet

"""Files to pages: PDF, TIFF of many pages and pictures, one at a time, with the text that a PDF holds."""

import contextlib
import io
import tempfile
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np

from albumen.core.arrays import Image
from albumen.core.errors import MediaError, TooLarge, Unreadable, Unsupported
from albumen.documents import pdf
from albumen.documents.document import Line
from albumen.media.formats import HEAD, Format, Kind, sniff
from albumen.media.leaf import Leaf
from albumen.media.pages import count, leaf

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
    """Opens files elsewhere, as `albumen.media.sandbox.Sandbox` does in child processes with limits."""

    def count(self, path: Path, /) -> Future[int]:
        """Queue the opening of a file; the future gives how many pages it has."""
        ...

    def page(self, path: Path, number: int, /) -> Future[Leaf]:
        """Queue one page, counted from 1."""
        ...


def open_sheets(source: bytes | Path, *, sandbox: Opens | None = None) -> Iterator[Sheet]:
    """Yield the pages of a PDF, TIFF or picture; only one is in memory at a time, and a damaged one stops no other.

    A `MediaError` says what is wrong with a file of which no page can be read. With a sandbox nothing but the first
    bytes is looked at here, so that what crashes, hangs or wants too much memory costs that file or page.
    """
    format = _format(_head(source))
    if sandbox is not None:
        with _as_file(source) as path:
            yield from _sheets(_few(sandbox.count(path).result()), lambda number: sandbox.page(path, number).result())
        return
    with _open(source) as file:
        yield from _sheets(_few(count(file, format)), lambda number: _leaf(file, format, number))


def _head(source: bytes | Path) -> bytes:
    with _open(source) as file:
        return file.read(HEAD)


def _open(source: bytes | Path) -> BinaryIO:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


@contextlib.contextmanager
def _as_file(source: bytes | Path) -> Generator[Path]:
    if isinstance(source, Path):
        yield source
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(source)
        file.flush()
        yield Path(file.name)


def sheet_of(leaf: Leaf) -> Sheet:
    """Return a page with the words that it holds."""
    return Sheet(leaf.number, leaf.image, pdf.lines(leaf.glyphs) if leaf.glyphs else None)


def _format(head: bytes) -> Format:
    if not head:
        raise Unreadable("The document is empty: it has no bytes; give a PDF, TIFF or picture.")
    found = sniff(head)
    if found is None or found.kind is Kind.VIDEO:
        raise Unsupported("The document is no PDF, TIFF or picture that can be read; convert it to one.")
    return found


def _few(found: int) -> int:
    if found > _MOST_PAGES:
        raise TooLarge(f"The document has {found:,} pages and at most {_MOST_PAGES:,} are read; split it.")
    return found


def _leaf(file: BinaryIO, format: Format, number: int) -> Leaf:
    file.seek(0)
    return leaf(file, format, number)


def _sheets(last: int, read: Callable[[int], Leaf]) -> Iterator[Sheet]:
    """Yield pages 1 to `last`, those that are damaged as blank ones; raise if all are."""
    whole = 0
    for number in range(1, last + 1):
        try:
            sheet = sheet_of(read(number))
            whole += 1
        except MediaError as error:
            if not whole and number == last:
                raise
            sheet = Sheet(number, fault=str(error))
        yield sheet

"""What a document says, as typed records: Document > Page > Line, Table, Pair, Mark, Signature, Region.

All positions are pixels of the upright page (`Page.width` x `Page.height`), x to the right, y down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from albumen.documents.placing import UPRIGHT, Placement

if TYPE_CHECKING:
    from typing import Any as DataFrame

    from albumen.documents.tables.joining import LongTable


class Box(NamedTuple):
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Return how wide it is."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return how tall it is."""
        return self.bottom - self.top

    @property
    def x(self) -> float:
        """Return the middle from left to right."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """Return the middle from top to bottom."""
        return (self.top + self.bottom) / 2

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies inside."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def beside(self, other: Box) -> float:
        """Return the share of the lower box's height that both share: 1 is the same row."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        return shared / max(min(self.height, other.height), 1e-6)

    def over(self, other: Box) -> float:
        """Return the share of the narrower box's width that both share: 1 is the same column."""
        shared = min(self.right, other.right) - max(self.left, other.left)
        return shared / max(min(self.width, other.width), 1e-6)


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around at least one box."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True)
class Word:
    """One written word: text, confidence 0 to 1, box, and whether a hand wrote it."""

    text: str
    confidence: float
    box: Box
    handwritten: bool = False


@dataclass(frozen=True)
class Line:
    """At least one word that is read as one line."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """Return its words joined by one space."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> Box:
        """Return the box around its words."""
        return around(word.box for word in self.words)

    @property
    def confidence(self) -> float:
        """Return the mean confidence of its words."""
        return sum(word.confidence for word in self.words) / len(self.words)


@dataclass(frozen=True)
class Mark:
    """A check box: whether it is ticked, confidence 0 to 1, and box."""

    selected: bool
    confidence: float
    box: Box


class CellKind(StrEnum):
    """What a cell is in its table."""

    BODY = "body"
    HEADER = "header"
    SECTION = "section"
    SUMMARY = "summary"


@dataclass(frozen=True)
class Cell:
    """A cell: first row and column (from 0), how many of each it covers, and what stands in it."""

    row: int
    column: int
    box: Box
    rows: int = 1
    columns: int = 1
    words: tuple[Word, ...] = ()
    marks: tuple[Mark, ...] = ()
    kind: CellKind = CellKind.BODY

    @property
    def text(self) -> str:
        """Return its words joined by one space."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class Table:
    """A grid of cells that cover it without overlap, in rows from the top; `ruled` says that lines draw it."""

    box: Box
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    ruled: bool = False
    confidence: float = 0.9
    title: Line | None = None
    footer: Line | None = None
    row_edges: tuple[float, ...] = ()
    column_edges: tuple[float, ...] = ()

    def grid(self) -> list[list[str]]:
        """Return the texts row by row; a merged cell's text stands in its first place."""
        texts = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            texts[cell.row][cell.column] = cell.text
        return texts

    def to_pandas(self) -> DataFrame:
        """Return a data frame, named by the header row if there is one; needs the package pandas."""
        from albumen.documents.frames import to_pandas

        return to_pandas(self)


@dataclass(frozen=True)
class Pair:
    """A key and its value: words, or check boxes, or nothing yet filled in."""

    key: tuple[Word, ...]
    value: tuple[Word, ...] = ()
    marks: tuple[Mark, ...] = ()
    confidence: float = 0.8

    @property
    def key_text(self) -> str:
        """Return the key's words joined by one space."""
        return " ".join(word.text for word in self.key)

    @property
    def text(self) -> str:
        """Return the value's words joined by one space."""
        return " ".join(word.text for word in self.value)


@dataclass(frozen=True)
class Signature:
    """A place where somebody signed."""

    box: Box
    confidence: float


class RegionKind(StrEnum):
    """What a part of a page is for."""

    TITLE = "title"
    HEADER = "header"
    FOOTER = "footer"
    SECTION = "section"
    PAGE_NUMBER = "page number"
    TEXT = "text"
    TABLE = "table"
    PAIRS = "pairs"
    FIGURE = "figure"
    LIST = "list"


@dataclass(frozen=True)
class Region:
    """A part of a page that is read as a whole."""

    kind: RegionKind
    box: Box
    lines: tuple[Line, ...] = ()
    table: Table | None = None
    confidence: float = 0.8


@dataclass(frozen=True)
class Page:
    """One page: what is written on it; `placement` leads from its upright pixels to those of the page in the file."""

    number: int
    width: int
    height: int
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    pairs: tuple[Pair, ...] = ()
    marks: tuple[Mark, ...] = ()
    signatures: tuple[Signature, ...] = ()
    regions: tuple[Region, ...] = ()
    source_width: int = 0
    source_height: int = 0
    placement: Placement = UPRIGHT

    @property
    def words(self) -> tuple[Word, ...]:
        """Return all words in reading order."""
        return tuple(word for line in self.lines for word in line.words)

    @property
    def text(self) -> str:
        """Return all lines, one a row."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Document:
    """Pages in order."""

    pages: tuple[Page, ...]
    notes: Mapping[int, str] = field(default_factory=dict[int, str])
    """What went wrong, by page number, for pages that could not be read."""

    @property
    def text(self) -> str:
        """Return the text of all pages, an empty line between them."""
        return "\n\n".join(page.text for page in self.pages)

    def tables(self) -> list[LongTable]:
        """Return the tables in order; one that goes on over pages is one."""
        from albumen.documents.tables.joining import joined

        return joined(self)

    def to_markdown(self) -> str:
        """Return the document as Markdown: headings, paragraphs, lists and tables in reading order."""
        from albumen.documents.markup import markdown

        return markdown(self)

    def to_html(self) -> str:
        """Return the document as an HTML fragment, with merged cells as spans."""
        from albumen.documents.markup import html

        return html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the document as plain lists and dictionaries for JSON, positions as fractions of the page."""
        from albumen.documents.plain import to_dict

        return to_dict(self)

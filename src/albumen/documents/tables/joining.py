"""Tables that go on over pages: parts with the same columns at the foot of one page and the head of the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from albumen.documents.document import Box, CellKind, Document, Page, Table

_EDGE = 0.03  # of the page's width: how far edges of columns may lie apart
_FOOT, _HEAD = 0.9, 0.1  # of the page's height: below and above stand footers and headers only


@dataclass(frozen=True)
class LongTable:
    """A table and the pages that it is on: its parts in order, each with its page's number."""

    parts: tuple[tuple[int, Table], ...]

    @property
    def title(self) -> str:
        """Return what stands over the first part."""
        first = self.parts[0][1].title
        return first.text if first else ""

    def grid(self) -> list[list[str]]:
        """Return the texts row by row; a heading that is repeated on a later page is left out there."""
        rows = list(self.parts[0][1].grid())
        heads = list(_heads(self.parts[0][1]))
        for _, part in self.parts[1:]:
            grid = part.grid()
            rows += grid[len(heads) :] if heads and grid[: len(heads)] == heads else grid
        return rows


def joined(document: Document) -> list[LongTable]:
    """Return the tables of a document in order, those that go on over pages as one."""
    found: list[list[tuple[int, Table]]] = []
    before: Page | None = None
    for page in document.pages:
        tables = sorted(page.tables, key=lambda t: t.box.top)
        if tables and before is not None and _goes_on(before, page, tables[0]):
            last = _lowest(before.tables)
            next(parts for parts in found if parts[-1][1] is last).append((page.number, tables.pop(0)))
        found += [[(page.number, table)] for table in tables]
        before = page
    return [LongTable(tuple(parts)) for parts in found]


def _goes_on(before: Page, page: Page, first: Table) -> bool:
    last = _lowest(before.tables)
    if last is None or last.columns != first.columns:
        return False
    below = any(_between(line.box, last.box.bottom, _FOOT * before.height) for line in before.lines)
    above = any(_between(line.box, _HEAD * page.height, first.box.top) for line in page.lines)
    pairs = zip(_edges(last, before.width), _edges(first, page.width), strict=True)
    return not below and not above and all(abs(a - b) < _EDGE for a, b in pairs)


def _lowest(tables: Sequence[Table]) -> Table | None:
    return max(tables, key=lambda table: table.box.bottom) if tables else None


def _between(box: Box, top: float, bottom: float) -> bool:
    return top < box.y < bottom


def _edges(table: Table, width: int) -> Sequence[float]:
    return [edge / width for edge in table.column_edges]


def _heads(table: Table) -> Iterator[list[str]]:
    heads = {cell.row for cell in table.cells if cell.kind is CellKind.HEADER}
    for number, row in enumerate(table.grid()):
        if number not in heads:
            return
        yield row

"""Words, check boxes, headers and titles of a table whose grid is known."""

import re
from collections.abc import Sequence
from dataclasses import replace

from albumen.documents.document import Box, Cell, CellKind, Line, Mark, Table, Word

_DIGIT = re.compile(r"\d")
_SUM = re.compile(r"\b(sub ?total|total|balance due|amount due|net pay|gross pay|summe|gesamt)\b", re.IGNORECASE)


def filled(table: Table, lines: Sequence[Line], marks: Sequence[Mark]) -> Table:
    """Give every word and mark that lies in the table to its nearest cell, and say which cells head it."""
    words: dict[tuple[int, int], list[Word]] = {}
    boxes: dict[tuple[int, int], list[Mark]] = {}
    for line in lines:
        for word in line.words:
            if _inside(table.box, word.box):
                words.setdefault(_place(table, word.box), []).append(word)
    for mark in marks:
        if _inside(table.box, mark.box):
            boxes.setdefault(_place(table, mark.box), []).append(mark)
    cells = [
        replace(c, words=tuple(words.get((c.row, c.column), ())), marks=tuple(boxes.get((c.row, c.column), ())))
        for c in table.cells
    ]
    return replace(table, cells=tuple(_named(cells, table)))


def without_marks(table: Table, kept: Sequence[Mark]) -> Table:
    """Return a table whose cells hold no other marks than those kept."""
    cells = (replace(cell, marks=tuple(mark for mark in cell.marks if mark in kept)) for cell in table.cells)
    return replace(table, cells=tuple(cells))


def _inside(table: Box, box: Box) -> bool:
    slack = 0.3 * box.height
    return table.left - slack <= box.x <= table.right + slack and table.top - slack <= box.y <= table.bottom + slack


def _place(table: Table, box: Box) -> tuple[int, int]:
    """Return row and column of the cell that holds the middle of a box, or else the nearest."""
    cell = min(table.cells, key=lambda c: _distance(c.box, box.x, box.y))
    return cell.row, cell.column


def _distance(box: Box, x: float, y: float) -> float:
    aside = max(box.left - x, 0.0, x - box.right)
    above = max(box.top - y, 0.0, y - box.bottom)
    return aside + above


def _named(cells: Sequence[Cell], table: Table) -> list[Cell]:
    heads = _header_rows(cells, table)
    return [replace(cell, kind=_kind(cell, cells, heads)) for cell in cells]


def _header_rows(cells: Sequence[Cell], table: Table) -> set[int]:
    """Return the first row if it reads like names over columns of values."""
    first = [c.text for c in cells if c.row == 0 and c.text]
    below = [c.text for c in cells if c.row > 0 and c.text]
    if table.rows < 2 or table.columns < 2 or len(first) < 2 or not below:
        return set()
    plain = sum(not _DIGIT.search(text) for text in first) / len(first)
    values = sum(bool(_DIGIT.search(text)) for text in below) / len(below)
    return {0} if plain == 1 and values > 0.25 and not any(text.endswith(":") for text in first) else set()


def _kind(cell: Cell, cells: Sequence[Cell], heads: set[int]) -> CellKind:
    if cell.row in heads:
        return CellKind.HEADER
    row = [c for c in cells if c.row == cell.row]
    if any(_SUM.search(c.text) for c in row if c.column <= 1):
        return CellKind.SUMMARY
    texts = [c for c in row if c.text]
    return CellKind.SECTION if len(texts) == 1 and texts[0].columns == len(row) > 2 else CellKind.BODY

"""All tables of a page: drawn grids first, then the texts outside them that line up."""

import re
from collections.abc import Sequence
from dataclasses import replace

from albumen.documents.document import Box, Line, Mark, Table
from albumen.documents.rules import Rules
from albumen.documents.tables import ruled, unruled
from albumen.documents.tables.filling import filled
from albumen.documents.tables.unruled import rows_of

_CAPTION = re.compile(r"^(table|tabelle|tableau|tabla|tabella|figure)\b|\btable\b", re.IGNORECASE)
_NOTE = re.compile(
    r"^([*†‡]|\(?\d\)|notes?\b|source\b|hinweis\b|quelle\b|anmerkung\b|nota\b|fuente\b|fonte\b)", re.IGNORECASE
)


def find(lines: Sequence[Line], marks: Sequence[Mark], rules: Rules, *, line_height: float) -> list[Table]:
    """Return the tables of a page from the top, filled."""
    drawn = [filled(t, lines, marks) for t in ruled.find(rules, line_height=line_height)]
    drawn = [t for t in drawn if sum(bool(c.words) for c in t.cells) >= 2 and not _coarse(t, lines)]
    free = [one for one in lines if not any(_within(one.box, t.box) for t in drawn)]
    free = [one for one in free if one.box.height < 1.7 * line_height and not _labels_mark(one, marks)]
    aligned = [filled(t, free, ()) for t in unruled.find(free, line_height=line_height)]
    tables = sorted([*drawn, *aligned], key=lambda t: (t.box.top, t.box.left))
    return [_titled(t, lines, line_height) for t in tables]


def _coarse(table: Table, lines: Sequence[Line]) -> bool:
    """Say whether a drawn cell holds a row of three texts or more: then the drawing is a frame, not the grid."""
    inside = [[one for one in lines if _within(one.box, cell.box)] for cell in table.cells]
    return any(len(row) >= 3 for texts in inside for row in rows_of(texts))


def _within(box: Box, table: Box) -> bool:
    return table.holds(box.x, box.y)


def _labels_mark(line: Line, marks: Sequence[Mark]) -> bool:
    """Say whether a check box stands right before, or inside, the line."""
    box = line.box
    return any(
        mark.box.beside(box) > 0.5 and -0.5 * box.width <= mark.box.right - box.left <= 1.0 * box.height
        and mark.box.right > box.left - 2.5 * box.height
        for mark in marks
    ) or any(mark.box.beside(box) > 0.5 and box.left < mark.box.x < box.right for mark in marks)  # fmt: skip


def _titled(table: Table, lines: Sequence[Line], height: float) -> Table:
    above = [
        one for one in lines
        if 0 < table.box.top - one.box.bottom < 2.5 * height and one.box.over(table.box) > 0.5
    ]  # fmt: skip
    caption = max((one for one in above if _CAPTION.search(one.text)), key=lambda one: one.box.bottom, default=None)
    below = [
        one for one in lines
        if -0.2 * height < one.box.top - table.box.bottom < 2.5 * height and one.box.over(table.box) > 0.5
    ]  # fmt: skip
    note = min((one for one in below if _NOTE.search(one.text)), key=lambda one: one.box.top, default=None)
    return replace(table, title=caption, footer=note)

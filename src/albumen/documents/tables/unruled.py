"""Tables without rules: rows of short texts whose columns line up and leave white between them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from albumen.documents.document import Box, Cell, Line, Table, around

_ROW_GAP = 1.6  # line heights of white between two rows of one table
_ALIGNED = 0.7  # line heights by which edges may differ and still line up


@dataclass
class _Row:
    lines: list[Line] = field(default_factory=list[Line])

    @property
    def box(self) -> Box:
        return around(line.box for line in self.lines)


def rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines grouped into rows from the top, each from the left."""
    rows: list[_Row] = []
    for line in sorted(lines, key=lambda one: one.box.y):
        if rows and rows[-1].lines[0].box.beside(line.box) > 0.5 and rows[-1].box.beside(line.box) > 0.5:
            rows[-1].lines.append(line)
        else:
            rows.append(_Row([line]))
    return [sorted(row.lines, key=lambda one: one.box.left) for row in rows]


def find(lines: Sequence[Line], *, line_height: float) -> list[Table]:
    """Return the tables that lines of text form by standing in columns."""
    tables: list[Table] = []
    for run in _runs(rows_of(lines), line_height):
        table = _table(run, line_height)
        if table is not None:
            tables.append(table)
    return tables


def _runs(rows: Sequence[Sequence[Line]], height: float) -> list[list[Sequence[Line]]]:
    """Return stretches of rows that stand close together and whose columns agree."""
    runs: list[list[Sequence[Line]]] = []
    current: list[Sequence[Line]] = []
    for row in rows:
        if current and not _follows(current, row, height):
            runs.append(current)
            current = []
        current.append(row)
    runs.append(current)
    return [trimmed for run in runs if len(trimmed := _trimmed(run)) >= 2]


def _follows(run: Sequence[Sequence[Line]], row: Sequence[Line], height: float) -> bool:
    above = around(line.box for line in run[-1])
    gap = min(line.box.top for line in row) - above.bottom
    if gap > _ROW_GAP * height:
        return False
    columns = _columns([line for r in run for line in r if len(r) > 1])
    if not columns:
        return True
    hits = [[c for c in columns if min(c[1], line.box.right) > max(c[0], line.box.left)] for line in row]
    return all(len(h) <= 1 for h in hits) or len(row) == 1


def _trimmed(run: Sequence[Sequence[Line]]) -> list[Sequence[Line]]:
    """Drop rows of a single text from both ends."""
    many = [i for i, row in enumerate(run) if len(row) > 1]
    return list(run[many[0] : many[-1] + 1]) if many else []


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Return the stretches from left to right that lines cover, merged where they overlap."""
    merged: list[tuple[float, float]] = []
    for left, right in sorted((line.box.left, line.box.right) for line in lines):
        if merged and left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _table(run: Sequence[Sequence[Line]], height: float) -> Table | None:
    full = [row for row in run if len(row) > 1]
    columns = _columns([line for row in full for line in row])
    if len(full) < 2 or len(columns) < 2 or not _lined_up(full, columns, height) or _prose(full):
        return None
    rows = _joined_rows(run, columns, height)
    box = around(line.box for row in rows for line in row)
    across = _edges([c[0] for c in columns], [c[1] for c in columns])
    spans = [around(line.box for line in row) for row in rows]
    down = _edges([s.top for s in spans], [s.bottom for s in spans])
    cells = tuple(
        Cell(r, c, Box(across[c], down[r], across[c + 1], down[r + 1]))
        for r in range(len(rows))
        for c in range(len(columns))
    )
    return Table(
        Box(across[0], box.top, across[-1], box.bottom), len(rows), len(columns), cells,
        confidence=0.8, row_edges=tuple(down), column_edges=tuple(across),
    )  # fmt: skip


def _edges(starts: Sequence[float], ends: Sequence[float]) -> list[float]:
    inner = [(end + start) / 2 for end, start in zip(ends, starts[1:], strict=False)]
    return [starts[0], *inner, ends[-1]]


def _lined_up(rows: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]], height: float) -> bool:
    """Say whether most columns are aligned left, right or in the middle in at least two rows."""
    good = 0
    for left, right in columns:
        boxes = [line.box for row in rows for line in row if left <= line.box.x <= right]
        sides = [[b.left for b in boxes], [b.right for b in boxes], [b.x for b in boxes]]
        good += len(boxes) >= 2 and any(_agree(side, _ALIGNED * height) for side in sides)
    return good >= max(2, 0.6 * len(columns))


def _agree(values: Sequence[float], tolerance: float) -> bool:
    """Say whether at least two values, and two thirds of them, lie close to the median."""
    near = int((np.abs(np.array(values) - np.median(values)) <= tolerance).sum())
    return near >= 2 and near * 3 >= 2 * len(values)


def _prose(rows: Sequence[Sequence[Line]]) -> bool:
    """Say whether the texts are too long for cells: columns of running text are no table."""
    return float(np.mean([len(line.words) for row in rows for line in row])) > 5


def _joined_rows(
    run: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]], height: float
) -> list[list[Line]]:
    """Give a row of one text to the row above when it goes on with a cell of that row."""
    gaps = [
        max(0.0, min(x.box.top for x in below) - max(x.box.bottom for x in above))
        for above, below in itertools.pairwise(run)
    ]
    usual = float(np.median(gaps)) if gaps else 0.0
    rows: list[list[Line]] = [list(run[0])]
    for row, gap in zip(run[1:], gaps, strict=True):
        if len(row) == 1 and gap < min(0.45 * height, 0.6 * usual) and _goes_on(rows[-1], row[0], columns):
            rows[-1].append(row[0])
        else:
            rows.append(list(row))
    return rows


def _goes_on(above: Sequence[Line], line: Line, columns: Sequence[tuple[float, float]]) -> bool:
    column = next((c for c in columns if c[0] <= line.box.x <= c[1]), None)
    return column is not None and any(column[0] <= one.box.x <= column[1] for one in above)

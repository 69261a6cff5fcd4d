"""Tables without rules: rows of short texts whose columns line up and leave white between them."""

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from albumen.documents.document import Box, Cell, Line, Table, Word, around

_ROW_GAP = 1.6  # line heights of white between two rows of one table
_WIDE_GAP = 3.5  # the same where both rows hold as many texts
_STRIP = 0.55  # line heights of white that part two columns in every row
_SIGNS = ("$", "€", "£", "-", "+", "#")
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
    gutter = _gutter(lines, line_height)
    if gutter is not None:
        left = [one for one in lines if one.box.right <= gutter]
        right = [one for one in lines if one.box.left >= gutter]
        across = [one for one in lines if one.box.left < gutter < one.box.right]
        return [t for part in (left, right, across) for t in find(part, line_height=line_height)]
    tables: list[Table] = []
    for run in _runs(rows_of(lines), line_height):
        table = _table(_recut(run, line_height), line_height)
        if table is not None:
            tables.append(table)
    return tables


def _gutter(lines: Sequence[Line], height: float) -> float | None:
    """Return the white strip down a page that parts it into halves which are tables or text themselves."""
    if len(lines) < 12:
        return None
    strips = [strip for strip in _strips(lines, height) if _parts_evenly(lines, strip.middle)]
    best = min(strips, key=lambda s: (s.crossed, s.left - s.right), default=None)
    return best.middle if best and _both_whole(lines, best.middle) else None


class _Strip(NamedTuple):
    left: float
    right: float
    crossed: int  # lines that cross its clearest place

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def _strips(lines: Sequence[Line], height: float) -> list[_Strip]:
    """Return upright strips that few lines cross; lines nearly as wide as the page, such as footers, don't count."""
    start, end = min(one.box.left for one in lines), max(one.box.right for one in lines)
    step = 0.25 * height
    crossing = np.zeros(max(2, int((end - start) / step) + 1), np.int64)
    for box in (one.box for one in lines):
        if box.width < 0.45 * (end - start):
            crossing[int((box.left - start) / step) : int(np.ceil((box.right - start) / step))] += 1
    clear = np.concatenate(([False], crossing <= 0.1 * len(rows_of(lines)), [False]))
    runs = np.flatnonzero(np.diff(clear.astype(np.int8))).reshape(-1, 2).tolist()
    return [
        _Strip(start + a * step, start + b * step, int(crossing[a:b].min()))
        for a, b in runs
        if (b - a) * step > 1.2 * height
    ]


def _parts_evenly(lines: Sequence[Line], x: float) -> bool:
    """Say whether each side holds a fair part of the lines."""
    return 0.15 * len(lines) <= sum(one.box.x < x for one in lines) <= 0.85 * len(lines)


def _both_whole(lines: Sequence[Line], x: float) -> bool:
    """Say whether each side is more than a column of short texts, and stands in rows of its own now and then."""
    sides = [one for one in lines if one.box.right <= x], [one for one in lines if one.box.left >= x]
    rows = rows_of(lines)
    shared = sum(any(o.box.right <= x for o in row) and any(o.box.left >= x for o in row) for row in rows)
    whole = all(sum(len(row) > 1 for row in rows_of(side)) >= 3 or _prose([side]) for side in sides)
    return whole and shared < 0.8 * len(rows)


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


def _recut(run: Sequence[Sequence[Line]], height: float) -> list[list[Line]]:
    """Cut the lines of a run where all of its rows leave a strip white that is wider than a space between words."""
    covered = [span for row in run for line in row for span in _spans(line.words)]
    strips: list[float] = []
    reach = min(covered)[0]
    for left, right in sorted(covered):
        if left - reach > _STRIP * height:
            strips.append((left + reach) / 2)
        reach = max(reach, right)
    strips = _shared(strips, run)
    return [[piece for line in row for piece in _pieces(line, strips)] for row in run]


def _shared(strips: Sequence[float], run: Sequence[Sequence[Line]]) -> list[float]:
    """Drop strips behind which only one row has words, cut off a line: a heading of two words is one heading."""
    kept: list[float] = []
    for strip, end in itertools.pairwise([*strips, float("inf")]):
        rows = [row for row in run if any(strip < w.box.x < end for line in row for w in line.words)]
        cut = len(rows) == 1 and any(line.box.left < strip < line.box.right for line in rows[0])
        if not cut:
            kept.append(strip)
    return kept


def _spans(words: Sequence[Word]) -> list[tuple[float, float]]:
    """Return from where to where words reach; a sign reaches to the word it belongs to."""
    ends = [*(w.box.left for w in words[1:]), words[-1].box.right]
    return [
        (w.box.left, max(w.box.right, end) if w.text in _SIGNS else w.box.right)
        for w, end in zip(words, ends, strict=True)
    ]


def _pieces(line: Line, strips: Sequence[float]) -> list[Line]:
    groups: dict[int, list[Word]] = {}
    for word in line.words:
        groups.setdefault(bisect.bisect(strips, word.box.x), []).append(word)
    return [Line(tuple(words)) for words in groups.values()]


def _follows(run: Sequence[Sequence[Line]], row: Sequence[Line], height: float) -> bool:
    above = around(line.box for line in run[-1])
    gap = min(line.box.top for line in row) - above.bottom
    if gap > _room(run, row, height):
        return False
    columns = _columns([line for r in run for line in r if len(r) > 1])
    if not columns:
        return True
    boxes = [box for line in row for box in _cellwise(line)]
    hits = [[c for c in columns if min(c[1], box.right) > max(c[0], box.left)] for box in boxes]
    return all(len(h) <= 1 for h in hits) or len(row) == 1


def _cellwise(line: Line) -> list[Box]:
    """Return a line's box, or those of its words if all are numbers, as numbers close together may be cells."""
    numbers = all(any(letter.isdigit() for letter in word.text) for word in line.words)
    return [word.box for word in line.words] if numbers else [line.box]


def _room(run: Sequence[Sequence[Line]], row: Sequence[Line], height: float) -> float:
    """Return how far below a run its next row may stand: further where both hold as many texts, evenly spaced."""
    if len(row) < 2 or len(row) != len(run[-1]):
        return _ROW_GAP * height
    if len(run) == 1:
        return _WIDE_GAP * height
    before = min(line.box.top for line in run[-1]) - max(line.box.bottom for line in run[-2])
    return max(_ROW_GAP * height, 1.3 * before)


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
    lines = [line for row in rows for line in row]
    words = float(np.mean([len(line.words) for line in lines]))
    numbers = sum(any(letter.isdigit() for letter in line.text) for line in lines)
    return words > 5 or (words > 3 and numbers < 0.1 * len(lines))


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

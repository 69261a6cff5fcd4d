"""The order in which a page is read: columns from the left, each from the top; a table is one block."""

from collections.abc import Iterator, Sequence

import numpy as np

from albumen.documents.document import Box, Line, Table

_GUTTER = 1.5  # line heights of white between two columns, at least


def reading_order(lines: Sequence[Line], tables: Sequence[Table] = ()) -> list[Line]:
    """Return lines as people read them: columns from the left, each from the top; a table is one block.

    Method: recursive cuts along white gaps (Nagy and Seth, 1984), columns before rows where both are there.
    """
    if not lines:
        return []
    height = float(np.median([line.box.height for line in lines]))
    inside: dict[int, list[Line]] = {}
    free: list[_Block] = []
    for line in lines:
        table = next((i for i, t in enumerate(tables) if t.box.holds(line.box.x, line.box.y)), None)
        if table is None:
            free.append((line.box, [line]))
        else:
            inside.setdefault(table, []).append(line)
    held = [(tables[i].box, _rows(members)) for i, members in inside.items()]
    return [line for _, members in _cut([*free, *held], height) for line in members]


_Block = tuple[Box, list[Line]]


def _rows(lines: Sequence[Line]) -> list[Line]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.box.y):
        if rows and rows[-1][0].box.beside(line.box) > 0.5:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda one: one.box.left)]


def _cut(blocks: list[_Block], height: float) -> Iterator[_Block]:
    """Yield blocks in reading order, cutting between columns of running text and else between rows."""
    if len(blocks) <= 1:
        yield from blocks
        return
    columns = _parts(blocks, 0, _GUTTER * height)
    if len(columns) > 1 and all(_is_column(part, height) for part in columns):
        for part in columns:
            yield from _cut(part, height)
        return
    rows = _parts(blocks, 1, 0.0)
    if len(rows) > 1:
        for part in _merged(rows, height):
            yield from part if len(part) == 1 else _cut_inside(part, len(part) == len(blocks), height)
    else:
        yield from sorted(blocks, key=lambda b: (round(b[0].y / height), b[0].left))


def _cut_inside(part: list[_Block], whole: bool, height: float) -> Iterator[_Block]:
    if whole:
        yield from sorted(part, key=lambda b: (round(b[0].y / height), b[0].left))
    else:
        yield from _cut(part, height)


def _parts(blocks: Sequence[_Block], axis: int, gap: float) -> list[list[_Block]]:
    """Split blocks at white gaps along an axis: 0 across, 1 down."""
    ordered = sorted(blocks, key=lambda b: b[0][axis])
    parts = [[ordered[0]]]
    reach = ordered[0][0][axis + 2]
    for block in ordered[1:]:
        if block[0][axis] - reach > gap:
            parts.append([])
        parts[-1].append(block)
        reach = max(reach, block[0][axis + 2])
    return parts


def _is_column(part: Sequence[_Block], height: float) -> bool:
    """Say whether blocks are a column of running text: several lines, and wide ones."""
    if len(part) < 3:
        return False
    return float(np.median([box.width for box, _ in part])) > 8 * height


def _merged(rows: list[list[_Block]], height: float) -> list[list[_Block]]:
    """Put rows together again where the columns they form can be read as columns."""
    merged: list[list[_Block]] = []
    for row in rows:
        together = [*merged[-1], *row] if merged else []
        if together and len(row) > 1 and len(merged[-1]) > 1 and len(_parts(together, 0, _GUTTER * height)) > 1:
            merged[-1] = together
        else:
            merged.append(row)
    return merged

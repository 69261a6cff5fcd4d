"""How a page is read: order over columns, and its parts: titles, sections, paragraphs, lists, headers and footers."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from albumen.documents.document import Box, Line, Pair, Region, RegionKind, Table, Word, around

_BULLET = re.compile(r"^([•▪◦*·-]|\(?[a-z0-9]{1,2}[.)])$", re.IGNORECASE)
_NUMBER = re.compile(r"^(page|seite|p\.)?\s*\d{1,4}(\s*(/|of|von)\s*\d{1,4})?$", re.IGNORECASE)
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


def regions(
    lines: Sequence[Line], tables: Sequence[Table], pairs: Sequence[Pair], size: tuple[int, int]
) -> list[Region]:
    """Return the parts of a page of (width, height) in the order of its lines."""
    if not lines:
        return []
    height = float(np.median([line.box.height for line in lines]))
    found: list[Region] = []
    keys = {pair.key[0] for pair in pairs if not pair.marks}
    for group in _groups(lines, tables, height):
        box = around(line.box for line in group)
        table = next((t for t in tables if t.box.holds(group[0].box.x, group[0].box.y)), None)
        if table is not None:
            found.append(Region(RegionKind.TABLE, table.box, tuple(group), table))
        else:
            found.append(Region(_kind(group, keys, height, size, first=not found), box, tuple(group)))
    return found


def _groups(lines: Sequence[Line], tables: Sequence[Table], height: float) -> list[list[Line]]:
    """Join neighbouring lines into paragraphs and the lines of a table into one group."""
    groups: list[list[Line]] = []
    owner: list[int | None] = []
    for line in lines:
        table = next((i for i, t in enumerate(tables) if t.box.holds(line.box.x, line.box.y)), None)
        same_table = table is not None and bool(owner) and owner[-1] == table
        if groups and (same_table or (table is None and owner[-1] is None and _goes_on(groups[-1], line, height))):
            groups[-1].append(line)
        else:
            groups.append([line])
            owner.append(table)
    return groups


def _goes_on(group: Sequence[Line], line: Line, height: float) -> bool:
    last = group[-1].box
    alike = 0.75 < last.height / line.box.height < 1.35
    gap = line.box.top - last.bottom
    bullet = bool(_BULLET.match(line.words[0].text))
    return alike and -0.5 * height < gap < 0.8 * last.height and line.box.over(last) > 0.3 and not bullet


def _kind(group: Sequence[Line], keys: set[Word], height: float, size: tuple[int, int], *, first: bool) -> RegionKind:
    box = around(line.box for line in group)
    text = " ".join(line.text for line in group)
    edge = box.bottom < 0.07 * size[1] or box.top > 0.93 * size[1]
    if edge and _NUMBER.match(text):
        return RegionKind.PAGE_NUMBER
    if box.top > 0.93 * size[1]:
        return RegionKind.FOOTER
    tall = float(np.median([line.box.height for line in group]))
    if tall > 1.8 * height and len(text) < 80:
        return RegionKind.TITLE
    if box.bottom < 0.06 * size[1] and not first:
        return RegionKind.HEADER
    if tall > 1.25 * height and len(text) < 80 and len(group) <= 2:
        return RegionKind.SECTION
    if any(line.words[0] in keys for line in group):
        return RegionKind.PAIRS
    return RegionKind.LIST if _BULLET.match(group[0].words[0].text) else RegionKind.TEXT

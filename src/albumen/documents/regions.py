"""The parts of a page: titles, headers, sections, paragraphs, lists, pairs, tables, figures, footers, page numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from albumen.documents.document import Box, Line, Pair, Region, RegionKind, Table, around
from albumen.documents.form_areas import joined

BULLET = re.compile(r"^([•▪◦*·-]|\(?[a-z0-9]{1,2}[.)])$", re.IGNORECASE)
_NUMBER = re.compile(r"^(page|seite|p\.|pagina|página)?\s*\d{1,4}(\s*(/|of|von|de|sur|di)\s*\d{1,4})?$", re.IGNORECASE)
_TOP, _BOTTOM = 0.12, 0.95  # of the page: where headers end and footers begin
_LEADING = 0.8  # line heights between two lines of one paragraph, at most
_LOOSE = 1.2  # the same where both start at one edge
_APART = 1.5  # line heights between two texts of one row that are read together
_AFTER_KEY = 6.0  # the same after a colon
_SIZE = 1.55  # how much taller one of two lines of a paragraph may be


@dataclass(frozen=True)
class _Sheet:
    """What all groups of a page are judged by: its size, its usual line height, and the first words of its pairs."""

    width: float
    height: float
    tall: float
    tallest: float
    keys: frozenset[int]


def regions(
    lines: Sequence[Line],
    tables: Sequence[Table],
    pairs: Sequence[Pair],
    size: tuple[int, int],
    figures: Sequence[Box] = (),
) -> list[Region]:
    """Return the parts of a page of (width, height) in the order of its lines, figures where they stand among them."""
    held = [next((i for i, t in enumerate(tables) if t.box.holds(o.box.x, o.box.y)), None) for o in lines]
    free = [line for line, table in zip(lines, held, strict=True) if table is None]
    heights = [line.box.height for line in free or lines]
    keys = frozenset(id(pair.key[0]) for pair in pairs if not pair.marks)
    letters = [o.box.height for o in free if len(o.text) > 3 and o.box.width > o.box.height]
    tallest = max(letters, default=0.0)
    sheet = _Sheet(*size, float(np.median(heights)), tallest, keys) if lines else None
    found = [_plain(group, sheet) for group in _apart(free, size[1])] if sheet else []
    for i, table in enumerate(tables):
        inside = tuple(line for line, t in zip(lines, held, strict=True) if t == i)
        found.append(Region(RegionKind.TABLE, table.box, inside, table))
    if sheet:
        found = joined(_headed(found, sheet), [p.key[0] for p in pairs], width=size[0], tall=sheet.tall)
    return _ordered(found, lines, figures)


def entries(region: Region) -> list[list[Line]]:
    """Return the lines of each entry of a list: an entry starts with a bullet or a number."""
    found: list[list[Line]] = []
    for line in region.lines:
        if not found or BULLET.match(line.words[0].text):
            found.append([])
        found[-1].append(line)
    return found


def _ordered(found: Iterable[Region], lines: Sequence[Line], figures: Sequence[Box]) -> list[Region]:
    """Put parts in the order of their first lines, and each figure before the first part that stands lower."""
    place = {id(line): i for i, line in enumerate(lines)}
    found = [replace(r, lines=tuple(sorted(r.lines, key=lambda line: place[id(line)]))) for r in found]
    parts = sorted((r for r in found if r.lines), key=lambda r: place[id(r.lines[0])])
    for box in sorted(figures, key=lambda b: -b.top):
        at = next((i for i, r in enumerate(parts) if r.box.top > box.top), len(parts))
        parts.insert(at, Region(RegionKind.FIGURE, box, confidence=0.6))
    return parts


def _apart(lines: Sequence[Line], height: int) -> list[list[Line]]:
    """Return groups of lines that belong together; page numbers stand alone."""
    numbers = [line for line in lines if _is_page_number(line, height)]
    return [*_groups([line for line in lines if line not in numbers]), *([line] for line in numbers)]


def _is_page_number(line: Line, height: int) -> bool:
    return (line.box.bottom < _TOP * height or line.box.top > 0.9 * height) and bool(_NUMBER.match(line.text))


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Join lines that belong together, beside or under each other, directly or through others."""
    parent = list(range(len(lines)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    order = sorted(range(len(lines)), key=lambda i: lines[i].box.top)
    boxes = [line.box for line in lines]
    for at, i in enumerate(order):
        for j in order[at + 1 :]:
            if boxes[j].top - boxes[i].bottom > 2 * boxes[i].height:
                break
            if _together(lines[i], lines[j]):
                parent[root(j)] = root(i)
    groups: dict[int, list[Line]] = {}
    for i, line in enumerate(lines):
        groups.setdefault(root(i), []).append(line)
    return list(groups.values())


def _together(upper: Line, lower: Line) -> bool:
    a, b = upper.box, lower.box
    low, high = sorted((a.height, b.height))
    if high > _SIZE * low or (upper.text.isupper() and _small(lower.text)):
        return False
    if a.beside(b) > 0.6:
        first, second = (upper, lower) if a.left <= b.left else (lower, upper)
        room = _AFTER_KEY if first.text.endswith(":") else _APART
        return -low < second.box.left - first.box.right < room * low
    gap = b.top - a.bottom
    aligned = min(abs(a.left - b.left), abs(a.x - b.x), abs(a.right - b.right)) < 1.5 * high
    room = _LOOSE if abs(a.left - b.left) < 0.4 * low else _LEADING
    return -0.5 * low < gap < room * low and a.over(b) > 0.3 and aligned and _listed(upper, lower)


def _small(text: str) -> bool:
    """Say whether a text is written in small letters mostly: text in capitals above it is a heading."""
    return sum(map(str.islower, text)) > 0.5 * len(text)


def _listed(upper: Line, lower: Line) -> bool:
    """Say whether a bullet below goes on with a list: the line above starts with one too, or is indented after one."""
    if not BULLET.match(lower.words[0].text):
        return True
    return bool(BULLET.match(upper.words[0].text)) or upper.box.left > lower.box.left + 0.5 * lower.box.height


def _plain(group: Sequence[Line], sheet: _Sheet) -> Region:
    box = around(line.box for line in group)
    return Region(_kind(group, box, sheet), box, tuple(group))


def _kind(group: Sequence[Line], box: Box, sheet: _Sheet) -> RegionKind:
    text = " ".join(line.text for line in group)
    tall = float(np.median([line.box.height for line in group]))
    short = len(text) < 80 and len(group) <= 3
    if len(group) == 1 and _is_page_number(group[0], int(sheet.height)):
        return RegionKind.PAGE_NUMBER
    if tall > max(1.5 * sheet.tall, 0.85 * sheet.tallest) and short and box.top < 0.5 * sheet.height:
        return RegionKind.TITLE
    if box.top > _BOTTOM * sheet.height:
        return RegionKind.FOOTER
    if box.bottom < _TOP * sheet.height:
        return RegionKind.HEADER
    if tall > 1.25 * sheet.tall and short and len(group) <= 2:
        return RegionKind.SECTION
    if sum(id(line.words[0]) in sheet.keys for line in group) >= 3:
        return RegionKind.PAIRS
    return RegionKind.LIST if sum(bool(BULLET.match(line.words[0].text)) for line in group) > 1 else RegionKind.TEXT


def _headed(found: Sequence[Region], sheet: _Sheet) -> list[Region]:
    """Call a short line in capitals, or one larger than what it stands over, the heading of that."""
    return [
        Region(RegionKind.SECTION, one.box, one.lines)
        if one.kind is RegionKind.TEXT and _heads(one, found, sheet)
        else one
        for one in found
    ]


def _heads(one: Region, found: Sequence[Region], sheet: _Sheet) -> bool:
    text = one.lines[0].text
    if (
        len(one.lines) > 1
        or len(text) > 60
        or text.endswith((".", ",", ":"))
        or sum(map(str.isalpha, text)) < 0.6 * len(text)
    ):
        return False
    below = [
        r for r in found
        if 0 <= r.box.top - one.box.bottom < 3.5 * sheet.tall
        and r.box.over(one.box) > 0.5 and r.box.width > one.box.width
    ]  # fmt: skip
    if not below:
        return False
    under = min(below, key=lambda r: r.box.top)
    usual = float(np.median([o.box.height for o in under.lines]))
    return under.kind is RegionKind.TABLE or text.isupper() or one.box.height > 1.2 * usual

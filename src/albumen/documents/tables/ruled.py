"""Tables drawn with rules: bands between horizontal rules, cut by vertical ones, merged where a rule is missing."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from albumen.documents.document import Box, Cell, Table
from albumen.documents.rules import Rule, Rules


@dataclass(frozen=True)
class _Band:
    top: float
    bottom: float
    edges: tuple[float, ...]


def find(rules: Rules, *, line_height: float) -> list[Table]:
    """Return the tables whose grid is drawn: at least two cells side by side in a band of rules."""
    tolerance = max(4.0, 0.5 * line_height)
    tables: list[Table] = []
    for across, down in _connected(rules, tolerance):
        for bands in _stacks(_bands(across, down, tolerance), tolerance):
            tables.append(_table(bands, across, down, tolerance))
    return [t for t in tables if len(t.cells) >= 2]


def _connected(rules: Rules, tolerance: float) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Yield groups of rules that touch each other, horizontal and vertical ones."""
    groups: list[tuple[list[Rule], list[Rule]]] = [([rule], []) for rule in rules.across]
    for rule in rules.down:
        touched = [g for g in groups if any(_cross(a, rule, tolerance) for a in g[0])]
        groups = [g for g in groups if not any(g is t for t in touched)]
        across = [a for g in touched for a in g[0]]
        groups.append((across, [*(d for g in touched for d in g[1]), rule]))
    return (g for g in groups if len(g[0]) >= 2 and len(g[1]) >= 2)


def _cross(across: Rule, down: Rule, tolerance: float) -> bool:
    return (
        across.start - tolerance <= down.at <= across.end + tolerance
        and down.start - tolerance <= across.at <= down.end + tolerance
    )


def clusters(values: Iterable[float], tolerance: float) -> list[float]:
    """Return the means of values that lie within `tolerance` of the one before, in order."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= tolerance:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _bands(across: Sequence[Rule], down: Sequence[Rule], tolerance: float) -> list[_Band]:
    levels = clusters((rule.at for rule in across), tolerance)
    bands: list[_Band] = []
    for top, bottom in itertools.pairwise(levels):
        through = [r.at for r in down if r.start <= top + tolerance and r.end >= bottom - tolerance]
        bands.append(_Band(top, bottom, tuple(clusters(through, tolerance))))
    return bands


def _stacks(bands: Sequence[_Band], tolerance: float) -> list[list[_Band]]:
    """Group neighbouring bands that are cut alike; a band that is not cut ends a table."""
    stacks: list[list[_Band]] = []
    last: _Band | None = None
    for band in bands:
        if len(band.edges) >= 3:
            if last is not None and _alike(last, band, tolerance):
                stacks[-1].append(band)
            else:
                stacks.append([band])
        last = band if len(band.edges) >= 3 else None
    return [_with_heading(stack, bands, tolerance) for stack in stacks]


def _with_heading(stack: list[_Band], bands: Sequence[_Band], tolerance: float) -> list[_Band]:
    """Add the uncut band right above a stack when it is as wide and no taller than the rows: a merged heading."""
    place = bands.index(stack[0])
    above = bands[place - 1] if place else None
    if above is None or len(above.edges) != 2:
        return stack
    usual = sorted(band.bottom - band.top for band in stack)[len(stack) // 2]
    ends = abs(above.edges[0] - stack[0].edges[0]) + abs(above.edges[-1] - stack[0].edges[-1])
    fits = ends <= 2 * tolerance and above.bottom - above.top <= 1.2 * usual and len(stack) > 1
    return [above, *stack] if fits else stack


def _alike(a: _Band, b: _Band, tolerance: float) -> bool:
    shared = sum(any(abs(x - y) <= tolerance for y in b.edges) for x in a.edges)
    return shared >= 3 or shared >= min(len(a.edges), len(b.edges))


def _table(bands: Sequence[_Band], across: Sequence[Rule], down: Sequence[Rule], tolerance: float) -> Table:
    rows = [bands[0].top, *(band.bottom for band in bands)]
    columns = clusters((edge for band in bands for edge in band.edges), tolerance)
    owner = {(r, c): (r, c) for r in range(len(rows) - 1) for c in range(len(columns) - 1)}
    for r, c in owner:
        if c and not _covered(down, columns[c], rows[r], rows[r + 1], tolerance):
            owner[r, c] = owner[r, c - 1]
    for r, c in sorted(owner):
        open_above = r and not _covered(across, rows[r], columns[c], columns[c + 1], tolerance)
        if open_above and _same_run(owner, r, len(columns) - 1, c):
            owner[r, c] = owner[r - 1, c]
    box = Box(columns[0], rows[0], columns[-1], rows[-1])
    cells = _cells(owner, rows, columns)
    return Table(
        box, len(rows) - 1, len(columns) - 1, cells, ruled=True, row_edges=tuple(rows), column_edges=tuple(columns)
    )


def _covered(rules: Sequence[Rule], at: float, start: float, end: float, tolerance: float) -> bool:
    """Say whether a rule at a place runs along most of a stretch."""
    near = [r for r in rules if abs(r.at - at) <= tolerance]
    covered = sum(max(0.0, min(r.end, end) - max(r.start, start)) for r in near)
    return covered >= 0.6 * (end - start)


def _same_run(owner: dict[tuple[int, int], tuple[int, int]], row: int, columns: int, column: int) -> bool:
    """Say whether the cell above covers the same columns, so that joining the two leaves a rectangle."""
    above, here = owner[row - 1, column], owner[row, column]
    return all(
        (owner[row - 1, c] == above) == (owner[row, c] == here or owner[row, c] == above) for c in range(columns)
    )


def _cells(
    owner: dict[tuple[int, int], tuple[int, int]], rows: Sequence[float], columns: Sequence[float]
) -> tuple[Cell, ...]:
    places: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place, first in owner.items():
        places.setdefault(first, []).append(place)
    cells: list[Cell] = []
    for (row, column), members in sorted(places.items()):
        last_row, last_column = max(r for r, _ in members), max(c for _, c in members)
        box = Box(columns[column], rows[row], columns[last_column + 1], rows[last_row + 1])
        cells.append(Cell(row, column, box, last_row - row + 1, last_column - column + 1))
    return tuple(cells)

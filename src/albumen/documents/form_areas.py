"""Areas of a page that are a form: keys, values and check boxes standing beside and under each other, as one part."""

import itertools
from collections.abc import Sequence

from albumen.documents.document import Region, RegionKind, Word, around

_PIECES = frozenset((RegionKind.TEXT, RegionKind.PAIRS, RegionKind.LIST, RegionKind.FOOTER))
_ENOUGH = 4  # pieces, and keys, that make a form, at least
_ASIDE = 0.35  # of the page's width: white between two pieces of one row, at most
_UNDER = 1.5  # line heights between two pieces under each other, at most
_LONG = 4  # lines of running text: no piece of a form


def joined(found: Sequence[Region], keys: Sequence[Word], *, width: float, tall: float) -> list[Region]:
    """Return the parts of a page with the pieces of each form as one; lines keep the order of the parts."""
    named = {id(word) for word in keys}
    pieces = [r for r in found if r.kind in _PIECES and (len(r.lines) < _LONG or _keys(r, named))]
    groups = _groups(pieces, width, tall)
    forms = [g for g in groups if len(g) >= _ENOUGH and sum(_keys(r, named) for r in g) >= _ENOUGH]
    taken = {id(region) for group in forms for region in group}
    return [*(r for r in found if id(r) not in taken), *map(_form, forms)]


def _keys(region: Region, named: set[int]) -> int:
    return sum(id(word) in named for line in region.lines for word in line.words)


def _form(group: Sequence[Region]) -> Region:
    lines = tuple(line for region in group for line in region.lines)
    return Region(RegionKind.PAIRS, around(region.box for region in group), lines)


def _groups(pieces: Sequence[Region], width: float, tall: float) -> list[list[Region]]:
    """Join pieces that stand beside or under each other, directly or through others."""
    groups = [[piece] for piece in pieces]
    for a, b in itertools.combinations(pieces, 2):
        if _together(a, b, width, tall):
            first, second = (next(g for g in groups if any(r is one for r in g)) for one in (a, b))
            if first is not second:
                first += second
                groups = [g for g in groups if g is not second]
    return groups


def _together(a: Region, b: Region, width: float, tall: float) -> bool:
    if a.box.beside(b.box) > 0.3:
        return max(a.box.left, b.box.left) - min(a.box.right, b.box.right) < _ASIDE * width
    return max(a.box.top, b.box.top) - min(a.box.bottom, b.box.bottom) < _UNDER * tall and a.box.over(b.box) > 0

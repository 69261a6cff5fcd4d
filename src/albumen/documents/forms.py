"""Keys and their values: labels of check boxes, texts before a colon or number sign, labels beside or above values."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from albumen.documents.document import Cell, CellKind, Line, Mark, Pair, Table, Word, around
from albumen.documents.tables.unruled import rows_of

_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_VALUE = re.compile(r"\d|^(yes|no|none|n/a|ja|nein)$", re.IGNORECASE)
_CAPITALS = re.compile(r"^([0-9O]{1,2}[a-d]?\.? ?)?[A-Z][A-Z /.-]{1,24}$")
_FAR = 30.0  # line heights between a label and its value in one row, at most


@dataclass
class _Page:
    """The lines of a page and what of it is already part of a pair."""

    rows: list[list[Line]]
    used: set[Word] = field(default_factory=set[Word])

    def take(self, *groups: Iterable[Word]) -> None:
        for group in groups:
            self.used.update(group)

    def free(self, words: Iterable[Word]) -> bool:
        return not any(word in self.used for word in words)


def find(lines: Sequence[Line], marks: Sequence[Mark], tables: Sequence[Table]) -> list[Pair]:
    """Return the pairs of a page from the top; a word belongs to one pair at most."""
    page = _Page(rows_of(lines))
    pairs: list[Pair] = []
    gridded = {mark for table in tables for cell in table.cells if not cell.words for mark in cell.marks}
    sources = (
        _labelled(page, lines, [m for m in marks if m not in gridded]),
        _keyed(page),
        _tabled(page, tables),
        _over(page, lines),
        _beside(page),
    )
    for pair in itertools.chain.from_iterable(sources):
        page.take(pair.key, pair.value)
        pairs.append(pair)
    return sorted(pairs, key=lambda p: (around(w.box for w in p.key).top, p.key[0].box.left))


def _labelled(page: _Page, lines: Sequence[Line], marks: Sequence[Mark]) -> Iterator[Pair]:
    """Yield each check box with the words right of it, or else left of it."""
    for mark in marks:
        row = [line for line in lines if line.box.beside(mark.box) > 0.4]
        words = sorted((w for line in row for w in line.words), key=lambda w: w.box.left)
        others = [m.box.left for m in marks if m.box.beside(mark.box) > 0.4 and m.box.left > mark.box.right]
        right = [w for w in words if mark.box.x < w.box.left and w.box.right < min(others, default=float("inf")) + 2]
        label = _near(right, mark.box.right) or _near_left(words, mark)
        if label and page.free(label):
            yield Pair(label, (), (mark,), confidence=0.95 * mark.confidence)


def _near(words: Sequence[Word], start: float) -> tuple[Word, ...]:
    """Return the words that follow each other closely from a place on."""
    label: list[Word] = []
    for word in words:
        gap = word.box.left - (label[-1].box.right if label else start)
        if gap > (0.9 if label else 2.5) * word.box.height * 1.2 or (label and label[-1].text.endswith(":")):
            break
        label.append(word)
    return tuple(label)


def _near_left(words: Sequence[Word], mark: Mark) -> tuple[Word, ...]:
    label: list[Word] = []
    for word in reversed([w for w in words if w.box.right <= mark.box.left + 2]):
        gap = (label[0].box.left if label else mark.box.left) - word.box.right
        if gap > (0.9 if label else 2.0) * word.box.height:
            break
        label.insert(0, word)
    return tuple(label)


def _keyed(page: _Page) -> Iterator[Pair]:
    """Yield pairs whose key ends with a colon or a number sign."""
    for number, row in enumerate(page.rows):
        for place, line in enumerate(row):
            for key, value in _split(line.words):
                if not page.free(key):
                    continue
                if not _says(value) and (line.words[-1] in value or line.words[-1].text.endswith(":")):
                    value = (*value, *_right_of(page, row, place))
                found = value or _below(page, number, key)
                found = tuple(w for w in found if w not in page.used)
                yield Pair(key, found, confidence=0.93 if found else 0.5)


def _ends_key(word: Word, later: Sequence[Word]) -> bool:
    if word.text.endswith((":", "：")):
        return bool(_LETTER.search(word.text)) or word.text == ":"
    if word.text == "-" and not (later and later[0].text == "-"):
        return len(later) == 1 and bool(_DIGIT.search(later[0].text))
    return word.text.endswith("#") and bool(later) and bool(_VALUE.search(later[0].text) or later[0].text[0] == "*")


def _split(words: tuple[Word, ...]) -> list[tuple[tuple[Word, ...], tuple[Word, ...]]]:
    """Return the keys of a line with the words up to the next key."""
    ends = [i for i, word in enumerate(words) if _ends_key(word, words[i + 1 :])]
    starts = [0, *(_start(words, a + 1, b) for a, b in itertools.pairwise(ends))]
    limits = [*starts[1:], len(words)]
    return [
        (words[start : end + 1], words[end + 1 : limit])
        for start, end, limit in zip(starts, ends, limits, strict=False)
        if any(_LETTER.search(w.text) for w in words[start : end + 1])
    ]


def _start(words: Sequence[Word], first: int, end: int) -> int:
    """Return where the key that ends at `end` starts: after the last number, or the widest gap, before it."""
    numbers = [i for i in range(first, end) if _DIGIT.search(words[i].text)]
    if numbers:
        return numbers[-1] + 1
    gaps = [(words[i].box.left - words[i - 1].box.right, i) for i in range(first, end + 1)]
    return max(gaps)[1]


def _right_of(page: _Page, row: Sequence[Line], place: int) -> tuple[Word, ...]:
    """Return the line beside one that ends with a key, and the next ones while there are only signs: "(", ")"."""
    line, found = row[place], list[Word]()
    for other in row[place + 1 :]:
        far = other.box.left - line.box.right > _FAR * line.box.height
        if far or _split(other.words) or not page.free(other.words):
            break
        found.extend(other.words)
        line = other
        if _says(other.words):
            break
    return tuple(found)


def _says(words: Iterable[Word]) -> bool:
    return any(c.isalnum() for word in words for c in word.text)


def _below(page: _Page, number: int, key: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return the block of lines that stands right under a key, starting where it starts."""
    box = around(w.box for w in key)
    found: list[Word] = []
    bottom = box.bottom
    for row in page.rows[number + 1 :]:
        under = [line for line in row if abs(line.box.left - box.left) < 1.5 * box.height]
        if not under or under[0].box.top - bottom > 1.0 * box.height or _split(under[0].words):
            break
        found.extend(under[0].words)
        bottom = under[0].box.bottom
    return tuple(found) if page.free(found) else ()


def _tabled(page: _Page, tables: Sequence[Table]) -> Iterator[Pair]:
    for table in tables:
        yield from _free(page, itertools.chain(_row_pairs(table), _column_pairs(table), _stacked(table)))


def _free(page: _Page, pairs: Iterable[Pair]) -> Iterator[Pair]:
    for pair in pairs:
        if page.free(pair.key) and page.free(pair.value):
            yield pair


def _row_pairs(table: Table) -> Iterator[Pair]:
    """Yield the rows that hold a label and one value."""
    for row in range(table.rows):
        cells = [c for c in table.cells if c.row == row and c.words]
        if len(cells) < 2 or any(c.kind is CellKind.HEADER for c in cells):
            continue
        label, value = cells[0], cells[1]
        total = label.kind is CellKind.SUMMARY
        if (len(cells) == 2 or total) and _is_label(label) and _VALUE.search(value.text):
            yield Pair(label.words, value.words, confidence=0.9)


def _column_pairs(table: Table) -> Iterator[Pair]:
    """Yield header and value of a table that has one row of values."""
    if table.rows != 2 or table.columns < 3:
        return
    above = {c.column: c for c in table.cells if c.row == 0}
    for cell in table.cells:
        head = above.get(cell.column)
        if cell.row == 1 and cell.words and head and head.words and _is_label(head):
            yield Pair(head.words, cell.words, confidence=0.88)


def _stacked(table: Table) -> Iterator[Pair]:
    """Yield a small label and the value under it inside one drawn cell."""
    if not table.ruled or table.rows > 4:
        return
    for cell in table.cells:
        rows = rows_of([Line((w,)) for w in cell.words])
        if len(rows) == 2 and len(rows[0]) <= 6:
            key, value = ([w for line in row for w in line.words] for row in rows)
            if not any(_DIGIT.search(w.text) for w in key):
                yield Pair(tuple(key), tuple(value), confidence=0.85)


def _is_label(cell: Cell) -> bool:
    return len(cell.words) <= 6 and bool(_LETTER.search(cell.text)) and not _DIGIT.search(cell.text)


def _over(page: _Page, lines: Sequence[Line]) -> Iterator[Pair]:
    """Yield small capital labels, perhaps numbered, with the larger text right under each."""
    for label in lines:
        if not _CAPITALS.match(label.text) or not page.free(label.words):
            continue
        box, tall = label.box, max(w.box.height for w in label.words)
        under = [
            one for one in lines
            if -0.3 * tall < one.box.top - box.bottom < 1.2 * tall and -1.5 * tall < one.box.left - box.left < 4 * tall
        ]  # fmt: skip
        if len(under) == 1 and under[0].box.height > 1.2 * tall and page.free(under[0].words):
            yield Pair(label.words, under[0].words, confidence=0.8)


def _beside(page: _Page) -> Iterator[Pair]:
    """Yield rows of two texts, a label and a number, that are in no table."""
    for row in page.rows:
        if len(row) != 2:
            continue
        label, value = row
        plain = not _DIGIT.search(label.text) and _LETTER.search(label.text) and len(label.words) <= 5
        near = value.box.left - label.box.right < _FAR * label.box.height
        if plain and near and _DIGIT.search(value.text) and page.free(label.words) and page.free(value.words):
            yield Pair(label.words, value.words, confidence=0.7)

"""What was bought: rows between the heading and the sums, one or two rows an item."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from albumen.documents import facts
from albumen.documents.document import Table, Word
from albumen.documents.expense.field import Field, Row
from albumen.documents.expense.labels import AMOUNTS, label_of

_CODE = re.compile(r"\d{6,14}|[A-Z]{0,4}\d{4,}[A-Z0-9-]*")
_COUNT = re.compile(r"\d{1,4}(?:[.,]\d{1,3})?(?:pcs?|pce|x|×)?", re.IGNORECASE)
_THOUSANDTHS = re.compile(r"\d+[.,]\d{3}")
_GLUED = re.compile(r"(\d{1,4})[x×X*@]\d")
_TIMES = re.compile(r"[x×X*@]|pcs?|pce|stk|st|un|uds?|szt|ea|unit|kg|nos?", re.IGNORECASE)
_HEADING = re.compile(
    r"\b(qty|quantity|item|items|description|desc|price|amount|amt|u/price|total|menge|artikel|preis|prix|qte|precio|cant"
    r"|prezzo|aantal|prijs|ilosc|cena)\b", re.IGNORECASE,
)  # fmt: skip
_ONLY = frozenset(
    (
        "SUBTOTAL",
        "TAX",
        "TOTAL",
        "AMOUNT_DUE",
        "AMOUNT_PAID",
        "CHANGE",
        "NONE",
        "GRATUITY",
        "SERVICE_CHARGE",
        "DISCOUNT",
    )
)


@dataclass(frozen=True)
class _Piece:
    """A row taken apart: its name, and the numbers after it, each with its words; the last amount is the price."""

    code: tuple[Word, ...]
    name: tuple[Word, ...]
    count: tuple[Word, ...]
    numbers: tuple[tuple[float, str, tuple[Word, ...]], ...]
    row: Row


def read(rows: Sequence[Row], tables: Sequence[Table], sums: Sequence[float]) -> list[tuple[Field, ...]]:
    """Return the items, from tables or from rows, whichever adds up or says more."""
    ways = [_of_tables(tables), _of_rows(rows)]
    return max(ways, key=lambda way: _worth(way, sums))


def _worth(items: Sequence[tuple[Field, ...]], sums: Sequence[float]) -> float:
    """Say how sound a list of items is: how many have a name and one price, and whether prices add up to a sum."""
    kinds = [{field.kind: field.text for field in item} for item in items]
    whole = [k for k in kinds if "ITEM" in k and len(facts.MONEY.findall(k.get("PRICE", ""))) == 1]
    total = sum(facts.value_of(k["PRICE"]) for k in whole)
    return len(whole) + 0.1 * sum(map(len, whole)) + 5.0 * any(abs(total - s) < 0.011 for s in sums)


def _of_rows(rows: Sequence[Row]) -> list[tuple[Field, ...]]:
    """Return the items that rows of a receipt list."""
    start, end = _between(rows)
    items: list[tuple[Field, ...]] = []
    waiting: _Piece | None = None
    pieces = [one for one in map(_apart, rows[start:end]) if not one.numbers or one.numbers[-1][0] > 0]
    after = bool(pieces) and not pieces[-1].numbers and _is_name(pieces[-1])  # names stand under their prices
    for piece in pieces:
        if piece.numbers and _is_name(piece):
            items.append(_item(piece, piece.row, piece))
            waiting = None
        elif piece.numbers and waiting is not None and not after:
            items.append(_item(waiting, Row((*waiting.row.words, *piece.row.words)), piece))
            waiting = None
        elif piece.numbers and piece.code:
            items.append(_item(piece, piece.row, piece))
        elif not piece.numbers and items and not any(f.kind == "ITEM" for f in items[-1]) and _is_name(piece):
            items[-1] = (Field("ITEM", " ".join(w.text for w in piece.name), piece.name), *items[-1])
        elif not piece.numbers and (_is_name(piece) or waiting is None):
            waiting = piece if piece.name else waiting
    return items


def _is_name(piece: _Piece) -> bool:
    """Say whether a row names a thing: three letters on end that are no unit, or two words with letters."""
    lettered = [w.text for w in piece.name if facts.WORD.search(w.text) and not _TIMES.fullmatch(w.text.strip("."))]
    return len(lettered) > 1 or any(re.search(r"[^\W\d]{3}", text) for text in lettered)


def _between(rows: Sequence[Row]) -> tuple[int, int]:
    """Return the rows that may list items: after the headings of columns, or the first amount's row and the one
    before it; up to the first sum."""
    headed = next((i for i, r in enumerate(rows) if _is_heading(r)), None)
    first = next((i for i, r in enumerate(rows) if i > (headed or 0) and facts.MONEY.search(r.text)), len(rows))
    sums = (
        i
        for i, r in enumerate(rows)
        if i >= first and (one := label_of(_caption(r), among=AMOUNTS)) and one.kind in _ONLY
    )
    end = next(sums, len(rows))
    return (headed + 1 if headed is not None else max(0, first - 2)), end


def _is_heading(row: Row) -> bool:
    return len(set(m.casefold() for m in _HEADING.findall(row.text))) >= 2 and not re.search(r"\d", row.text)


def _caption(row: Row) -> str:
    match = facts.MONEY.search(row.text)
    return row.text[: match.start()] if match else row.text


def _apart(row: Row) -> _Piece:
    """Take a row apart: code, quantity in front, name, numbers behind."""
    words = list(row.words)
    money = [(m.group().strip(), row.at(*m.span())) for m in facts.MONEY.finditer(row.text)]
    taken = {w for _, found in money for w in found}
    first = min((words.index(w) for w in taken), default=len(words))
    head = words[:first]
    code: list[Word] = []
    head, count = _counted(head)
    if head and _CODE.fullmatch(head[0].text):
        code = [head.pop(0)]
        if not count:
            head, count = _counted(head)
    head = [w for w in head if not _THOUSANDTHS.fullmatch(w.text)] if len(head) < 4 else head
    count = count or [w for w in words if _GLUED.match(w.text)][:1]
    between = [w for w in words[first:] if w not in taken and _COUNT.fullmatch(w.text)]
    if not count and len(money) > 1 and between:
        count = between[:1]
    numbers = tuple((facts.value_of(text), text, found) for text, found in money)
    return _Piece(tuple(code), tuple(head), tuple(count), numbers, row)


def _counted(head: list[Word]) -> tuple[list[Word], list[Word]]:
    """Part a quantity from a name: "2 x Tea", "Tea 2", "2 PC"."""
    if head and _COUNT.fullmatch(head[0].text):
        rest = head[1:]
        times = not head[0].text.isdigit() or bool(rest and _TIMES.fullmatch(rest[0].text.strip(".")))
        if rest and times and _TIMES.fullmatch(rest[0].text.strip(".")):
            rest = rest[1:]
        if times or len(head[0].text) <= 2:
            return rest, head[:1]
    if head and _TIMES.fullmatch(head[-1].text.strip(".")) and len(head) > 1:
        head = head[:-1]
    if len(head) > 1 and _COUNT.fullmatch(head[-1].text) and len(head[-1].text) <= 3:
        return head[:-1], head[-1:]
    return head, []


def _item(named: _Piece, row: Row, priced: _Piece) -> tuple[Field, ...]:
    """Return the fields of an item whose name and price may stand in two rows."""
    count = priced.count or named.count
    counted = re.match(r"[\d.,]+", count[0].text) if count else None
    many = facts.value_of(counted.group()) if counted else 1.0
    amounts = [n for n in priced.numbers if n[0] > 0] or list(priced.numbers)
    price = amounts[-1]
    unit = next((n for n in amounts[:-1] if abs(many * n[0] - price[0]) < 0.011 + 0.002 * abs(price[0])), None)
    unit = unit or (amounts[0] if len(amounts) == 2 else None)
    fields = [Field("ITEM", " ".join(w.text for w in named.name), named.name)] if named.name else []
    if named.code:
        fields.append(Field("PRODUCT_CODE", named.code[0].text, named.code))
    if counted:
        fields.append(Field("QUANTITY", counted.group(), count))
    if unit is not None:
        fields.append(Field("UNIT_PRICE", unit[1], unit[2]))
    return (*fields, Field("PRICE", price[1], price[2]), Field("EXPENSE_ROW", row.text, row.words))


_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("QUANTITY", re.compile(r"\b(qty|quantity|hrs|hours|menge|anzahl|qte|cant|aantal|ilosc)\b", re.IGNORECASE)),
    ("PRODUCT_CODE", re.compile(r"\b(code|sku|item (no|#)|art\.? ?nr)", re.IGNORECASE)),
    ("UNIT_PRICE", re.compile(r"\b(unit|rate|each|price/|u/p)", re.IGNORECASE)),
    ("PRICE", re.compile(r"\b(amount|price|total|betrag|preis|montant|prix|importe|importo|bedrag)\b|sub total", re.I)),
    ("ITEM", re.compile(r"\b(item|description|service|product|article|artikel|bezeichnung)\b", re.IGNORECASE)),
)  # fmt: skip


def _of_tables(tables: Sequence[Table]) -> list[tuple[Field, ...]]:
    """Return the items of tables whose first row names what stands in their columns."""
    return [item for table in tables for item in _of_table(table)]


def _of_table(table: Table) -> Iterator[tuple[Field, ...]]:
    heads = {c.column: _column(c.text) for c in table.cells if c.row == 0 and not facts.MONEY.search(c.text)}
    priced = sorted(column for column, kind in heads.items() if kind == "PRICE")
    if not priced or "ITEM" not in heads.values():
        return
    heads |= dict.fromkeys(priced[:-1], "UNIT_PRICE")
    for row in range(1, table.rows):
        cells = [c for c in table.cells if c.row == row and c.words]
        texts = [c.text for c in cells]
        total = any(label_of(text, among=_ONLY) for text in texts[:1])
        if len(cells) < 2 or total or not any(facts.NUMBER.search(text) for text in texts[1:]):
            continue
        fields = [Field(kind, c.text, c.words) for c in cells if (kind := heads.get(c.column))]
        words = tuple(word for c in cells for word in c.words)
        yield (*fields, Field("EXPENSE_ROW", " ".join(texts), words))


def _column(text: str) -> str | None:
    return next((kind for kind, pattern in _COLUMNS if pattern.search(text)), None)

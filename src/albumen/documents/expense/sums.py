"""The amounts of a receipt: rows that say what they are, and which of several totals is the one to pay."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from albumen.documents import facts
from albumen.documents.document import Word
from albumen.documents.expense.field import Field, Row
from albumen.documents.expense.labels import AMOUNTS, UNNAMED, Label, label_of

_CENT = 0.021
_OFF = Label("DISCOUNT", re.compile("$"), 0)
_ALONE = Label("TOTAL", re.compile("$"), 1)


@dataclass(frozen=True)
class Sum:
    """An amount that a row names: the row's place, its label, value, and words."""

    row: int
    label: Label
    value: float
    field: Field


def named(rows: Sequence[Row]) -> list[Sum]:
    """Return the amounts that rows name, from the top."""
    return list(_named(rows))


def _named(rows: Sequence[Row]) -> Iterator[Sum]:
    for place, row in enumerate(rows):
        label = label_of(_caption(row), among=AMOUNTS) or (label_of(row.text, among=AMOUNTS) if place else None)
        if label is None and place and _taken_off(row):
            label = _OFF
        if label is None:
            continue
        found = row.last(facts.MONEY) or _below(rows, place, label)
        if found is None:
            continue
        text, words = found
        title = tuple(w for w in row.words if w not in words and not facts.MONEY.search(w.text))
        yield Sum(place, label, facts.value_of(text), Field(label.kind, text, words, title, 0.85))


def _taken_off(row: Row) -> bool:
    """Say whether a row's only amount is less than nothing."""
    amounts = [match.group() for match in facts.MONEY.finditer(row.text)]
    return len(amounts) == 1 and facts.value_of(amounts[0]) < 0


def _caption(row: Row) -> str:
    """Return what stands before the first amount of a row."""
    match = facts.MONEY.search(row.text)
    return row.text[: match.start()] if match else row.text


def _below(rows: Sequence[Row], place: int, label: Label) -> tuple[str, tuple[Word, ...]] | None:
    """Return the amount that stands alone in the next row, for a label that has none in its own."""
    if label.kind not in ("TOTAL", "SUBTOTAL", "AMOUNT_DUE") or place + 1 == len(rows):
        return None
    below = rows[place + 1]
    return below.last(facts.MONEY) if not facts.WORD.search(facts.MONEY.sub("", below.text)) else None


def fields(rows: Sequence[Row]) -> list[Field]:
    """Return total, subtotal, tax and the like, each once; the total is the one that the other amounts confirm."""
    found = named(rows)
    kept: dict[str, Sum] = {}
    for one in found:
        known = kept.get(one.label.kind)
        if one.label.kind not in UNNAMED and (known is None or _outranks(one, known)):
            kept[one.label.kind] = one
    total = _total([*found, *_nameless(rows, found)])
    if total is not None:
        kept["TOTAL"] = total
        kept |= _derived(kept, found)
    return [replace(one.field, kind=kind) for kind, one in kept.items()]


def _derived(kept: dict[str, Sum], found: Sequence[Sum]) -> dict[str, Sum]:
    """Return the subtotal that is called a total: with the tax it makes the total."""
    tax, total = kept.get("TAX"), kept["TOTAL"]
    if "SUBTOTAL" in kept or tax is None or tax.value <= 0:
        return {}
    rows = [s for s in found if s.label.kind == "TOTAL" and abs(s.value + tax.value - total.value) < _CENT]
    return {"SUBTOTAL": replace(rows[-1], field=replace(rows[-1].field, kind="SUBTOTAL"))} if rows else {}


def _outranks(one: Sum, known: Sum) -> bool:
    """Say whether a later amount of a kind replaces the first: only if it ranks higher, or the first was nothing."""
    return one.label.rank > known.label.rank or (known.value == 0 and one.value != 0)


def _nameless(rows: Sequence[Row], found: Sequence[Sum]) -> Iterator[Sum]:
    """Yield amounts that stand alone in a row and are what was paid less what was given back."""
    paid = [s.value for s in found if s.label.kind == "AMOUNT_PAID"]
    back = [s.value for s in found if s.label.kind == "CHANGE"]
    for place, row in enumerate(rows):
        one = row.last(facts.MONEY)
        if one is None or facts.WORD.search(facts.MONEY.sub("", row.text).replace("RM", "")):
            continue
        value = facts.value_of(one[0])
        if any(abs(p - b - value) < 0.006 for p in paid for b in back):
            yield Sum(place, _ALONE, value, Field("TOTAL", *one, (), 0.7))


def _total(found: Sequence[Sum]) -> Sum | None:
    """Return the total to pay: by its name, and by what was paid, given back, and summed up."""
    candidates = [s for s in found if s.label.kind in ("TOTAL", "AMOUNT_DUE") and s.value > 0]
    if not candidates:
        candidates = [s for s in found if s.label.kind == "AMOUNT_PAID" and s.value > 0]
    return max(candidates, key=lambda s: _evidence(s, found), default=None)


def _evidence(one: Sum, found: Sequence[Sum]) -> float:
    by_kind = {kind: [s.value for s in found if s.label.kind == kind] for kind in AMOUNTS}
    paid = [p - c for p in by_kind["AMOUNT_PAID"] for c in (*by_kind["CHANGE"], 0.0)]
    summed = [s + t for s in by_kind["SUBTOTAL"] for t in by_kind["TAX"]]
    larger = [s.value + t for s in found if s.label.kind == "TOTAL" for t in by_kind["TAX"] if t > 0]
    same = sum(abs(s.value - one.value) < _CENT for s in found if s.label.kind in ("TOTAL", "AMOUNT_DUE")) - 1
    most = max((s.value for s in found if s.label.kind in ("TOTAL", "AMOUNT_DUE")), default=0.0)
    return (
        1.0 * one.label.rank
        + 2.5 * any(abs(one.value - p) < 0.006 for p in paid)
        + 0.7 * any(abs(one.value - s) < _CENT for s in summed)
        + 1.5 * any(abs(one.value - s) < _CENT for s in larger)
        + 0.3 * min(same, 2)
        - 2.0 * (one.value < 0.5 * most)
        - 0.5 * any(abs(one.value - s) < 0.006 for s in by_kind["SUBTOTAL"])
        + 0.001 * one.row
    )

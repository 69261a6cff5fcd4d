"""Reads a page as a receipt or an invoice: heading, particulars, items and sums."""

import re
from collections.abc import Iterator, Sequence

from albumen.documents import facts
from albumen.documents.document import Page, Pair, Word
from albumen.documents.expense import heading, items, parties, sums
from albumen.documents.expense.field import Expense, Field, Row
from albumen.documents.expense.labels import AMOUNTS, DATES, UNNAMED, label_of, labels, plain
from albumen.documents.tables.unruled import rows_of

_CALLED = (
    r"(?:tax |sales |cash )?(?:invoice|receipt|bill|ticket|trans(?:action)?|tr|trn|inv|doc(?:ument)?|documento|slip"
    r"|check|chk|order|sale|bon|beleg|kassenbon|rechnungs?|facture|factura(?: simplificada)?|fattura|recu|recibo|note"
    r"|scontrino|ricevuta|paragon(?:u)?|faktura|kassabon|factuur|dok|wydr)"
)
_NUMBERED = r"(?:#|no|nr|num(?:ber|mer)?|n[o°º]?|id)"
_ID = re.compile(
    rf"(?:\b{_CALLED}[ .-]*{_NUMBERED}?(?![a-z])[ .:#-]*|\b{_NUMBERED}[ .]*{_CALLED}[ .:]*)"
    r"(?<![a-z])(?P<value>(?=[a-z0-9/_-]*\d)[a-z0-9][a-z0-9/_-]{2,})"
)
_TIME = re.compile(r"\d{1,2}:\d{2}")


def read(page: Page) -> Expense:
    """Return what a page says as a receipt or invoice."""
    rows = [Row.of(lines) for lines in rows_of(page.lines)]
    named = list(parties.read(page.lines))
    said = {field.kind for field in named}
    top = [field for field in heading.read(page, rows) if field.kind not in said]
    fields = [*named, *top, *_dates(rows), *_numbers(rows), *sums.fields(rows)]
    fields = [*_paired(page.pairs, fields), *fields]
    amounts = [facts.value_of(field.text) for field in fields if field.kind in ("TOTAL", "SUBTOTAL")]
    bought = items.read(rows, page.tables, amounts)
    known = {word for field in fields for word in (*field.value, *field.label)}
    known |= {word for item in bought for field in item for word in field.value}
    return Expense(page, (*fields, *_others(page.pairs, known)), tuple(bought))


def _dates(rows: Sequence[Row]) -> list[Field]:
    """Return the dates: of each kind the first, the receipt's own if need be one without a label."""
    kept: dict[str, Field] = {}
    for place, row in enumerate(rows):
        match = next((m for m in facts.DATE.finditer(row.text) if facts.to_date(m.group())), None)
        if match is None:
            continue
        before = row.text[: match.start()]
        label = label_of(before, among=DATES) or (label_of(rows[place - 1].text, among=DATES) if place else None)
        kind = label.kind if label else "INVOICE_RECEIPT_DATE"
        sure = 0.95 if label else 0.8 if _TIME.search(row.text) else 0.7
        words = row.at(*match.span())
        title = row.title(words) if label_of(before, among=DATES) else ()
        if kind not in kept or kept[kind].confidence < sure:
            kept[kind] = Field(kind, match.group().strip(), words, title, sure)
    return [field for kind, field in kept.items() if kind not in UNNAMED]


def _numbers(rows: Sequence[Row]) -> Iterator[Field]:
    """Yield the number of the receipt: the first row that calls one so."""
    for row in rows:
        text = plain(row.text)
        if len(text) != len(row.text) or facts.MONEY.search(text):
            text = row.text.casefold()
        for match in _ID.finditer(text):
            start, end = match.span("value")
            written = row.text[start:end]
            words = row.at(start, end)
            if words and not facts.DATE.search(written) and not facts.MONEY.fullmatch(written):
                label = tuple(w for w in row.at(match.start(), start) if w not in words)
                yield Field("INVOICE_RECEIPT_ID", written, words, label, 0.85)
                return


def _paired(pairs: Sequence[Pair], found: Sequence[Field]) -> Iterator[Field]:
    """Yield fields that a pair names and rows did not give."""
    kinds = {field.kind for field in found}
    texts = frozenset(label.kind for label in labels()) - AMOUNTS
    for pair in pairs:
        money = bool(facts.MONEY.search(pair.text))
        label = label_of(pair.key_text, among=None if money else texts)
        if label is None or not pair.value or label.kind in kinds | UNNAMED or not _fits(label.kind, pair.text):
            continue
        kinds.add(label.kind)
        yield Field(label.kind, pair.text, pair.value, pair.key, 0.9)


def _fits(kind: str, text: str) -> bool:
    if kind in AMOUNTS:
        return bool(facts.MONEY.search(text))
    return bool(facts.DATE.search(text)) if kind in DATES else bool(text)


def _others(pairs: Sequence[Pair], known: set[Word]) -> Iterator[Field]:
    for pair in pairs:
        if pair.value and not known.intersection((*pair.key, *pair.value)):
            yield Field("OTHER", pair.text, pair.value, pair.key, 0.8)

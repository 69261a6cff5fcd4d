"""Receipts and invoices: total, tax, dates, vendor, receiver and line items, named as AnalyzeExpense names them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from albumen.documents import facts
from albumen.documents.document import Line, Page, Table, Word
from albumen.documents.tables.unruled import rows_of


@dataclass(frozen=True)
class Field:
    """One fact of an expense: its type, the words of its value and, if there is one, of its label."""

    kind: str
    value: tuple[Word, ...]
    label: tuple[Word, ...] = ()
    confidence: float = 0.9

    @property
    def text(self) -> str:
        """Return the value's words joined by one space."""
        return " ".join(word.text for word in self.value)


@dataclass(frozen=True)
class Expense:
    """What one receipt or invoice says, and its items, each a list of fields."""

    page: Page
    fields: tuple[Field, ...]
    items: tuple[tuple[Field, ...], ...]


_LABELS: tuple[tuple[str, str], ...] = (
    ("SUBTOTAL", r"\bsub[ -]?total\b|\bnet (amount|total)\b|\btotal (excl|before)"),
    ("TAX", r"^(total )?(sales )?(tax|gst|vat|hst|sst|mwst|iva|tva)\b(?!.*(no|id|reg|inv|incl))|\bservice tax\b"),
    ("DISCOUNT", r"\bdiscount\b|\brabatt\b"),
    ("GRATUITY", r"\b(tip|gratuity)\b"),
    ("SERVICE_CHARGE", r"\bservice charge\b"),
    ("SHIPPING_HANDLING_CHARGE", r"\b(shipping|handling|freight|delivery (fee|charge))\b"),
    ("AMOUNT_DUE", r"\b(amount|balance|total) (due|payable)\b"),
    ("AMOUNT_PAID", r"^(cash|tend|tendered|amount paid|paid|payment|visa|mastercard|debit|credit)\b"),
    ("PRIOR_BALANCE", r"\b(prior|previous) balance\b"),
    (
        "TOTAL",
        r"\b(grand |net |nett |final )?total\b(?!.*\b(qty|quantity|items?|tax|gst|vat|discount|saving|point)s?\b)",
    ),
    ("DUE_DATE", r"\bdue (date|on)\b|\bpay(ment)? (by|due)\b"),
    ("DELIVERY_DATE", r"\b(delivery|ship(ping|ped)?) date\b"),
    ("ORDER_DATE", r"\border date\b"),
    ("INVOICE_RECEIPT_DATE", r"^(invoice |receipt |bill |issue |trans(action)? )?dat(e|um)\b"),
    ("INVOICE_RECEIPT_ID", r"\b(invoice|receipt|bill|tr|trans(action)?|inv|doc(ument)?)\s?(#|no\b|num|id\b)"),
    ("PO_NUMBER", r"\b(p\.?\s?o\.?|purchase order|order)\s?(#|no\b|num|number|$)"),
    ("CUSTOMER_NUMBER", r"\b(customer|client|kunden)\s?(#|no|num|id|nr)"),
    ("ACCOUNT_NUMBER", r"\b(account|acct?|a/c)\s?(#|no|num)"),
    ("TAX_PAYER_ID", r"\b(tax|gst|vat|ein|abn|mwst)\s?(payer)?\s?(#|no|num|id|reg)"),
    ("PAYMENT_TERMS", r"\bterms\b"),
    ("VENDOR_PHONE", r"\b(tel|phone|telephone|telefon)\b"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _LABELS)
_AMOUNTS = frozenset(
    ("SUBTOTAL", "TAX", "DISCOUNT", "GRATUITY", "SERVICE_CHARGE", "SHIPPING_HANDLING_CHARGE", "AMOUNT_DUE",
     "AMOUNT_PAID", "PRIOR_BALANCE", "TOTAL")
)  # fmt: skip
_DATES = frozenset(("DUE_DATE", "DELIVERY_DATE", "ORDER_DATE", "INVOICE_RECEIPT_DATE"))
_ONCE = _AMOUNTS | _DATES
_COMPANY = re.compile(
    r"\b(sdn|bhd|inc|ltd|llc|llp|plc|gmbh|ag|corp|co|company|enterprise|trading|store|market|restaurant|cafe|shop"
    r"|s\.?a\.?|b\.?v\.?|pty)\b\.?",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(invoice|receipt|tax|bill|statement|date|tel|fax|page|welcome|thank)\b|\d{3}|[@:]", re.IGNORECASE
)


def read(page: Page) -> Expense:
    """Return what a page says as a receipt or invoice."""
    rows = rows_of(page.lines)
    fields = [*_named(page, rows), *_unlabelled(page)]
    kept = _best(fields)
    known = {word for field in kept for word in (*field.value, *field.label)}
    others = [
        Field("OTHER", pair.value, pair.key, 0.8)
        for pair in page.pairs
        if pair.value and not known.intersection((*pair.key, *pair.value))
    ]
    return Expense(page, (*kept, *others), tuple(_items(page.tables, known)))


def kind_of(label: str) -> str | None:
    """Return the type that a label names, or None."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(label)), None)


def _named(page: Page, rows: Sequence[Sequence[Line]]) -> Iterator[Field]:
    """Yield fields from pairs, and from rows whose label is followed by a value of the right sort."""
    for pair in page.pairs:
        kind = kind_of(pair.key_text)
        if kind and pair.value and _fits(kind, pair.text):
            yield Field(kind, pair.value, pair.key, 0.95)
    for place, row in enumerate(rows):
        words = [word for line in row for word in line.words]
        below = [word for line in rows[place + 1] for word in line.words] if place + 1 < len(rows) else []
        field = _of_row(words, below)
        if field is not None:
            yield field


def _of_row(words: Sequence[Word], below: Sequence[Word]) -> Field | None:
    text = " ".join(word.text for word in words)
    kind = kind_of(text)
    if kind not in _ONCE:
        return None
    pattern = facts.MONEY if kind in _AMOUNTS else facts.DATE
    value = _last_match(words, pattern)
    label = tuple(w for w in words if w not in value and not facts.NUMBER.search(w.text))
    if not value and kind == "TOTAL" and not facts.NUMBER.search(text):
        value = _last_match(below, pattern)
    return Field(kind, value, label, 0.85) if value else None


def _last_match(words: Sequence[Word], pattern: re.Pattern[str]) -> tuple[Word, ...]:
    """Return the words of the last place in a row that a pattern matches."""
    text = " ".join(word.text for word in words)
    matches = list(pattern.finditer(text))
    if not matches:
        return ()
    start, end = matches[-1].span()
    found: list[Word] = []
    at = 0
    for word in words:
        if at < end and at + len(word.text) > start:
            found.append(word)
        at += len(word.text) + 1
    return tuple(found)


def _fits(kind: str, text: str) -> bool:
    if kind in _AMOUNTS:
        return bool(facts.MONEY.search(text))
    return bool(facts.DATE.search(text)) if kind in _DATES else bool(text)


def _unlabelled(page: Page) -> Iterator[Field]:
    """Yield the vendor's name, telephone and address on the net, and dates that have no label."""
    name = _vendor(page)
    if name is not None:
        yield Field("VENDOR_NAME", name.words, (), 0.8)
    for line in page.lines:
        for kind, pattern in (("VENDOR_PHONE", facts.PHONE), ("VENDOR_URL", facts.URL)):
            found = _last_match(line.words, pattern)
            if found and not facts.DATE.search(line.text) and not facts.EMAIL.search(line.text):
                yield Field(kind, found, (), 0.7)
        found = _last_match(line.words, facts.DATE)
        if found and facts.to_date(" ".join(w.text for w in found)):
            yield Field("INVOICE_RECEIPT_DATE", found, (), 0.7)


def _vendor(page: Page) -> Line | None:
    """Return the line that names the seller: one with a company's ending near the top, or the first, or the largest."""
    top = [one for one in page.lines if one.box.top < 0.35 * page.height and re.search(r"[^\W\d]{3}", one.text)][:8]
    plain = [one for one in top if not _NO_NAME.search(one.text)]
    company = next((one for one in plain if _COMPANY.search(one.text)), None)
    return company or max(plain[:3], key=lambda one: one.box.height, default=None)


def _best(fields: Iterable[Field]) -> list[Field]:
    """Keep the surest field of each kind that occurs once, and every value once."""
    kept: dict[str, Field] = {}
    rest: list[Field] = []
    used: set[Word] = set()
    for field in sorted(fields, key=lambda f: -f.confidence):
        if field.kind in _ONCE:
            known = kept.get(field.kind)
            if known is None or (field.kind == "TOTAL" and _outranks(field, known)):
                kept[field.kind] = field
        elif not used.intersection(field.value):
            rest.append(field)
            used.update(field.value)
    return [*kept.values(), *rest]


def _outranks(new: Field, known: Field) -> bool:
    """Say whether a second total is the one to pay: called grand or rounded, or larger."""
    grand = re.compile(r"\b(grand|rounded|payable|due|net|nett|incl)", re.IGNORECASE)
    names = [bool(grand.search(" ".join(w.text for w in field.label))) for field in (new, known)]
    if names[0] != names[1]:
        return names[0]
    return facts.value_of(new.text) > facts.value_of(known.text)


_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("QUANTITY", re.compile(r"\b(qty|quantity|hrs|hours|menge|anzahl)\b", re.IGNORECASE)),
    ("PRODUCT_CODE", re.compile(r"\b(code|sku|item (no|#)|art)", re.IGNORECASE)),
    ("UNIT_PRICE", re.compile(r"\b(unit|rate|each|price/|u/p)", re.IGNORECASE)),
    ("PRICE", re.compile(r"\b(amount|price|total|betrag|preis)\b|sub total", re.IGNORECASE)),
    ("ITEM", re.compile(r"\b(item|description|service|product|article|bezeichnung)\b", re.IGNORECASE)),
)


def _items(tables: Sequence[Table], known: set[Word]) -> Iterator[tuple[Field, ...]]:
    for table in tables:
        heads = {c.column: c.text for c in table.cells if c.row == 0 and not facts.MONEY.search(c.text)}
        named = any(pattern.search(text) for text in heads.values() for _, pattern in _COLUMNS)
        for row in range(1 if named else 0, table.rows):
            cells = [c for c in table.cells if c.row == row and c.words]
            texts = [c.text for c in cells]
            total = any(kind_of(text) for text in texts[:1]) or known.intersection(cells[0].words if cells else ())
            if len(cells) < 2 or total or not any(facts.MONEY.search(text) for text in texts[1:]):
                continue
            yield _item([(c.column, c.words) for c in cells], heads if named else {})


def _item(cells: Sequence[tuple[int, tuple[Word, ...]]], heads: dict[int, str]) -> tuple[Field, ...]:
    fields: list[Field] = []
    for place, (column, words) in enumerate(cells):
        head = heads.get(column, "")
        kind = next((kind for kind, pattern in _COLUMNS if pattern.search(head)), None)
        guess = "ITEM" if place == 0 else "PRICE" if place == len(cells) - 1 else None
        if kind or guess:
            fields.append(Field(kind or guess or "OTHER", words, (), 0.9 if kind else 0.8))
    row = tuple(word for _, words in cells for word in words)
    return (*fields, Field("EXPENSE_ROW", row, (), 0.9))

"""What the read pages of a document say in short: its kind, its fields with normal values, its title, its amounts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from albumen.documents import facts, identity
from albumen.documents.document import Line, Page, RegionKind, Word, around
from albumen.documents.expense import reading as expense
from albumen.documents.expense.field import Field
from albumen.library.documents.judging import Kind
from albumen.library.documents.kept import Polygon, polygon

MOST_AMOUNTS = 2_000
_SUMS = frozenset({"TOTAL", "AMOUNT_DUE", "SUBTOTAL", "AMOUNT_PAID"})
_BILLED = re.compile(
    r"\b(?:invoice|rechnung|facture|factura|fattura|faktura|factuur)\b|\b(?:due date|bill to|invoice to|zahlbar)\b",
    re.IGNORECASE,
)
_MANY_PAIRS, _MANY_NAMED = 4, 3
_TALL = 1.4
"""A title is at least so many times as tall as the usual line."""


@dataclass(frozen=True)
class Told:
    """One field: how AnalyzeExpense or AnalyzeID name it, what is written, what that means, and where it stands.

    `value` is a number of an amount, an ISO date of a date, else None.
    """

    kind: str
    text: str
    label: str = ""
    value: float | str | None = None
    currency: str | None = None
    confidence: float = 0.9
    page: int = 1
    polygon: Polygon | None = None


@dataclass(frozen=True)
class Summary:
    """What a document is and says in short."""

    kind: Kind
    fields: tuple[Told, ...] = ()
    title: str | None = None
    cents: frozenset[int] = frozenset()

    def first(self, *kinds: str) -> Told | None:
        """Return the first field of the first of these kinds that there is."""
        return next((field for kind in kinds for field in self.fields if field.kind == kind), None)


def summarise(pages: Sequence[Page], *, today: date) -> Summary:
    """Return what pages say in short."""
    paper = _identity(pages, today=today)
    if len(paper) >= _MANY_NAMED and any(f.kind in ("DOCUMENT_NUMBER", "MRZ_CODE") for f in paper):
        return Summary(Kind.IDENTITY, tuple(paper), _title(pages), cents(pages))
    bought = [field for page in pages for field in _expense(page)]
    if any(field.kind in _SUMS and field.value for field in bought):
        billed = any(_BILLED.search(line.text) for page in pages for line in page.lines)
        named = next((f.text for f in bought if f.kind in ("VENDOR_NAME", "NAME")), None)
        return Summary(Kind.INVOICE if billed else Kind.RECEIPT, tuple(bought), named or _title(pages), cents(pages))
    filled = sum(len(page.pairs) + len(page.marks) for page in pages) >= _MANY_PAIRS
    return Summary(Kind.FORM if filled else Kind.TEXT, (), _title(pages), cents(pages))


def cents(pages: Sequence[Page]) -> frozenset[int]:
    """Return every sum of money on the pages in hundredths, whatever its currency."""
    found = (m.group() for page in pages for line in page.lines for m in facts.MONEY.finditer(line.text))
    return frozenset(list(dict.fromkeys(abs(round(100 * facts.value_of(money))) for money in found))[:MOST_AMOUNTS])


def _expense(page: Page) -> Iterator[Told]:
    fields = [field for field in expense.read(page).fields if field.kind != "OTHER"]
    codes = [code for field in fields if (code := _currency(field)) is not None]
    usual = max(dict.fromkeys(codes), key=codes.count, default=None)
    for field in fields:
        value = _value(field, day_first=usual not in (None, "USD"))
        money = isinstance(value, float)
        yield Told(
            field.kind,
            field.text,
            label=" ".join(word.text for word in field.label),
            value=value,
            currency=(_currency(field) or usual) if money else None,
            confidence=round(field.confidence, 3),
            page=page.number,
            polygon=polygon(page, around(word.box for word in field.value)),
        )


def _currency(field: Field) -> str | None:
    return facts.currency_of(field.text) if facts.MONEY.search(field.text) else None


def _value(field: Field, *, day_first: bool) -> float | str | None:
    if field.kind.endswith("DATE"):
        day = facts.to_date(field.text, day_first=day_first)
        return day.isoformat() if day else None
    money = facts.MONEY.search(field.text)
    return facts.value_of(money.group()) if money else None


def _identity(pages: Sequence[Page], *, today: date) -> list[Told]:
    found = identity.read(pages, today=today)
    return [
        Told(
            kind,
            fact.text,
            value=fact.day.isoformat() if fact.day else None,
            confidence=round(fact.confidence, 3),
            page=page.number if page else 1,
            polygon=polygon(page, around(word.box for word in words)) if page else None,
        )
        for kind, fact in found.items()
        for page, words in [place_of(pages, fact.text)]
    ]


def place_of(pages: Sequence[Page], text: str) -> tuple[Page | None, tuple[Word, ...]]:
    """Return the page on which the words of a text stand side by side, and those words; None and none elsewhere."""
    wanted = text.casefold().split()
    for page in pages:
        for line in page.lines:
            for at in range(len(line.words) - len(wanted) + 1):
                words = line.words[at : at + len(wanted)]
                if wanted and [word.text.casefold() for word in words] == wanted:
                    return page, words
    return None, ()


def _title(pages: Sequence[Page]) -> str | None:
    """Return the heading of the first page, else a line that is much taller than the usual one."""
    for page in pages[:1]:
        heading = next((region for region in page.regions if region.kind is RegionKind.TITLE and region.lines), None)
        if heading is not None:
            return " ".join(line.text for line in heading.lines)[:200]
        tallest = max(page.lines, key=_height, default=None)
        usual = sorted(map(_height, page.lines))[len(page.lines) // 2] if page.lines else 0.0
        return tallest.text[:200] if tallest and _height(tallest) >= _TALL * usual else None
    return None


def _height(line: Line) -> float:
    return line.box.height

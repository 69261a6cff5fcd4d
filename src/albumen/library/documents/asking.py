"""Questions to the documents of a library: which ones may know, and what they answer; a blank is an answer.

Method: full-text search by the question's words proposes documents. Those words that only say which document is meant
("on the 2019 contract") are cut off the question before a document is asked, and an answer counts the less, the fewer
of all its words the document knows.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from albumen.core.errors import NotFound, QueryError
from albumen.documents import identity, queries
from albumen.documents.document import Document, Page, Pair, Word
from albumen.documents.expense import reading as expense
from albumen.documents.queries import Answer
from albumen.library.documents.judging import DOCUMENTS, Kind
from albumen.library.documents.kept import Polygon, Shelf, polygon
from albumen.library.documents.telling import place_of
from albumen.stores.blobs import Blobs
from albumen.stores.catalog import documents, fulltext, lookup
from albumen.stores.catalog.catalog import Catalog

MOST_ASKED = 20
"""Documents that one question is put to."""
LONGEST = 500
"""Letters of a question."""
_LEAST_KNOWN = 0.34
_ASIDE = re.compile(r"\b(?:on|in|from|of|at|for|by|with|auf|im|in|von|vom|aus|bei|mit|für)\b", re.IGNORECASE)
_PERSONAL = re.compile(r"\b(?:i|we|you|my|our|your|ich|wir|mein\w*|unser\w*)\b\s*", re.IGNORECASE)
_PAPERS = frozenset({
    "receipt", "invoice", "bill", "contract", "agreement", "lease", "letter", "form", "document", "paper", "page",
    "scan", "passport", "licence", "license", "id", "card", "payslip", "paystub", "statement", "policy", "certificate",
    "ticket", "report", "rechnung", "quittung", "beleg", "vertrag", "mietvertrag", "brief", "formular", "dokument",
    "ausweis", "reisepass", "zeugnis",
})  # fmt: skip
_NAMED = {
    "TOTAL": ("total", "total amount", "price", "cost", "pay", "spend"),
    "SUBTOTAL": ("subtotal", "net amount"),
    "TAX": ("tax", "vat"),
    "AMOUNT_PAID": ("amount paid",),
    "AMOUNT_DUE": ("amount due",),
    "INVOICE_RECEIPT_DATE": ("date", "bought", "issued", "invoice date", "receipt date"),
    "DUE_DATE": ("due date", "invoice due"),
    "VENDOR_NAME": ("vendor", "store", "shop", "company", "seller"),
    "VENDOR_PHONE": ("phone number",),
    "VENDOR_ADDRESS": ("address",),
    "INVOICE_RECEIPT_ID": ("invoice number", "receipt number"),
    "DATE_OF_BIRTH": ("date of birth", "born"),
    "DOCUMENT_NUMBER": ("document number", "license number", "licence number", "passport number"),
    "EXPIRATION_DATE": ("expiration date", "expires"),
    "DATE_OF_ISSUE": ("date of issue",),
    "FIRST_NAME": ("first name", "given name"),
    "LAST_NAME": ("last name", "surname"),
    "ADDRESS": ("address",),
}
"""How people call what AnalyzeExpense and AnalyzeID name so."""


@dataclass(frozen=True)
class Found:
    """An answer: what it says and how surely, in which asset, on which page and where, and the line that says it."""

    asset_id: int
    kind: str
    text: str
    confidence: float
    page: int
    polygon: Polygon
    line: str


class Asking:
    """Puts questions to what was read of documents."""

    def __init__(self, catalog: Catalog, blobs: Blobs) -> None:
        self._catalog = catalog
        self._shelf = Shelf(blobs)

    def one(self, asset_id: int, question: str) -> Found | None:
        """Return the answer of one document, None where it has none."""
        asked = _checked(question)
        with self._catalog.read() as db:
            known = documents.get(db, asset_id)
            if known is None or known.kind not in (*DOCUMENTS, Kind.SCREENSHOT):
                raise NotFound("this is no document that was read, so nothing can be asked of it")
            paper = _Paper(db, known)
        return self._ask(paper, asked)

    def all(self, question: str, *, limit: int = 5) -> list[Found]:
        """Return the answers of the documents that know the most of the question's words, the surest first."""
        asked = _checked(question)
        words = list(dict.fromkeys(queries.content(asked)))
        with self._catalog.read() as db:
            ids = fulltext.match_any(db, words, among=documents.readable(DOCUMENTS), limit=MOST_ASKED)
            papers = [_Paper(db, known) for i in ids if (known := documents.get(db, i)) is not None]
        found: list[Found] = []
        for paper in papers:
            share = paper.knows(words)
            if share >= _LEAST_KNOWN and (answer := self._ask(paper, asked)) is not None:
                found.append(replace(answer, confidence=round(answer.confidence * share, 4)))
        return sorted(found, key=lambda one: -one.confidence)[:limit]

    def _ask(self, paper: "_Paper", question: str) -> Found | None:
        """Ask a document page by page: first with all the words, then without those that only name it."""
        asked = paper.without_aside(question)
        plain = paper.without_names(asked)
        best: tuple[Page, Answer] | None = None
        for page in self._pages(paper):
            for wording in dict.fromkeys((question, asked, plain)):
                answer = queries.query(Document((page,)), wording)
                if answer is not None and (best is None or answer.confidence > best[1].confidence):
                    best = page, answer
        return _found(paper, *best) if best else None

    def _pages(self, paper: "_Paper") -> Iterator[Page]:
        for number in range(1, paper.pages + 1):
            reading = self._shelf.get(paper.digest, number)
            if reading is not None:
                yield with_fields(reading.page, paper.kind)


class _Paper:
    """A document with the words that it is known by."""

    def __init__(self, db: Connection, known: Row[Any]) -> None:
        asset = lookup.asset(db, known.asset_id)
        names = [os.path.splitext(os.path.basename(f.path))[0] for f in lookup.files_of(db, [asset.id])[asset.id]]
        self.asset_id, self.kind, self.pages, self.digest = asset.id, str(known.kind), int(known.read), asset.digest
        self._text = fulltext.text_of(db, asset.id).casefold()
        called = " ".join((known.title or "", known.vendor or "", *(n.decode("utf-8", "replace") for n in names)))
        dates = f"{asset.taken or ''} {known.day or ''}"
        years = set(re.findall(r"(?:19|20)\d\d", f"{dates} {self._text}"))
        self._called = {word for word in re.findall(r"[^\W_]{3,}", called.casefold()) if word not in _PAPERS} | years
        self._names = _PAPERS | {self.kind} | years | set(re.findall(r"[^\W_]+", f"{called} {dates}".casefold()))

    def knows(self, words: Sequence[str]) -> float:
        """Return the share of words that stand in the document, or that it is known by."""
        known = [word in self._names or re.search(rf"\b{re.escape(word)}", self._text) is not None for word in words]
        return sum(known) / len(known) if known else 0.0

    def without_aside(self, question: str) -> str:
        """Return a question without its last parts that only say which document is meant."""
        for match in reversed(list(_ASIDE.finditer(question))):
            rest, aside = question[: match.start()], queries.content(question[match.start() :])
            if not aside or not queries.content(rest) or not all(word in self._names for word in aside):
                break
            question = rest
        return question

    def without_names(self, question: str) -> str:
        """Return a question without the names of this document in it, such as "Corner Cafe receipt"."""
        pieces = re.split(r"(\W+)", question)
        words = [piece.casefold() for piece in pieces]
        named = [word in self._called for word in words]
        for i in range(2, len(words), 2):
            named[i] = named[i] or (named[i - 2] and words[i] in _PAPERS)
        rest = "".join(piece for piece, drop in zip(pieces, named, strict=True) if not drop)
        return rest if queries.content(rest) else question


def with_fields(page: Page, kind: str) -> Page:
    """Return a page with what was found on it by kinds of fields as pairs, under the names that people give them."""
    named = [
        Pair((Word(name, 1.0, words[0].box),), words, (), confidence)
        for field, words, confidence in _fields(page, kind)
        for name in _NAMED.get(field, ())
        if words
    ]
    return replace(page, pairs=(*page.pairs, *named))


def _fields(page: Page, kind: str) -> list[tuple[str, tuple[Word, ...], float]]:
    """Return the kind, words and confidence of the fields of a receipt, an invoice or an identity paper."""
    match kind:
        case Kind.RECEIPT | Kind.INVOICE:
            return [(field.kind, field.value, field.confidence) for field in expense.read(page).fields]
        case Kind.IDENTITY:
            found = identity.read([page], today=date.today())
            return [(name, place_of([page], fact.text)[1], fact.confidence) for name, fact in found.items()]
        case _:
            return []


def _checked(question: str) -> str:
    plain = _PERSONAL.sub("", " ".join(question.split()))
    if not plain or len(plain) > LONGEST:
        raise QueryError(f"a question has 1 to {LONGEST} letters; ask for one thing at a time")
    return plain


def _found(paper: _Paper, page: Page, answer: Answer) -> Found:
    box = answer.box
    line = max(page.lines, key=lambda one: max(0.0, one.box.beside(box)) * max(0.0, one.box.over(box)), default=None)
    return Found(
        asset_id=paper.asset_id,
        kind=paper.kind,
        text=answer.text,
        confidence=round(answer.confidence, 4),
        page=answer.page,
        polygon=polygon(page, box),
        line=line.text if line else answer.text,
    )

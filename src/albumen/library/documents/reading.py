"""Reads documents in the second look, a page at a time: each page is kept when it is read, so nothing is lost."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from albumen.core.arrays import Image
from albumen.core.errors import MediaError, Unreachable
from albumen.documents.document import Page
from albumen.documents.pages import Sheet, sheet_of
from albumen.library.documents import recognise
from albumen.library.documents.judging import DOCUMENTS, FIELDS, OWNER, TASK, Kind, judge
from albumen.library.documents.kept import Reading, Shelf
from albumen.library.documents.paper import ON_PAPER, on_paper
from albumen.library.documents.telling import Summary, Told, cents, summarise
from albumen.library.search.index import is_screenshot
from albumen.library.writing import Stores
from albumen.media.leaf import Leaf
from albumen.stores.catalog import documents, fulltext, intake, lookup

Write = Callable[[Connection], None]
TELLING = 5
"""Pages from the front that say what kind of document it is, and whose fields count."""


class Pages(Protocol):
    """Opens pages without being harmed by them."""

    def page(self, path: bytes, number: int) -> Future[Leaf]:
        """Queue one page of a file."""
        ...


class ReadsPages(Protocol):
    """Reads pages, as `albumen.documents.reader.Reader` does."""

    def upright(self, sheet: Sheet) -> tuple[Page, Image]:
        """Return what is written on a page, and its pixels (h, w, 3) as they stand upright."""
        ...


class Recognise:
    """Which assets may be documents, from what an import said of them."""

    batch = 500

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def lacking(self, db: Connection) -> Sequence[int]:
        """Return the assets with text that were not judged yet."""
        return documents.unjudged(db, recognise.CARD)

    def derive(self, ids: Sequence[int]) -> Write:
        """Judge assets by their facts."""
        with self._stores.catalog.read() as db:
            rows = lookup.assets_of(db, ids)
            said = {i: [(fact.task, fact.value) for fact in lookup.facts_of(db, i)] for i in ids}

        def write(db: Connection) -> None:
            for i in ids:
                judge(db, i, said[i], pages=rows[i].details.get("pages") if rows[i].kind == "document" else None)

        return write


@dataclass(frozen=True)
class _Paper:
    """An asset that is being read."""

    asset: Row[Any]
    number: int
    pages: int
    path: bytes


class Read:
    """The pages of documents that were not read yet; each is one step."""

    batch = 1

    def __init__(self, stores: Stores, pages: Pages, reader: Callable[[], ReadsPages], *, today: date) -> None:
        self._stores = stores
        self._shelf = Shelf(stores.blobs)
        self._pages = pages
        self._reader = reader
        self._today = today

    def lacking(self, db: Connection) -> Sequence[int]:
        """Return the ids of documents, each as often as it has pages that can be read."""
        return [asset_id for asset_id, left in documents.unread(db) for _ in range(left)]

    def derive(self, ids: Sequence[int]) -> Write | None:
        """Read the next page of each of these assets; those whose file is away wait until it is back."""
        writes = [found for asset_id in ids if (found := self._next(asset_id)) is not None]

        def write(db: Connection) -> None:
            for each in writes:
                each(db)

        return write if writes else None

    def _next(self, asset_id: int) -> Write | None:
        with self._stores.catalog.read() as db:
            paper = _paper(db, asset_id)
        if paper is None:
            return None
        try:
            reading, paperlike = self._read(paper)
        except Unreachable:  # it went away meanwhile and waits, too
            return None
        last = paper.number == paper.pages
        found = self._found(paper, reading, paperlike) if last or paper.number == 1 else None
        return lambda db: _write(db, paper, found)

    def _read(self, paper: _Paper) -> tuple[Reading, float]:
        """Read a page, unless that was done before; return with it the share of its words that stand on paper."""
        known = self._shelf.get(paper.asset.digest, paper.number)
        if known is not None and paper.pages > 1:
            return known, 1.0
        try:
            leaf = self._pages.page(paper.path, paper.number).result()
        except Unreachable:
            raise
        except MediaError as error:
            reading = Reading(Page(paper.number, 1, 1), str(error))
            self._shelf.put(paper.asset.digest, reading)
            return reading, 0.0
        page, image = self._reader().upright(sheet_of(leaf))
        self._shelf.put_picture(paper.asset.digest, paper.number, leaf.image)
        self._shelf.put(paper.asset.digest, Reading(page))
        return Reading(page), on_paper(page, image)

    def _found(self, paper: _Paper, reading: Reading, paperlike: float) -> "_Found":
        """Return what is known in short after the first page, and again after the last."""
        texts, money, front = list[str](), set[int](), list[Page]()
        for number in range(1, paper.number + 1):
            known = reading if number == paper.number else self._shelf.get(paper.asset.digest, number)
            if known is not None:
                texts.append(known.page.text)
                money |= cents([known.page])
                front += [known.page] if number <= TELLING else []
        summary = summarise(front, today=self._today)
        return _Found(_judged(paper.asset, front, summary, paperlike), "\n\n".join(texts), frozenset(money))


@dataclass(frozen=True)
class _Found:
    """What reading found: what the document is, its whole text, and its sums in hundredths."""

    judged: tuple[Summary, float]
    text: str
    cents: frozenset[int]


def _paper(db: Connection, asset_id: int) -> _Paper | None:
    asset, known = lookup.asset(db, asset_id), documents.get(db, asset_id)
    if known is None or known.read >= known.pages:
        return None
    places = [f for f in lookup.files_of(db, [asset_id])[asset_id] if f.role == "original" and f.state == "present"]
    path = next((f.path for f in places if _is_there(f)), None)
    return _Paper(asset, known.read + 1, known.pages, path) if path is not None else None


def _is_there(file: lookup.FileRow) -> bool:
    try:
        return os.stat(file.path).st_size == file.bytes
    except OSError:
        return False


def _judged(asset: Row[Any], pages: Sequence[Page], summary: Summary, paperlike: float) -> tuple[Summary, float]:
    """Return what an asset is and how surely, now that it was read with care."""
    if asset.kind == "document":
        return summary, 1.0
    words, lines = sum(len(page.words) for page in pages), sum(len(page.lines) for page in pages)
    chance = recognise.chance(words, lines, ())
    if is_screenshot(asset):
        return Summary(Kind.SCREENSHOT, (), summary.title), chance
    sure = chance >= recognise.IS_DOCUMENT and paperlike >= ON_PAPER
    if sure or summary.kind is Kind.IDENTITY:
        return summary, chance
    return Summary(Kind.NONE), 1 - chance * paperlike


def _write(db: Connection, paper: _Paper, found: _Found | None) -> None:
    """Write down that a page was read, and what is known of the document where that is new."""
    asset_id = paper.asset.id
    if found is None:
        documents.advance(db, asset_id, paper.number)
        return
    summary, chance = found.judged
    kind = intake.fact(db, asset_id, TASK, OWNER) or summary.kind
    total, day = summary.first("TOTAL", "AMOUNT_DUE"), summary.first("INVOICE_RECEIPT_DATE", "DATE_OF_ISSUE")
    values = {
        "kind": str(kind), "confidence": round(chance, 3), "pages": paper.pages, "read": paper.number,
        "card": recognise.CARD, "title": summary.title, "vendor": _text(summary.first("VENDOR_NAME", "NAME")),
        "total": total.value if total else None, "currency": total.currency if total else None,
        "day": day.value if day else None,
    }  # fmt: skip
    documents.put(db, asset_id, values)
    documents.set_amounts(db, asset_id, found.cents if kind != Kind.NONE else ())
    short = {"kind": str(summary.kind), "confidence": round(chance, 3), "pages": paper.pages}
    intake.add_facts(db, [(asset_id, TASK, recognise.CARD, short)])
    if summary.kind in DOCUMENTS:
        intake.add_facts(db, [(asset_id, FIELDS, recognise.CARD, [asdict(field) for field in summary.fields])])
    if found.text.strip():
        fulltext.change_doc(db, asset_id, {"written": found.text})


def _text(told: Told | None) -> str | None:
    return told.text if told else None

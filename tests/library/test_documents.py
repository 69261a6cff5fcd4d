"""Documents of a library: recognised, read page by page, found by what they say, and asked."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from albumen.core.arrays import Image
from albumen.core.errors import MediaError, NotFound, QueryError
from albumen.documents.document import Box, Line, Page, Word
from albumen.documents.pages import Sheet
from albumen.documents.reader import Reader
from albumen.library.corrections import correct, withdraw
from albumen.library.describe import describe
from albumen.library.documents import recognise
from albumen.library.documents.asking import Asking
from albumen.library.documents.judging import DOCUMENTS, Kind, judge, short
from albumen.library.documents.kept import VERSION, Reading, Shelf
from albumen.library.documents.paper import on_paper
from albumen.library.documents.reading import Read, Recognise
from albumen.library.documents.shown import page_of
from albumen.library.documents.telling import cents, summarise
from albumen.library.folder import Folder
from albumen.library.later import fill_in
from albumen.library.query.papers import ALL, to_cents
from albumen.library.writing import Stores
from albumen.media.leaf import Leaf
from albumen.media.look import page
from albumen.stores.catalog import documents, fulltext, intake, lookup
from tests.fakes import Nowhere, import_into, make_photo, open_stores
from tests.media.pdfs import make_pdf

TODAY = date(2026, 1, 2)
RECEIPT = [
    "CORNER CAFE LTD",
    "12 High Street",
    "Date: 14/03/2018",
    "Coffee 3.50",
    "Cake 24.00",
    "Total 27.50",
    "Cash 30.00",
]
LEASE = ["Lease contract 2019", "Tenant: Ada Byron", "Price of the flat: EUR 250,000.00", "Signed in Vienna"]


class OwnPages:
    """Opens pages in this process, counts them, and fails at those it is told to."""

    def __init__(self, *, broken: Sequence[int] = (), stops: int = 1_000) -> None:
        self.asked: list[int] = []
        self.broken, self.stops = broken, stops

    def page(self, path: bytes, number: int) -> Future[Leaf]:
        self.asked.append(number)
        if len(self.asked) > self.stops:
            raise KeyboardInterrupt
        future: Future[Leaf] = Future()
        if number in self.broken:
            future.set_exception(MediaError("Opening it took longer than 1 seconds."))
        else:
            future.set_result(page(path, number))
        return future


class NoText:
    """Reads nothing: the pages here hold their letters themselves."""

    def read(self, images: Sequence[Image]) -> list[Any]:
        raise AssertionError("the text layer was enough")


class Trusting(Reader):
    """Takes the letters that pages hold on trust."""

    def __init__(self) -> None:
        super().__init__(NoText())

    def upright(self, sheet: Sheet, *, structure: bool = True) -> tuple[Page, Image]:
        height, width = sheet.image.shape[:2]
        found = Page(sheet.number, width, height, sheet.lines or (), source_width=width, source_height=height)
        from albumen.documents.reader import structured

        return structured(found, sheet.image), sheet.image


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return open_stores(Folder(tmp_path / "library"))


def bring(tmp_path: Path, **files: bytes) -> dict[str, int]:
    """Import these PDFs and return their ids by name."""
    folder = tmp_path / "papers"
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
    import_into(Folder(tmp_path / "library"), folder)
    with open_stores(Folder(tmp_path / "library")).catalog.read() as db:
        rows = lookup.assets_of(db, range(1, 100))
        places = lookup.files_of(db, list(rows))
        return {places[i][0].path.rsplit(b"/", 1)[-1].decode().removesuffix(".pdf"): i for i in rows}


def read(stores: Stores, pages: OwnPages | None = None, **options: Any) -> int:
    return fill_in(stores, Read(stores, pages or OwnPages(), Trusting, today=TODAY), **options)


def test_many_words_in_many_lines_are_a_document_and_a_sign_is_none() -> None:
    assert recognise.chance(60, 25, ()) > 0.9
    assert recognise.chance(3, 3, [("street sign", 0.8)]) < recognise.WORTH_READING
    assert recognise.chance(9, 5, [("menu", 0.6)]) > recognise.chance(9, 5, [])
    assert recognise.chance_of([]) < 0.05


def test_words_on_light_ground_stand_on_paper() -> None:
    image = np.full((100, 200, 3), 230, np.uint8)
    image[:, 100:] = (30, 40, 160)
    lines = tuple(Line((Word("x", 1.0, Box(left, 40, left + 30, 60)),)) for left in (20, 150))
    assert on_paper(Page(1, 200, 100, lines), image) == 0.5
    assert on_paper(Page(1, 200, 100), image) == 0.0


def test_a_pdf_is_read_and_found_by_its_words_amounts_and_kind(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, cafe=make_pdf([RECEIPT]), lease=make_pdf([LEASE]))
    assert read(stores) == 2
    with stores.catalog.read() as db:
        assert fulltext.match(db, "coffee")[0].tolist() == [ids["cafe"]]
        assert documents.with_amount(db, 2750, 2750).tolist() == [ids["cafe"]]
        assert documents.with_amount(db, 25_000_000, 25_000_000).tolist() == [ids["lease"]]
        assert documents.of_kinds(db, ["receipt"]).tolist() == [ids["cafe"]]
        known = documents.get(db, ids["cafe"])
    assert known is not None and (known.total, known.day, known.read) == (27.5, "2018-03-14", 1)


def test_a_receipt_tells_its_fields_with_normal_values_and_places(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, cafe=make_pdf([RECEIPT]))
    read(stores)
    with stores.catalog.read() as db:
        shown = page_of(db, Shelf(stores.blobs), ids["cafe"], 1)
    fields = {field["kind"]: field for field in shown["fields"]}
    assert fields["TOTAL"]["value"] == 27.5 and fields["INVOICE_RECEIPT_DATE"]["value"] == "2018-03-14"
    (left, top), *_, (_, bottom) = fields["TOTAL"]["polygon"]
    assert 0 < left < 1 and 0 < top < bottom < 1
    assert shown["lines"][0]["text"] == "CORNER CAFE LTD"


def test_a_stopped_reading_goes_on_at_the_page_where_it_was(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, book=make_pdf([[f"Chapter {n}"] for n in range(1, 6)]))
    with pytest.raises(KeyboardInterrupt):
        read(stores, OwnPages(stops=2))
    with stores.catalog.read() as db:
        known = documents.get(db, ids["book"])
    assert known is not None and known.read == 2
    pages, told = OwnPages(), list[tuple[int, int]]()
    assert read(stores, pages, on_progress=lambda done, total: told.append((done, total))) == 3
    assert pages.asked == [3, 4, 5] and told[-1] == (3, 3)
    with stores.catalog.read() as db:
        assert all(fulltext.match(db, f"chapter {n}")[0].tolist() == [ids["book"]] for n in range(1, 6))


def test_what_was_read_but_not_written_down_is_not_read_again(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, book=make_pdf([["One"], ["Two"]]))
    with stores.catalog.read() as db:
        digest = lookup.asset(db, ids["book"]).digest
    Read(stores, OwnPages(), Trusting, today=TODAY).derive([ids["book"]])  # killed before the commit
    assert Shelf(stores.blobs).get(digest, 1) is not None
    pages = OwnPages()
    read(stores, pages)
    assert pages.asked == [2]


def test_a_page_that_cannot_be_opened_is_noted_and_the_others_are_read(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, book=make_pdf([["One"], ["Two"], ["Three"]]))
    assert read(stores, OwnPages(broken=[2])) == 3
    with stores.catalog.read() as db:
        assert page_of(db, Shelf(stores.blobs), ids["book"], 2)["note"] == "Opening it took longer than 1 seconds."
        assert fulltext.match(db, "three")[0].tolist() == [ids["book"]]
        assert short(db, ids["book"]) == {"kind": "text", "confidence": 1.0, "pages": 3, "read": 3}


def test_a_document_that_is_away_waits_until_it_is_back(tmp_path: Path, stores: Stores) -> None:
    bring(tmp_path, cafe=make_pdf([RECEIPT]))
    (tmp_path / "papers").rename(tmp_path / "away")
    assert read(stores) == 0
    (tmp_path / "away").rename(tmp_path / "papers")
    assert read(stores) == 1


def test_a_document_that_goes_away_while_it_is_read_waits_too(tmp_path: Path, stores: Stores) -> None:
    bring(tmp_path, lease=make_pdf([LEASE]))
    file = tmp_path / "papers" / "lease.pdf"

    class Meanwhile(OwnPages):
        def page(self, path: bytes, number: int) -> Future[Leaf]:
            file.rename(file.with_suffix(".away"))
            try:
                return super().page(path, number)
            except MediaError as error:
                future: Future[Leaf] = Future()
                future.set_exception(error)
                return future

    assert read(stores, Meanwhile()) == 0
    file.with_suffix(".away").rename(file)
    assert read(stores) == 1


def test_a_damaged_or_older_reading_counts_as_none(stores: Stores) -> None:
    shelf, digest = Shelf(stores.blobs), "ab" * 32
    shelf.put(digest, Reading(Page(1, 10, 10)))
    assert shelf.get(digest, 1) == Reading(Page(1, 10, 10))
    stores.blobs.path(digest, f"page-1-v{VERSION}.gz").write_bytes(b"rubbish")
    assert shelf.get(digest, 1) is None and shelf.get(digest, 2) is None


def test_photos_with_much_text_are_judged_once(tmp_path: Path, stores: Stores) -> None:
    make_photo(tmp_path / "photos" / "a.jpg")
    make_photo(tmp_path / "photos" / "b.jpg", (1, 2, 3))
    import_into(Folder(tmp_path / "library"), tmp_path / "photos")
    words = [[f"word{i}", 0.9, [[0, 0]] * 4, i // 3] for i in range(60)]
    with stores.catalog.write() as db:
        intake.add_facts(db, [(1, "text", "ocr", words), (2, "text", "ocr", words[:1])])
    assert fill_in(stores, Recognise(stores)) == 2
    with stores.catalog.read() as db:
        kinds = [known.kind for i in (1, 2) if (known := documents.get(db, i))]
        assert kinds == [Kind.UNREAD, Kind.NONE]
        assert [i for i, _ in documents.unread(db)] == [1]
    assert fill_in(stores, Recognise(stores)) == 0


def test_a_photo_that_turns_out_to_be_no_document_stays_a_photo(tmp_path: Path, stores: Stores) -> None:
    make_photo(tmp_path / "photos" / "a.jpg")
    import_into(Folder(tmp_path / "library"), tmp_path / "photos")
    words = [[f"word{i}", 0.9, [[0, 0]] * 4, i // 3] for i in range(60)]
    with stores.catalog.write() as db:
        judge(db, 1, [("text", words)], pages=None)
    assert read(stores) == 1
    with stores.catalog.read() as db:
        assert short(db, 1) is None and documents.unread(db) == []
        with pytest.raises(NotFound, match="no document"):
            page_of(db, Shelf(stores.blobs), 1, 1)


def test_amounts_are_the_same_however_they_are_written() -> None:
    lines = [Line((Word(text, 1.0, Box(0, 0, 9, 9)),)) for text in ("$27.50", "27,50", "1.234,56", "1,234.56", "12%")]
    assert cents([Page(1, 9, 9, tuple(lines))]) == {2750, 123456}


@pytest.mark.parametrize("digits", [20, 500])
def test_a_row_of_digits_that_looks_like_a_sum_stops_no_reading(stores: Stores, tmp_path: Path, digits: int) -> None:
    make_photo(tmp_path / "photos" / "a.jpg")
    import_into(Folder(tmp_path / "library"), tmp_path / "photos")
    lines = [Line((Word(f"{digits * '9'}.99", 1.0, Box(0, 0, 9, 9)),))]
    with stores.catalog.write() as db:
        documents.set_amounts(db, 1, cents([Page(1, 9, 9, tuple(lines))]))
        assert documents.with_amount(db, 0, 10**18).tolist() == [1]
        documents.with_amount(db, to_cents(f"{digits * '9'}.99"), ALL)


def test_an_empty_page_says_nothing() -> None:
    told = summarise([Page(1, 100, 100)], today=TODAY)
    assert (told.kind, told.fields, told.title, told.cents) == (Kind.TEXT, (), None, frozenset())


def asking(stores: Stores) -> Asking:
    return Asking(stores.catalog, stores.blobs)


def test_questions_find_the_document_that_knows_and_point_at_the_answer(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, cafe=make_pdf([RECEIPT]), lease=make_pdf([["Another page"], LEASE]))
    read(stores)
    first = asking(stores).all("What was the price of the flat on the 2019 contract?")[0]
    assert (first.asset_id, first.text, first.page) == (ids["lease"], "EUR 250,000.00", 2)
    assert first.confidence > 0.8 and "flat" in first.line and len(first.polygon) == 4
    total = asking(stores).one(ids["cafe"], "What is the total?")
    assert total is not None and "27.50" in total.text
    (dated,) = asking(stores).all("When was the corner cafe receipt issued?")
    assert (dated.asset_id, dated.text) == (ids["cafe"], "14/03/2018")
    paid = asking(stores).all("How much did I pay at the Corner Cafe?")
    assert paid and paid[0].asset_id == ids["cafe"] and "27.50" in paid[0].text


def test_what_no_document_says_stays_blank(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, cafe=make_pdf([RECEIPT]))
    read(stores)
    assert asking(stores).all("When was the ship launched?") == []
    assert asking(stores).all("What is the blood group of the driver?") == []
    assert asking(stores).one(ids["cafe"], "Who is the pilot?") is None


def test_only_documents_can_be_asked_and_only_something(tmp_path: Path, stores: Stores) -> None:
    make_photo(tmp_path / "photos" / "a.jpg")
    import_into(Folder(tmp_path / "library"), tmp_path / "photos")
    with pytest.raises(NotFound, match="nothing can be asked"):
        asking(stores).one(1, "What is the total?")
    with pytest.raises(QueryError, match="1 to 500 letters"):
        asking(stores).all("  ")


def test_documents_are_listed_and_counted_without_the_trash(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, cafe=make_pdf([RECEIPT]), lease=make_pdf([LEASE]))
    read(stores)
    with stores.catalog.read() as db:
        assert sum(documents.counts(db).values()) == 2
        latest = documents.listed(db, DOCUMENTS, before=None, limit=1)
        assert [row.asset_id for row in latest] == [max(ids.values())]
        assert len(documents.listed(db, DOCUMENTS, before=max(ids.values()), limit=9)) == 1


def test_what_a_person_says_of_a_document_outranks_the_reading(tmp_path: Path, stores: Stores) -> None:
    ids = bring(tmp_path, cafe=make_pdf([RECEIPT]))
    read(stores)
    with stores.catalog.read() as db:
        version = lookup.asset(db, ids["cafe"]).changed
    correct(stores.catalog, ids["cafe"], "document", "identity", shown=version, places=Nowhere())
    with stores.catalog.read() as db:
        assert describe(db, ids["cafe"])["document"]["kind"] == "identity"
        version = lookup.asset(db, ids["cafe"]).changed
    withdraw(stores.catalog, ids["cafe"], "document", shown=version)
    assert fill_in(stores, Recognise(stores)) == 1 and read(stores) == 1
    with stores.catalog.read() as db:
        assert describe(db, ids["cafe"])["document"]["kind"] == "receipt"
    with pytest.raises(QueryError, match="one of receipt"):
        correct(stores.catalog, ids["cafe"], "document", "napkin", shown=0, places=Nowhere())


def test_a_photo_that_a_person_calls_a_document_is_read(tmp_path: Path, stores: Stores) -> None:
    make_photo(tmp_path / "photos" / "a.jpg")
    import_into(Folder(tmp_path / "library"), tmp_path / "photos")
    with stores.catalog.read() as db:
        version = lookup.asset(db, 1).changed
    correct(stores.catalog, 1, "document", "receipt", shown=version, places=Nowhere())
    assert read(stores) == 1
    with stores.catalog.read() as db:
        assert short(db, 1) == {"kind": "receipt", "confidence": 1.0, "pages": 1, "read": 1}

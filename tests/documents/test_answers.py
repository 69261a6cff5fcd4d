"""Documents as Textract answers, questions, expenses, identity papers and exports, on made pages; no weights."""

import itertools
from datetime import date

import pytest

from albumen.core.errors import MissingExtra
from albumen.documents import facts, identity, mrz
from albumen.documents.answers import analyze_document, analyze_expense, analyze_id
from albumen.documents.document import (
    Box,
    Cell,
    CellKind,
    Document,
    Line,
    Mark,
    Page,
    Pair,
    Region,
    RegionKind,
    Table,
    Word,
)
from albumen.documents.expense import reading
from albumen.documents.placing import Placement
from albumen.documents.queries import content, query
from albumen.documents.textract import detect_document_text, geometry

FEATURES = ("TABLES", "FORMS", "SIGNATURES", "LAYOUT", "QUERIES")


def line(text: str, left: float, top: float, *, height: float = 20) -> Line:
    words: list[Word] = []
    for part in text.split():
        words.append(Word(part, 0.99, Box(left, top, left + 11 * len(part), top + height)))
        left = words[-1].box.right + 6
    return Line(tuple(words))


def page() -> Page:
    title, due, cells = (
        line("Invoice", 300, 20, height=50),
        line("Due date: 31/01/2016", 50, 100),
        line("Total $93.50", 50, 300),
    )
    tick = Mark(True, 0.9, Box(50, 400, 70, 420))
    table = Table(
        Box(40, 290, 440, 360), 2, 2,
        (
            Cell(0, 0, Box(40, 290, 440, 325), columns=2, kind=CellKind.HEADER),
            Cell(1, 0, Box(40, 325, 240, 360), words=cells.words[:1]),
            Cell(1, 1, Box(240, 325, 440, 360), words=cells.words[1:]),
        ),
        row_edges=(290, 325, 360), column_edges=(40, 240, 440),
    )  # fmt: skip
    pairs = (
        Pair(due.words[:2], due.words[2:], confidence=0.95),
        Pair(cells.words[:1], cells.words[1:]),
        Pair(title.words, (), (tick,)),
    )
    regions = (Region(RegionKind.TITLE, title.box, (title,)), Region(RegionKind.TABLE, table.box, (cells,), table))
    return Page(1, 600, 800, (title, due, cells), (table,), pairs, (tick,), regions=regions)


DOCUMENT = Document((page(),))


def blocks(kind: str, answer: dict) -> list[dict]:
    return [b for b in answer["Blocks"] if b["BlockType"] == kind]


def children(block: dict, kind: str = "CHILD") -> list[str]:
    return [i for r in block.get("Relationships", []) if r["Type"] == kind for i in r["Ids"]]


def every(value: object) -> list[object]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *itertools.chain.from_iterable(every(v) for v in inner)]


def test_ids_are_unique_links_lead_somewhere_and_nothing_is_null() -> None:
    answer = analyze_document(DOCUMENT, FEATURES, [("What is the due date?", "DUE")])
    ids = [b["Id"] for b in answer["Blocks"]]
    assert len(set(ids)) == len(ids)
    linked = [i for b in answer["Blocks"] for r in b.get("Relationships", []) for i in r["Ids"]]
    assert set(linked) <= set(ids)
    assert None not in every(answer)
    assert answer["DocumentMetadata"]["Pages"] == len(blocks("PAGE", answer)) == 1


def test_a_line_is_its_words_and_words_say_how_they_were_written() -> None:
    answer = detect_document_text(DOCUMENT)
    texts = {b["Id"]: b for b in answer["Blocks"]}
    for block in blocks("LINE", answer):
        assert block["Text"] == " ".join(texts[i]["Text"] for i in children(block))
    assert {b["TextType"] for b in blocks("WORD", answer)} == {"PRINTED"}


def test_cells_fill_the_grid_with_span_one_and_merged_cells_hold_the_spans() -> None:
    answer = analyze_document(DOCUMENT, ["TABLES"])
    cells = blocks("CELL", answer)
    assert [(c["RowIndex"], c["ColumnIndex"]) for c in cells] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert {(c["RowSpan"], c["ColumnSpan"]) for c in cells} == {(1, 1)}
    (merged,) = blocks("MERGED_CELL", answer)
    assert merged["ColumnSpan"] == 2
    assert children(merged) == [cells[0]["Id"], cells[1]["Id"]]


def test_features_not_asked_for_are_not_answered() -> None:
    kinds = {b["BlockType"] for b in analyze_document(DOCUMENT, ["TABLES"])["Blocks"]}
    assert kinds == {"PAGE", "LINE", "WORD", "TABLE", "CELL", "MERGED_CELL"}


def test_an_empty_page_has_one_block_without_relationships() -> None:
    (block,) = analyze_document(Document((Page(1, 100, 100),)), FEATURES)["Blocks"]
    assert block["BlockType"] == "PAGE" and "Relationships" not in block


def test_a_turned_page_gives_places_as_the_file_has_them() -> None:
    turned = Page(1, 100, 200, source_width=200, source_height=100, placement=Placement(((0, 1, 0), (-1, 0, 100))))
    box = geometry(turned, Box(10, 20, 30, 60))["BoundingBox"]
    assert (box["Left"], box["Top"], box["Width"], box["Height"]) == pytest.approx((0.1, 0.7, 0.2, 0.2))


def test_a_question_finds_its_value_and_another_stays_blank() -> None:
    answer = query(DOCUMENT, "When is it due? What is the due date?")
    assert answer is not None and answer.text == "31/01/2016"
    assert query(DOCUMENT, "What is the total?").text == "$93.50"
    assert query(DOCUMENT, "What is the title of the document?").text == "Invoice"
    assert query(DOCUMENT, "Who is the landlord?") is None
    assert query(DOCUMENT, "???") is None


def test_an_unanswered_query_block_has_no_place_and_no_answer() -> None:
    answer = analyze_document(DOCUMENT, ["QUERIES"], [("Lorem ipsum?", None)])
    (asked,) = blocks("QUERY", answer)
    assert asked["Query"] == {"Text": "Lorem ipsum?"}
    assert not {"Geometry", "Confidence", "Relationships"} & set(asked)
    assert not blocks("QUERY_RESULT", answer)


def test_the_meaning_words_of_a_question_are_kept() -> None:
    assert content("What is the policy's number, please?") == ["policy", "number"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12/07/2019", date(2019, 12, 7)),
        ("25.12.2020", date(2020, 12, 25)),
        ("2021-03-04", date(2021, 3, 4)),
        ("January 25, 2016", date(2016, 1, 25)),
        ("09 MAY 2029", date(2029, 5, 9)),
        ("31/02/2020", None),
    ],
)
def test_dates_are_understood_as_written(text: str, day: date | None) -> None:
    assert facts.to_date(text) == day


@pytest.mark.parametrize(
    ("text", "value"),
    [("$1,810.46", 1810.46), ("1.234,50 EUR", 1234.5), ("-28.05", -28.05), ("RM 12.00", 12.0), ("RM 19. 80", 19.8)],
)
def test_amounts_are_understood_as_written(text: str, value: float) -> None:
    assert facts.MONEY.search(text)
    assert facts.value_of(text) == pytest.approx(value)


def receipt() -> Page:
    rows = ["BAKER & SONS LTD", "12/07/2019 12:22", "TEA 4.00", "BREAD 6.50", "SUBTOTAL 10.50", "TAX 0.50"]
    rows += ["TOTAL 11.00", "CASH 20.00", "TOTAL QTY 2.00"]
    return Page(1, 400, 800, tuple(line(text, 20, 30 + 40 * i) for i, text in enumerate(rows)))


def test_a_receipt_gives_total_tax_date_and_vendor() -> None:
    found = {field.kind: field.text for field in reading.read(receipt()).fields}
    assert found["TOTAL"] == "11.00"
    assert found["SUBTOTAL"] == "10.50"
    assert found["TAX"] == "0.50"
    assert found["AMOUNT_PAID"] == "20.00"
    assert found["INVOICE_RECEIPT_DATE"] == "12/07/2019"
    assert found["VENDOR_NAME"] == "BAKER & SONS LTD"


def test_an_expense_answer_numbers_its_documents_from_one() -> None:
    answer = analyze_expense(Document((receipt(),)))
    assert answer["ExpenseDocuments"][0]["ExpenseIndex"] == 1
    assert None not in every(answer)


ZONE = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]


def test_a_passport_zone_is_read_and_checked() -> None:
    zone = mrz.find(ZONE, today=date(2026, 1, 1))
    assert zone is not None
    assert (zone.last_name, zone.first_name, zone.middle_name) == ("ERIKSSON", "ANNA", "MARIA")
    assert (zone.number, zone.born, zone.expires) == ("L898902C3", date(1974, 8, 12), date(2012, 4, 15))
    assert zone.checked


def test_a_zone_with_a_wrong_digit_is_not_trusted() -> None:
    zone = mrz.find([ZONE[0], ZONE[1].replace("7408122", "7408123")], today=date(2026, 1, 1))
    assert zone is not None and not zone.checked


def test_a_licence_gives_names_dates_and_address() -> None:
    rows = ["MASSACHUSETTS", "DRIVER LICENSE", "4b EXP 01/20/2028", "3 DOB 03/18/2001", "4d NUMBER 736HDV7874"]
    rows += ["1 GARCIA", "2 MARIA ELENA", "8 100 MARKET STREET", "BIGTOWN, MA, 02801"]
    paper = Page(1, 900, 600, tuple(line(text, 20, 20 + 60 * i) for i, text in enumerate(rows)))
    answer = analyze_id([Document((paper,))], today=date(2026, 1, 1))
    fields = answer["IdentityDocuments"][0]["IdentityDocumentFields"]
    found = {f["Type"]["Text"]: f["ValueDetection"] for f in fields}
    assert tuple(found) == identity.FIELDS
    texts = {kind: value["Text"] for kind, value in found.items() if value["Text"]}
    assert texts == {
        "FIRST_NAME": "MARIA", "MIDDLE_NAME": "ELENA", "LAST_NAME": "GARCIA", "CITY_IN_ADDRESS": "BIGTOWN",
        "ZIP_CODE_IN_ADDRESS": "02801", "STATE_IN_ADDRESS": "MA", "STATE_NAME": "MASSACHUSETTS",
        "DOCUMENT_NUMBER": "736HDV7874", "EXPIRATION_DATE": "01/20/2028", "DATE_OF_BIRTH": "03/18/2001",
        "ID_TYPE": "DRIVER LICENSE FRONT", "ADDRESS": "100 MARKET STREET",
    }  # fmt: skip
    assert found["DATE_OF_BIRTH"]["NormalizedValue"]["Value"] == "2001-03-18T00:00:00"


def test_markdown_and_html_show_headings_and_tables() -> None:
    assert DOCUMENT.to_markdown().startswith("# Invoice\n")
    assert "| Total | $93.50 |" in DOCUMENT.to_markdown()
    assert '<th colspan="2">' in DOCUMENT.to_html()
    assert "<td>$93.50</td>" in DOCUMENT.to_html()


def test_the_plain_form_gives_places_as_fractions() -> None:
    plain = DOCUMENT.to_dict()["pages"][0]
    assert plain["lines"][1]["box"][0] == pytest.approx(50 / 600, abs=1e-4)
    assert plain["pairs"][0] == {"key": "Due date:", "value": "31/01/2016", "selected": [], "confidence": 0.95}


def test_a_data_frame_needs_pandas() -> None:
    try:
        import pandas  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtra, match="pip install pandas"):
            DOCUMENT.pages[0].tables[0].to_pandas()

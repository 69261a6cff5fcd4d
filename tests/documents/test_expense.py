"""Receipts and invoices as rows of text, as shops in several countries print them."""

import pytest

from albumen.documents.document import Box, Line, Page, Word
from albumen.documents.expense import reading
from albumen.documents.expense.field import Expense


def line(text: str, left: float, top: float) -> Line:
    words: list[Word] = []
    for part in text.split():
        words.append(Word(part, 0.99, Box(left, top, left + 11 * len(part), top + 20)))
        left = words[-1].box.right + 8
    return Line(tuple(words))


def read(text: str) -> Expense:
    """Read rows of text; a bar parts texts that stand apart in a row."""
    lines: list[Line] = []
    for number, row in enumerate(text.strip().splitlines()):
        if not row:
            continue
        left = 20.0
        for part in row.split("|"):
            lines.append(line(part, left, 30 + 32 * number))
            left = max(lines[-1].box.right + 60, left + 200)
    return reading.read(Page(1, 800, 100 + 32 * text.count("\n"), tuple(lines)))


def fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in read(text).fields:
        found.setdefault(field.kind, field.text)
    return found


def items(text: str) -> list[dict[str, str]]:
    return [{f.kind: f.text for f in item if f.kind != "EXPENSE_ROW"} for item in read(text).items]


STATIONER = """
lee siew ling
PAPER MOON TRADING SDN BHD
(482913-K)
NO. 5 & 7, JALAN KENARI 12,
TAMAN SENTOSA,
43000 KAJANG, SELANGOR.
TEL: 03-8733 5521 FAX: 03-8733 5522
DOCUMENT NO : TD01144310
DATE: | 25/12/2018 8:13:39 PM
QTY | PRICE | AMOUNT
9551939040116 | CLAY SET LARGE
2 PC * | 9.00 | 0.00 | 18.00
TOTAL AMT | RM 18.02
ROUNDING ADJ | RM -0.02
RM 18.00
CASH | RM 50.00
CHANGE | RM 32.00
GST SUMMARY | AMOUNT(RM) | TAX(RM)
TOTAL | 17.00 | 1.02
"""


def test_the_total_is_what_was_paid_less_the_change_though_its_row_has_no_name() -> None:
    assert fields(STATIONER)["TOTAL"] == "RM 18.00"


def test_the_heading_gives_vendor_address_and_telephone_without_what_surrounds_them() -> None:
    found = fields(STATIONER)
    assert found["VENDOR_NAME"] == "PAPER MOON TRADING SDN BHD"
    assert found["VENDOR_ADDRESS"] == "NO. 5 & 7, JALAN KENARI 12,\nTAMAN SENTOSA,\n43000 KAJANG, SELANGOR."
    assert found["VENDOR_PHONE"] == "03-8733 5521"
    assert found["INVOICE_RECEIPT_ID"] == "TD01144310"
    assert found["INVOICE_RECEIPT_DATE"] == "25/12/2018"


def test_an_item_over_two_rows_has_its_code_name_quantity_and_prices() -> None:
    (item,) = items(STATIONER)
    assert item == {
        "ITEM": "CLAY SET LARGE", "PRODUCT_CODE": "9551939040116", "QUANTITY": "2", "UNIT_PRICE": "9.00",
        "PRICE": "18.00",
    }  # fmt: skip


def test_names_may_stand_under_their_prices() -> None:
    found = items(
        "CORNER MART\n1x | 000006219503 | 32.90\nTOILET ROLL\n1x | 000003387014 | 14.90\nSHAMPOO\nTOTAL | 47.80"
    )
    assert [(item["ITEM"], item["PRICE"]) for item in found] == [("TOILET ROLL", "32.90"), ("SHAMPOO", "14.90")]


def test_a_subtotal_that_is_called_a_total_is_told_by_the_tax() -> None:
    found = fields("GARDEN SHOP\nTEA | 10.00\nNET TOTAL | 10.00\nTAX | 0.60\nAMOUNT DUE | 10.60")
    assert (found["SUBTOTAL"], found["TAX"], found["TOTAL"]) == ("10.00", "0.60", "10.60")


def test_a_net_total_that_makes_the_total_with_the_tax_is_not_the_one_to_pay() -> None:
    found = fields("GARDEN SHOP\nTEA | 10.00\nNet Total | 10.00\nTAX 1 | 0.60\nTOTAL: | 10.60")
    assert (found["SUBTOTAL"], found["TOTAL"]) == ("10.00", "10.60")


def test_what_is_taken_off_without_a_known_name_is_a_discount_and_no_item() -> None:
    text = "GARDEN SHOP\nTEA | 10.00\nSUMMER DEAL | -2.00\nTOTAL | 8.00"
    assert fields(text)["DISCOUNT"] == "-2.00"
    assert [item["ITEM"] for item in items(text)] == ["TEA"]


@pytest.mark.parametrize(
    ("total", "tax", "subtotal", "date"),
    [
        ("SUMME | EUR 11,90", "MwSt 19% | 1,90", "Netto | 10,00", "Datum: 14.03.2023 18:22"),
        ("TOTAL TTC | 11,90 €", "TVA 19% | 1,90 €", "Total HT | 10,00 €", "Le 14/03/2023 à 18:22"),
        ("IMPORTE TOTAL | 11,90", "IVA 19% | 1,90", "Base imponible | 10,00", "Fecha: 14 marzo 2023"),
        ("TOTALE COMPLESSIVO | 11,90", "DI CUI IVA | 1,90", "Imponibile | 10,00", "14-03-2023 18:22"),
        ("TE BETALEN | €11,90", "BTW 19% | €1,90", "Totaal excl. btw | €10,00", "Datum 14 maart 2023"),
        ("SUMA PLN | 11,90", "SUMA PTU | 1,90", "Netto | 10,00", "2023-03-14 18:22"),
        ("Grand Total | £11.90", "VAT @ 19% | £1.90", "Sub Total | £10.00", "14 Mar 2023"),
    ],
)
def test_sums_and_dates_are_known_in_many_languages(total: str, tax: str, subtotal: str, date: str) -> None:
    found = fields(f"Kiosk Nova\n{date}\nApfel | 10.00\n{subtotal}\n{tax}\n{total}")
    assert "11" in found["TOTAL"] and "1" in found["TAX"] and "10" in found["SUBTOTAL"]
    assert {"TOTAL", "TAX", "SUBTOTAL", "INVOICE_RECEIPT_DATE"} <= set(found)


def test_an_invoice_says_who_it_is_from_and_to() -> None:
    seller = "From:\nNorth Pine Ltd\n5 Mill Lane\nBath BA1 5NZ"
    found = fields(f"Invoice\n{seller}\n\nBill to:\nAda Byron\n12 Square Road\nInvoice no: 4711")
    assert (found["VENDOR_NAME"], found["RECEIVER_NAME"]) == ("North Pine Ltd", "Ada Byron")
    assert found["VENDOR_ADDRESS"] == "5 Mill Lane\nBath BA1 5NZ"


def test_the_label_of_a_date_is_what_stands_next_to_it() -> None:
    (date,) = (f for f in read("Shop\nSome City, USA | Invoice date: | 01-Jan-2021").fields if f.kind.endswith("DATE"))
    assert [word.text for word in date.label] == ["Invoice", "date:"]


def test_a_vendor_and_its_address_are_also_parts_of_a_group() -> None:
    groups = {field.kind: field.group for field in read(STATIONER).fields if field.group}
    assert groups == {"NAME": "VENDOR", "ADDRESS": "VENDOR"}

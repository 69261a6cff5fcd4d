"""Kinds of documents and sums of money in a sentence."""

from datetime import date

import pytest

from albumen.core.errors import QueryError
from albumen.library.query.explain import meaning
from albumen.library.query.papers import ALL, to_cents
from albumen.library.query.parse import from_flags, parse
from albumen.library.query.parts import Amount, Filter, Kind, Known, Not, Paper, Time

HAS = Known(papers=("receipt", "identity", "text"))
TODAY = date(2026, 1, 2)


def filters(sentence: str, known: Known = HAS) -> tuple[Filter, ...]:
    return parse(sentence, today=TODAY, known=known).filters()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("receipt 27.50", (Paper("receipt"), Amount(2750, 2750))),
        ("Rechnung über 27,50 €", (Paper("receipt"), Amount(2750, 2750))),
        ("the receipt for $27.50", (Paper("receipt"), Amount(2750, 2750))),
        ("factura de 1.234,56 EUR", (Paper("receipt"), Amount(123456, 123456))),
        ("27.50", (Amount(2750, 2750),)),
        ("invoices over $100", (Paper("receipt"), Amount(10_000, ALL))),
        ("receipts under 20 euros", (Paper("receipt"), Amount(0, 2_000))),
        ("my passport", (Paper("identity"),)),
        ("documents", (Paper("document"),)),
        ("kind:invoice", (Paper("invoice"),)),
        ("not documents", (Not(Paper("document")),)),
        ("kind:video", (Kind("video"),)),
    ],
)
def test_papers_and_sums_are_read_out_of_a_sentence(sentence: str, expected: tuple[Filter, ...]) -> None:
    assert filters(sentence) == expected
    assert parse(sentence, today=TODAY, known=HAS).content in ("", "my")


@pytest.mark.parametrize("sentence", ["lens f/2.80", "at 18.30 uhr", "version 1.25.3", "IMG_20.50", "50% off", "20:50"])
def test_other_numbers_are_no_sums(sentence: str) -> None:
    assert not any(isinstance(found, Amount) for found in filters(sentence))


def test_a_date_is_no_sum() -> None:
    (found,) = filters("24.12.2019")
    assert isinstance(found, Time)


def test_words_for_papers_mean_what_they_show_in_a_library_without_any() -> None:
    assert filters("receipt 27.50", Known()) == ()
    assert parse("passport", today=TODAY, known=Known(papers=("receipt",))).content == "passport"


def test_flags_take_kinds_of_documents_and_refuse_others() -> None:
    (part,) = from_flags({"kind": ["receipts"]}, today=TODAY, known=Known())
    assert part.filter == Paper("receipt")
    with pytest.raises(QueryError, match="receipt"):
        from_flags({"kind": ["napkin"]}, today=TODAY, known=Known())


def test_sums_and_papers_are_said_in_words() -> None:
    assert meaning(Amount(2750, 2750)).text == "with the sum 27.50"
    assert meaning(Amount(10_000, ALL)).text == "with a total of at least 100.00"
    assert meaning(Amount(0, 2_000)).text == "with a total of at most 20.00"
    assert meaning(Paper("receipt")).text == "only receipts and invoices"
    assert meaning(Paper("form")).text == "only forms"


def test_a_number_is_the_same_however_it_is_written() -> None:
    assert {to_cents(text) for text in ("1,234.50", "1.234,50", "1234.50", "1'234,50")} == {123450}
    assert to_cents("27") == 2700 and to_cents("1,000") == 100_000

"""A sentence without a place does not wait for the names of all towns."""

from datetime import date

import pytest

from albumen.library.query.parse import parse
from albumen.library.query.parts import Known


class Asked:
    """Knows no spot and keeps what it was asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find(self, name: str, /) -> tuple[()]:
        self.names.append(name)
        return ()


def asked_for(sentence: str) -> list[str]:
    spots = Asked()
    known = Known(people=(), cameras=(), places={}, tags=(), spots=spots, first_year=2000, southern=False)
    parse(sentence, today=date(2026, 1, 1), known=known)
    return spots.names


@pytest.mark.parametrize("sentence", ["a dog", "a man at a table"])
def test_a_thing_after_an_article_is_not_looked_up_as_a_place(sentence):
    assert asked_for(sentence) == []


def test_a_name_after_a_preposition_is_looked_up():
    assert "Rome" in asked_for("photos from Rome")

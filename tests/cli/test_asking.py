"""The command `albumen ask`: answers with their page, and nothing where no document says it."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from albumen.cli.main import albumen
from albumen.library.documents.reading import Read
from albumen.library.folder import Folder
from albumen.library.later import fill_in
from tests.fakes import import_into, open_stores
from tests.library.test_documents import LEASE, RECEIPT, OwnPages, Trusting
from tests.media.pdfs import make_pdf


@pytest.fixture
def library(tmp_path: Path) -> Path:
    papers, folder = tmp_path / "papers", Folder(tmp_path / "library")
    papers.mkdir()
    (papers / "cafe.pdf").write_bytes(make_pdf([RECEIPT]))
    (papers / "lease.pdf").write_bytes(make_pdf([["Another page"], LEASE]))
    import_into(folder, papers)
    stores = open_stores(folder)
    fill_in(stores, Read(stores, OwnPages(), Trusting, today=date(2026, 1, 2)))
    stores.catalog.close()
    return folder.path


def ask(library: Path, *words: str) -> str:
    answer = CliRunner().invoke(albumen, ["--library", str(library), "ask", *words], standalone_mode=False)
    assert answer.exception is None, answer.output
    return answer.output


def test_an_answer_names_its_page_and_line(library: Path) -> None:
    said = ask(library, "what", "was", "the", "price", "of", "the", "flat?")
    assert "EUR 250,000.00" in said and "page 2 of" in said and "Price of the flat" in said


def test_programs_get_the_place_of_an_answer(library: Path) -> None:
    said = json.loads(ask(library, "--json", "--limit", "1", "What is the total?"))
    (answer,) = said["answers"]
    assert "27.50" in answer["text"] and len(answer["id"]) == 16 and len(answer["polygon"]) == 4


def test_what_nobody_wrote_down_is_not_answered(library: Path) -> None:
    assert ask(library, "Who sank the ship?").strip() == "no document says that"

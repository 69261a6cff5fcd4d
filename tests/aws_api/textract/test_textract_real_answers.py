"""Real models behind Textract's operations: what is written on a form, and the grammar that its clients rely on."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from albumen.aws_api.application import app
from albumen.aws_api.services.rekognition.installed import installed
from albumen.aws_api.wire import Call
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore

pytestmark = [pytest.mark.weights, pytest.mark.data]
FEATURES = ["FORMS", "TABLES", "QUERIES", "SIGNATURES", "LAYOUT"]


@pytest.fixture(scope="module")
def blocks(models_folder: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    pool = Pool(ModelStore(models_folder))
    gateway = app(tmp_path_factory.mktemp("aws"), installed(Cards.load(), pool))
    page = {"Bytes": (data / "documents" / "paystub_header.png").read_bytes()}
    asked = {"Queries": [{"Text": "What is the pay date?"}, {"Text": "Who is the captain of the ship?"}]}
    members = {"Document": page, "FeatureTypes": FEATURES, "QueriesConfig": asked}
    operation = gateway.spec.services["textract"]["AnalyzeDocument"]
    answer: Any = gateway.handlers.call(operation, Call("000000000000", "id"), members)
    yield answer["Blocks"]
    gateway.close()
    pool.close()


def of(blocks: list[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    return [b for b in blocks if b["BlockType"] in kinds]


def related(block: dict[str, Any], kind: str = "CHILD") -> list[str]:
    return [i for r in block.get("Relationships", []) if r["Type"] == kind for i in r["Ids"]]


def test_reads_a_pay_slip(blocks: list[dict[str, Any]]) -> None:
    texts = {b["Text"] for b in of(blocks, "WORD")}
    assert texts >= {"Earnings", "Statement", "Pay", "date:", "7/25/2008", "CLOCK", "NUMBER"}
    assert of(blocks, "LINE", "KEY_VALUE_SET", "LAYOUT_TEXT")
    assert len(of(blocks, "QUERY")) == 2 and len(of(blocks, "QUERY_RESULT")) <= 1


def test_ids_are_unique_and_lead_somewhere(blocks: list[dict[str, Any]]) -> None:
    ids = {b["Id"] for b in blocks}
    assert len(ids) == len(blocks)
    assert {i for b in blocks for r in b.get("Relationships", []) for i in r["Ids"]} <= ids


def test_places_lie_on_the_page_and_fit_their_outlines(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        assert ("Geometry" in block) != (block["BlockType"] == "QUERY")
        assert 0 <= block.get("Confidence", 0) <= 100
        if "Geometry" in block:
            box, corners = block["Geometry"]["BoundingBox"], block["Geometry"]["Polygon"]
            assert len(corners) == 4 and min(c["X"] for c in corners) == pytest.approx(box["Left"], abs=0.01)
            assert 0 <= box["Top"] <= box["Top"] + box["Height"] <= 1.02


def test_lines_say_what_their_words_say(blocks: list[dict[str, Any]]) -> None:
    words = {b["Id"]: b["Text"] for b in of(blocks, "WORD")}
    assert all(b["Text"] == " ".join(words[i] for i in related(b)) for b in of(blocks, "LINE"))


def test_the_cells_of_a_table_are_a_full_grid(blocks: list[dict[str, Any]]) -> None:
    cells = {b["Id"]: (b["RowIndex"], b["ColumnIndex"]) for b in of(blocks, "CELL")}
    for table in of(blocks, "TABLE"):
        places = [cells[i] for i in related(table)]
        rows, columns = max(r for r, _ in places), max(c for _, c in places)
        assert places == [(r, c) for r in range(1, rows + 1) for c in range(1, columns + 1)]
        assert max(Counter(places).values()) == 1

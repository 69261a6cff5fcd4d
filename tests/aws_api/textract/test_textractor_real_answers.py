"""Textractor against a running server with the real models: what its own tests expect of AWS."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from albumen.aws_api.access import Access
from albumen.aws_api.application import Options, services
from albumen.aws_api.services.rekognition.installed import installed
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from tests.aws_api.conftest import SECRET, OneKey, said_in_the_environment

pytest.importorskip("textractor")
from textractor import Textractor
from textractor.data.constants import TextractFeatures

pytestmark = [
    pytest.mark.weights,
    # Textractor leaves the pictures that it opens to the garbage collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def extractor(
    models_folder: Path, tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]
) -> Iterator[Any]:
    pool = Pool(ModelStore(models_folder))
    made = services(tmp_path_factory.mktemp("real"), installed(Cards.load(), pool), Options())
    with (
        serving(made, Access.by_keys(OneKey())) as address,
        said_in_the_environment(address, key="AKIDEXAMPLE", secret=SECRET),
    ):
        boto3.client("s3").create_bucket(Bucket="papers")
        yield Textractor(region_name="us-west-2")
    pool.close()


def test_a_drawn_invoice(extractor: Any) -> None:
    page = np.full((620, 900, 3), 255, np.uint8)
    for y, text in ((90, "INVOICE 4711"), (220, "Due date: 12/03/2024"), (300, "Total: 27.50")):
        cv2.putText(page, text, (80, y), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (0, 0, 0), 2)
    for row, texts in enumerate((("Item", "Price"), ("Tea", "7.50"), ("Bread", "20.00"))):
        for column, text in enumerate(texts):
            left, top = 80 + 300 * column, 360 + 70 * row
            cv2.rectangle(page, (left, top), (left + 300, top + 70), (0, 0, 0), 2)
            cv2.putText(page, text, (left + 20, top + 50), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 2)
    features = [TextractFeatures.FORMS, TextractFeatures.TABLES, TextractFeatures.QUERIES, TextractFeatures.LAYOUT]
    asked = ["What is the total?", "What is the due date?", "Who is the captain of the ship?"]
    document = extractor.analyze_document(Pillow.fromarray(page), features, queries=asked)
    assert [query.result and query.result.answer for query in document.queries] == ["27.50", "12/03/2024", None]
    rows = [[cell.strip() for cell in row] for row in document.tables[0].to_pandas().to_numpy().tolist()]
    assert rows == [["Item", "Price"], ["Tea", "7.50"], ["Bread", "20.00"]]
    assert {pair.key[0].text for pair in document.key_values} >= {"Due", "Total:"}
    assert "INVOICE 4711" in document.to_markdown()


@pytest.mark.data
def test_the_page_that_textractor_is_tested_with(extractor: Any, data: Path) -> None:
    features = [TextractFeatures.TABLES, TextractFeatures.FORMS, TextractFeatures.QUERIES]
    asked = ["What is the name of the package?", "What is the title of the document?", "Lorem ipsum?"]
    document = extractor.analyze_document(str(data / "documents" / "single-page-1.png"), features, queries=asked)
    answers = [query.result and query.result.answer for query in document.queries]
    assert answers == ["Textractor", "Textractor Test Document", None]
    counts = len(document.words), len(document.lines), len(document.checkboxes), len(document.tables)
    assert counts == (51, 24, 2, 1)
    assert len(document.filter_checkboxes(selected=True, not_selected=False)) == 1


@pytest.mark.data
def test_the_receipt_that_textractor_is_tested_with(extractor: Any, data: Path) -> None:
    (receipt,) = extractor.analyze_expense(str(data / "documents" / "receipt.jpg")).expense_documents
    assert receipt.summary_fields["TOTAL"][0].value.text == "$1810.46"


@pytest.mark.data
def test_the_pdf_of_two_pages_that_textractor_is_tested_with(extractor: Any, data: Path) -> None:
    lazy = extractor.start_document_analysis(
        str(data / "documents" / "textractor-multipage-doc.pdf"),
        [TextractFeatures.TABLES, TextractFeatures.FORMS],
        s3_upload_path="s3://papers/upload",
    )
    lazy.textract_polling_interval = 0.1
    assert len(lazy.pages) == 2 and [len(page.tables) for page in lazy.pages] == [1, 1]
    assert lazy.pages[0].image.size[0] > 1000

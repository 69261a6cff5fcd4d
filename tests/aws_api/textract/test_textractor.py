"""AWS's own Textractor against a running server that asks for signatures, called as its own tests call it."""

import io
import os
import re
import time
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest
from PIL import Image as Pillow

from tests.aws_api import clients
from tests.aws_api.textract.conftest import BLACK, WHITE, picture, tiff

textractor = pytest.importorskip("textractor")
from textractcaller import QueriesConfig, Query  # noqa: E402
from textractor import Textractor  # noqa: E402
from textractor.data.constants import (  # noqa: E402
    SimilarityMetric,
    TextractAPI,
    TextractFeatures,
    TextTypes,
)
from textractor.entities.document import Document  # noqa: E402
from textractor.entities.lazy_document import LazyDocument  # noqa: E402
from textractor.exceptions import (  # noqa: E402
    IncorrectMethodException,
    InputError,
    InvalidS3ObjectException,
    UnsupportedDocumentException,
)

# Textractor leaves the pictures that it opens to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
EVERYTHING = [feature for feature in TextractFeatures if feature is not TextractFeatures.QUERIES]
UPLOAD = "s3://papers/upload"


def pages(count: int, kind: str = "PDF") -> bytes:
    first, *others = [Pillow.new("RGB", (100, 100), "white") for _ in range(count)]
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=others)
    return out.getvalue()


@pytest.fixture(scope="module")
def papers(signed_server: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of documents, all of which are in a bucket too."""
    folder, s3 = tmp_path_factory.mktemp("papers"), boto3.client("s3")
    s3.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    for name, data in {
        "page.png": picture(),
        "page.jpg": picture("JPEG"),
        "page.tiff": picture("TIFF"),
        "page.pdf": pages(1),
        "two.pdf": pages(2),
        "three.tiff": tiff(WHITE, WHITE, WHITE),
        "black.tiff": tiff(BLACK),
    }.items():
        (folder / name).write_bytes(data)
        s3.upload_file(str(folder / name), "papers", name)
    return folder


@pytest.fixture(scope="module")
def extractor(papers: Path) -> Any:
    return Textractor(region_name="us-west-2", kms_key_id="")


def quick(lazy: Any) -> Any:
    """Have a document that is still being read asked for more often than every five seconds."""
    assert isinstance(lazy, LazyDocument)
    lazy.textract_polling_interval = 0.05
    return lazy


def opened(papers: Path, name: str = "page.png") -> Any:
    with Pillow.open(papers / name) as image:
        image.load()
        return image


# text


@pytest.mark.parametrize("name", ["page.png", "page.jpg", "page.tiff", "page.pdf"])
@pytest.mark.parametrize("stored", [False, True])
def test_text_of_a_file_and_of_a_stored_one(extractor: Any, papers: Path, name: str, stored: bool) -> None:
    document = extractor.detect_document_text(f"s3://papers/{name}" if stored else str(papers / name))
    assert isinstance(document, Document) and len(document.pages) == 1
    assert [line.text for line in document.lines] == ["Ledger 1", "Total: 42.00", "Paid yes", "DOB 03/04/1990"]
    assert len(document.words) == len(document.get_words_by_type(TextTypes.PRINTED)) == 8
    assert document.pages[0].image.size[0] == document.pages[0].image.size[1]


def test_text_of_pictures_in_memory(extractor: Any, papers: Path) -> None:
    image = opened(papers)
    for source in (image, [image]):
        document = extractor.detect_document_text(source, save_image=True)
        assert len(document.words) == 8 and document.pages[0].image.size == (100, 100)


def test_a_pdf_goes_over_as_it_is_when_no_picture_is_wanted(extractor: Any, papers: Path) -> None:
    document = extractor.detect_document_text(str(papers / "page.pdf"), save_image=False)
    assert len(document.words) == 8 and document.pages[0].image is None


def test_what_has_more_pages_is_for_a_job(extractor: Any, papers: Path) -> None:
    image = opened(papers)
    with pytest.raises(IncorrectMethodException):
        extractor.detect_document_text([image, image])
    with pytest.raises(UnsupportedDocumentException, match="only has one page"):
        extractor.detect_document_text(str(papers / "two.pdf"), save_image=False)
    with pytest.raises(UnsupportedDocumentException, match="only has one page"):
        extractor.analyze_document(str(papers / "two.pdf"), TextractFeatures.FORMS, save_image=False)


# analysis


def test_an_analysis_with_every_feature(extractor: Any, papers: Path) -> None:
    document = extractor.analyze_document(str(papers / "page.png"), EVERYTHING)
    assert [table.to_pandas().to_numpy().tolist() for table in document.tables] == [[["Total: ", "42.00 "]]]
    assert [(pair.key[0].text, pair.value.text.strip()) for pair in document.key_values] == [("Total:", "42.00")]
    assert [box.value.children[0].is_selected() for box in document.checkboxes] == [True]
    assert [len(document.keys(include_checkboxes=with_boxes)) for with_boxes in (True, False)] == [2, 1]
    assert len(document.signatures) == 1 and len(document.layouts) > 0
    assert "Ledger 1" in document.to_markdown() and "42.00" in document.to_html()


@pytest.mark.parametrize("feature", EVERYTHING)
def test_an_analysis_with_one_feature(extractor: Any, papers: Path, feature: Any) -> None:
    document = extractor.analyze_document(opened(papers), feature)
    found = {
        TextractFeatures.TABLES: document.tables,
        TextractFeatures.FORMS: document.key_values,
        TextractFeatures.SIGNATURES: document.signatures,
        TextractFeatures.LAYOUT: [b for b in document.response["Blocks"] if b["BlockType"] == "LAYOUT_TITLE"],
    }
    assert {kind for kind, entities in found.items() if entities} == {feature}


@pytest.mark.parametrize(
    "queries",
    [
        ["What is the total?", "Who is the pilot?"],
        [Query("What is the total?", alias="TOTAL", pages=["1"]), Query("Who is the pilot?")],
        QueriesConfig([Query("What is the total?"), Query("Who is the pilot?", "PILOT", ["*"])]),
    ],
)
def test_questions_in_each_form(extractor: Any, papers: Path, queries: Any) -> None:
    said = "s3://papers/page.png", [TextractFeatures.QUERIES]
    at_once = extractor.analyze_document(*said, queries=queries)
    later = quick(extractor.start_document_analysis(*said, queries=queries))
    for first, second in (at_once.queries, later.queries):
        assert (first.query, first.result.answer, second.result) == ("What is the total?", "42.00", None)
        assert first.result.confidence > 0.5 and first.result.bbox.width > 0


def test_questions_without_the_feature_are_refused_by_the_client(extractor: Any, papers: Path) -> None:
    with pytest.raises(InputError):
        extractor.analyze_document(str(papers / "page.png"), [TextractFeatures.TABLES], queries=["Why?"])


def test_what_textractor_finds_and_exports_from_an_analysis(extractor: Any, papers: Path, tmp_path: Path) -> None:
    document = extractor.analyze_document(str(papers / "page.png"), [TextractFeatures.TABLES, TextractFeatures.FORMS])
    pair = document.get("total", 1, SimilarityMetric.LEVENSHTEIN, 0.6)[0]
    assert (pair.key[0].text, pair.value.text.strip()) == ("Total:", "42.00")
    assert {word.text for word in document.independent_words()} >= {"Ledger", "DOB"}
    document.export_kv_to_csv(include_kv=True, include_checkboxes=True, filepath=str(tmp_path / "kv.csv"))
    document.export_kv_to_txt(include_kv=True, include_checkboxes=True, filepath=str(tmp_path / "kv.txt"))
    document.export_tables_to_excel(filepath=str(tmp_path / "tables.xlsx"))
    assert "42.00" in (tmp_path / "kv.csv").read_text() and "Total:" in (tmp_path / "kv.txt").read_text()
    assert (tmp_path / "tables.xlsx").stat().st_size > 1000
    assert document.pages[0].visualize().size == (100, 100)


def test_the_example_in_the_documentation_runs(
    papers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(papers)
    (example,) = re.findall(r"```py\n(.*?)```", clients.DOCUMENT.read_text(), re.DOTALL)
    exec(compile(example, "docs/aws.md", "exec"), {})
    assert capsys.readouterr().out.strip() == "Total: : 42.00"


# receipts and identity papers


def test_a_receipt_from_a_file_and_from_a_picture(extractor: Any, papers: Path) -> None:
    for source in (str(papers / "page.png"), "s3://papers/page.jpg", opened(papers), [opened(papers)]):
        document = extractor.analyze_expense(source)
        assert len(document.pages) == len(document.expense_documents) == 1
        (total,) = document.expense_documents[0].summary_fields["TOTAL"]
        assert total.value.text == "42.00"


def test_an_identity_paper_from_a_file_and_from_its_two_sides(extractor: Any, papers: Path) -> None:
    image = opened(papers)
    for source, count in ((str(papers / "page.png"), 1), ("s3://papers/page.png", 1), ([image, image], 2)):
        document = extractor.analyze_id(source)
        (paper,) = document.identity_documents
        assert len(paper.fields) == 21 and paper["DATE_OF_BIRTH"] == paper.get("DATE_OF_BIRTH") == "03/04/1990"
        assert len(document.pages) == count


# jobs


@pytest.mark.parametrize(("name", "count"), [("page.png", 1), ("two.pdf", 2), ("three.tiff", 3)])
def test_a_file_is_uploaded_and_read_by_a_job(extractor: Any, papers: Path, name: str, count: int) -> None:
    save = count < 3  # Textractor keeps one picture a TIFF
    started = extractor.start_document_text_detection(
        str(papers / name), s3_upload_path=UPLOAD, job_tag="ledger", save_image=save
    )
    document = quick(started)
    assert len(document.pages) == count and len(document.words) == 8 * count
    assert [page.image is not None for page in document.pages] == [save] * count


def test_bytes_and_pictures_are_uploaded_and_read_by_jobs(extractor: Any, papers: Path) -> None:
    data = (papers / "three.tiff").read_bytes()
    jobs = [
        extractor.start_document_text_detection(data, s3_upload_path=UPLOAD, save_image=False),
        extractor.start_document_analysis(data, EVERYTHING, s3_upload_path=UPLOAD, save_image=False),
        extractor.start_expense_analysis(data, s3_upload_path=UPLOAD, save_image=False),
        extractor.start_document_text_detection(opened(papers), s3_upload_path=UPLOAD),
        extractor.start_document_analysis(opened(papers), TextractFeatures.TABLES, s3_upload_path=UPLOAD),
        extractor.start_expense_analysis(opened(papers), s3_upload_path=UPLOAD),
    ]
    text, analysis, expense, *others = map(quick, jobs)
    assert len(text.words) == 24
    assert [len(page.tables) for page in analysis.pages] == [1, 1, 1] and len(analysis.signatures) == 3
    assert [e.summary_fields["TOTAL"][0].value.text for e in expense.expense_documents] == ["42.00"] * 3
    assert [document.pages[0].image.size for document in others] == [(100, 100)] * 3


def test_results_are_found_where_they_were_wanted(extractor: Any, papers: Path, signed_server: Path) -> None:
    """Textractor goes on looking for parts until the last is five seconds old, so here they are made older."""
    lazy = extractor.start_document_analysis(
        "s3://papers/two.pdf", [TextractFeatures.TABLES, TextractFeatures.FORMS], s3_output_path="s3://papers/output"
    )
    while extractor.textract_client.get_document_analysis(JobId=lazy.job_id)["JobStatus"] == "IN_PROGRESS":
        time.sleep(0.02)
    for part in (signed_server / "buckets").rglob(f"output/{lazy.job_id}/*"):
        os.utime(part, (time.time() - 60,) * 2)
    assert isinstance(lazy, LazyDocument)
    assert len(lazy.pages) == 2 and [table.row_count for table in lazy.tables] == [1, 1]
    assert [page.image.size[0] > 100 for page in lazy.pages] == [True, True]


def test_the_same_token_is_the_same_job(extractor: Any, papers: Path) -> None:
    token = uuid.uuid4().hex
    jobs = [extractor.start_expense_analysis("s3://papers/page.png", client_request_token=token) for _ in range(2)]
    assert jobs[0].job_id == jobs[1].job_id


@pytest.mark.parametrize(
    ("start", "api", "found"),
    [
        ("start_document_text_detection", TextractAPI.DETECT_TEXT, "lines"),
        ("start_document_analysis", TextractAPI.ANALYZE, "key_values"),
        ("start_expense_analysis", TextractAPI.EXPENSE, "expense_documents"),
    ],
)
def test_the_result_of_a_job_by_its_number(extractor: Any, papers: Path, start: str, api: Any, found: str) -> None:
    features = [[TextractFeatures.FORMS]] if api is TextractAPI.ANALYZE else []
    started = quick(getattr(extractor, start)("s3://papers/page.png", *features))
    assert started.words is not None
    assert len(getattr(extractor.get_result(started.job_id, api), found)) == len(getattr(started, found)) > 0


def test_what_cannot_be_read_is_said_by_textractor(extractor: Any, papers: Path) -> None:
    with pytest.raises(InvalidS3ObjectException):
        extractor.start_document_text_detection("s3://papers/nothing.png", save_image=False)
    failed = quick(extractor.start_document_text_detection("s3://papers/black.tiff", save_image=False))
    with pytest.raises(Exception, match="FAILED"):
        _ = failed.pages
    with pytest.raises(InputError):
        extractor.start_document_text_detection(str(papers / "page.png"))

"""Textract's synchronous operations as boto3 sees them."""

import base64
import resource
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from albumen.aws_api.services.textract import papers
from albumen.core.errors import MediaError, TimedOut, Unreadable
from albumen.documents import pages
from albumen.media.sandbox import Sandbox
from tests.aws_api.textract.conftest import at, kinds, picture, tiff

PNG = {"Bytes": picture()}
ALL = ["FORMS", "TABLES", "QUERIES", "SIGNATURES", "LAYOUT"]


def questions(*texts: str, **more: Any) -> dict[str, Any]:
    return {"Queries": [{"Text": t} | more for t in texts]}


def code(ask: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        ask(**members)
    assert caught.value.response["Error"]["Message"]
    return caught.value.response["Error"]["Code"]


def test_text_is_lines_and_words_of_one_page(t: Any) -> None:
    answer = t.detect_document_text(Document=PNG)
    assert answer["DocumentMetadata"] == {"Pages": 1}
    assert kinds(answer["Blocks"]) == {"PAGE": 1, "LINE": 4, "WORD": 8}
    assert [b["Text"] for b in answer["Blocks"] if b["BlockType"] == "LINE"][1] == "Total: 42.00"
    assert answer["DetectDocumentTextModelVersion"] == "1.0"


@pytest.fixture(scope="module")
def boxed() -> Iterator[papers.Papers]:
    with Sandbox(workers=1) as sandbox:
        yield papers.Papers(sandbox=sandbox)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "PDF"])
def test_reads_the_four_formats(t: Any, kind: str) -> None:
    assert t.detect_document_text(Document={"Bytes": picture(kind)})["Blocks"]


def test_each_feature_adds_its_blocks(t: Any) -> None:
    one = {f: t.analyze_document(Document=PNG, FeatureTypes=[f]) for f in ALL if f != "QUERIES"}
    found = {f: set(kinds(answer["Blocks"])) - {"PAGE", "LINE", "WORD"} for f, answer in one.items()}
    assert found == {
        "FORMS": {"KEY_VALUE_SET", "SELECTION_ELEMENT"},
        "TABLES": {"TABLE", "CELL"},
        "SIGNATURES": {"SIGNATURE"},
        "LAYOUT": {"LAYOUT_TITLE"},
    }


def test_an_answered_question_has_an_answer_and_another_none(t: Any) -> None:
    asked = {"Queries": [{"Text": "What is the total?", "Alias": "TOTAL"}, {"Text": "Who is the pilot?"}]}
    blocks = t.analyze_document(Document=PNG, FeatureTypes=["QUERIES"], QueriesConfig=asked)["Blocks"]
    results = [b for b in blocks if b["BlockType"] == "QUERY_RESULT"]
    queries = [b for b in blocks if b["BlockType"] == "QUERY"]
    assert [r["Text"] for r in results] == ["42.00"]
    assert queries[0]["Query"] == {"Text": "What is the total?", "Alias": "TOTAL"}
    assert queries[0]["Relationships"] == [{"Type": "ANSWER", "Ids": [results[0]["Id"]]}]
    assert "Relationships" not in queries[1]


@pytest.mark.parametrize(
    "members",
    [
        {"FeatureTypes": ["QUERIES"]},
        {"FeatureTypes": []},
        {"FeatureTypes": ["FORMS"], "QueriesConfig": questions("What is it?")},
        {"FeatureTypes": ["QUERIES"], "QueriesConfig": questions(*["What is it?"] * 16)},
        {"FeatureTypes": ["QUERIES"], "QueriesConfig": questions("What is it?", Pages=["3-1"])},
        {"FeatureTypes": ["QUERIES"], "QueriesConfig": questions("What is it?", Pages=["0"])},
        {"FeatureTypes": ["QUERIES"], "QueriesConfig": questions("x" * 201)},
        {"FeatureTypes": ["FACES"]},
        {"FeatureTypes": ["FORMS"], "AdaptersConfig": {"Adapters": [{"AdapterId": "a" * 12, "Version": "1"}]}},
    ],
)
def test_impossible_features_are_refused(t: Any, members: dict[str, Any]) -> None:
    assert code(t.analyze_document, Document=PNG, **members) == "InvalidParameterException"


def test_fifteen_questions_are_answered(t: Any) -> None:
    asked = questions(*["What is the total?"] * 15)
    found = t.analyze_document(Document=PNG, FeatureTypes=["QUERIES"], QueriesConfig=asked)["Blocks"]
    assert kinds(found)["QUERY_RESULT"] == 15


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"Bytes": tiff(255, 255)}, "UnsupportedDocumentException"),
        ({"Bytes": b"plain text"}, "UnsupportedDocumentException"),
        ({"Bytes": picture("GIF")}, "UnsupportedDocumentException"),
        ({"Bytes": picture()[:60]}, "BadDocumentException"),
        ({"Bytes": b"%PDF-1.7\nnothing of a PDF"}, "BadDocumentException"),
        ({"Bytes": b"\x89PNG" + bytes(10 * 1024 * 1024)}, "DocumentTooLargeException"),
        ({}, "InvalidParameterException"),
        ({"Bytes": picture()} | at("page.png"), "InvalidParameterException"),
        (at("nothing.png"), "InvalidS3ObjectException"),
        (at("notes.txt"), "UnsupportedDocumentException"),
        (at("three.tiff"), "UnsupportedDocumentException"),
        ({"S3Object": {"Bucket": "nowhere", "Name": "page.png"}}, "InvalidS3ObjectException"),
    ],
)
def test_what_cannot_be_read_gets_its_own_error(t: Any, bucket: Any, document: dict[str, Any], expected: str) -> None:
    for ask in (t.detect_document_text, t.analyze_expense):
        assert code(ask, Document=document) == expected
    assert code(t.analyze_document, Document=document, FeatureTypes=["FORMS"]) == expected
    assert code(t.analyze_id, DocumentPages=[document]) == expected


def test_reads_a_stored_page(t: Any, bucket: Any) -> None:
    assert t.detect_document_text(Document=at("page.png"))["DocumentMetadata"] == {"Pages": 1}


def test_reads_bytes_that_the_client_encoded_twice(t: Any) -> None:
    assert t.detect_document_text(Document={"Bytes": base64.b64encode(picture())})["Blocks"]


def test_a_receipt_has_fields(t: Any) -> None:
    (found,) = t.analyze_expense(Document=PNG)["ExpenseDocuments"]
    assert found["ExpenseIndex"] == 1
    totals = [f["ValueDetection"]["Text"] for f in found["SummaryFields"] if f["Type"]["Text"] == "TOTAL"]
    assert totals == ["42.00"]


def test_an_identity_paper_has_its_21_fields_and_two_pages(t: Any) -> None:
    answer = t.analyze_id(DocumentPages=[PNG, PNG])
    (found,) = answer["IdentityDocuments"]
    assert len(found["IdentityDocumentFields"]) == 21
    assert answer["DocumentMetadata"] == {"Pages": 2}
    assert {b["Page"] for b in found["Blocks"]} == {1, 2}


def test_a_date_is_told_as_aws_tells_it(t: Any) -> None:
    (found,) = t.analyze_id(DocumentPages=[PNG])["IdentityDocuments"]
    dates = {f["Type"]["Text"]: f["ValueDetection"].get("NormalizedValue") for f in found["IdentityDocumentFields"]}
    assert dates["DATE_OF_BIRTH"] == {"Value": "1990-03-04T00:00:00", "ValueType": "Date"}


def test_no_null_goes_over_the_wire(address: str) -> None:
    png = {"Bytes": base64.b64encode(picture()).decode()}
    for operation, body in (
        ("DetectDocumentText", {"Document": png}),
        ("AnalyzeDocument", {"Document": png, "FeatureTypes": ALL, "QueriesConfig": questions("Who?", "What total?")}),
        ("AnalyzeExpense", {"Document": png}),
        ("AnalyzeID", {"DocumentPages": [png]}),
    ):
        headers = {"x-amz-target": f"Textract.{operation}", "content-type": "application/x-amz-json-1.1"}
        answer = httpx.post(address, json=body, headers=headers)
        assert answer.status_code == 200 and b"null" not in answer.content, operation


def test_what_is_not_served_says_why(t: Any) -> None:
    location = at("page.png")
    with pytest.raises(ClientError, match="mortgages"):
        t.start_lending_analysis(DocumentLocation=location)


def test_a_pdf_that_draws_itself_a_thousand_million_times_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "_SECONDS", 1.0)
    objects = {1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>"}
    use = "/Resources << /XObject << /F 10 0 R >> >> /Contents 4 0 R"
    objects[3] = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] {use} >>"
    objects[4] = "<< /Length 5 >>\nstream\n/F Do\nendstream"
    for number in range(10, 20):
        body = "/F Do " * 10 if number < 19 else "0 0 m 9 9 l S"
        form = f"/Type /XObject /Subtype /Form /BBox [0 0 300 400] /Length {len(body)}"
        inner = f"/Resources << /XObject << /F {number + 1} 0 R >> >>" if number < 19 else ""
        objects[number] = f"<< {form} {inner} >>\nstream\n{body}\nendstream"
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in objects.items())
    data = f"%PDF-1.7\n{body}trailer << /Size 20 /Root 1 0 R >>\n%%EOF".encode()
    with pytest.raises(TimedOut):
        list(papers.Papers().sheets(data))


def endless(size: int) -> bytes:
    """Return what zlib unpacks to so many megabytes of zeros, packed a megabyte at a time."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (size - 1) + packer.flush()


def test_a_pdf_that_unpacks_for_ever_when_it_is_opened_costs_a_child_process_only() -> None:
    packed = endless(900)
    about = f"/Type /XRef /Size 9 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length {len(packed)}"
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body += f"9 0 obj\n<< {about} >>\nstream\n".encode() + packed + b"\nendstream\nendobj\n"
    data = body + f"startxref\n{body.index(b'9 0 obj')}\n%%EOF".encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Sandbox(workers=1, memory_mb=300, seconds=20) as sandbox:
        with pytest.raises(MediaError):
            list(papers.Papers(sandbox=sandbox).sheets(data))
        assert [sheet.number for sheet in papers.Papers(sandbox=sandbox).sheets(tiff(255, 255))] == [1, 2]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "PDF"])
def test_no_document_is_opened_in_the_process_of_the_server(
    kind: str, monkeypatch: pytest.MonkeyPatch, boxed: papers.Papers
) -> None:
    monkeypatch.setattr(pages, "count", None)
    monkeypatch.setattr(pages, "leaf", None)
    (sheet,) = boxed.sheets(picture(kind))
    assert sheet.image.mean() == 255


def test_a_document_that_crashes_its_decoder_costs_itself_only(tmp_path: Path) -> None:
    for name in ("crash.jpg", "good.jpg"):
        (tmp_path / name).write_bytes(picture("JPEG"))
    with Sandbox(workers=1, entry="tests.media.decoders:misbehave") as sandbox:
        with pytest.raises(Unreadable, match="SIGSEGV"):
            list(papers.Papers(sandbox=sandbox).sheets(tmp_path / "crash.jpg"))
        assert sandbox.count(tmp_path / "good.jpg").result() == 1

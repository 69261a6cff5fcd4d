"""What bad documents get, at once and as jobs: the modelled error or a blank page, soon, and the server goes on."""

import io
import struct
import time
import zlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image as Pillow

from albumen.documents import textract
from albumen.documents.document import Document, Page
from tests.aws_api.textract.conftest import at, kinds, picture, wait
from tests.media.pdfs import LOCK, make_pdf

SCRIPT = "/OpenAction << /S /JavaScript /JS (while \\(true\\) {}) >> /AA << /WC << /S /Launch /F (/bin/sh) >> >>"


def png_of(width: int, height: int) -> bytes:
    """Say in its head that a picture is large, and hold next to none of its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def strip(width: int) -> bytes:
    file = io.BytesIO()
    Pillow.new("L", (width, 60), 255).save(file, "PNG")
    return file.getvalue()


REFUSED = {
    "encrypted": (make_pdf([["secret"]], trailer=LOCK), "BadDocumentException", "password"),
    "truncated": (make_pdf([["x"]])[:200], "BadDocumentException", "damaged"),
    "without pages": (make_pdf([]), "BadDocumentException", "damaged"),
    "half a picture": (picture()[:60], "BadDocumentException", "damaged"),
    "of 10,000 pages": (make_pdf([[]] * 10_000, size=(100, 100)), "DocumentTooLargeException", "at most 3,000"),
    "of 900 million pixels": (png_of(30_000, 30_000), "DocumentTooLargeException", "30"),
}
READ = {
    "with scripts": make_pdf([["Calm"]], catalog=SCRIPT),
    "of 30,000 pixels": strip(30_000),
    "as large as a field": make_pdf([["x"]], size=(14_400, 200)),
    "that says it has no size": make_pdf([["x"]], size=(0, 0)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_that_cannot_be_read_is_one_error_at_once_and_a_failed_job(t: Any, bucket: Any, name: str) -> None:
    data, code, says = REFUSED[name]
    began = time.monotonic()
    with pytest.raises(ClientError, match=says) as caught:
        t.detect_document_text(Document={"Bytes": data})
    assert caught.value.response["Error"]["Code"] == code
    bucket.put_object(Bucket="papers", Key="bad", Body=data)
    job = t.start_document_text_detection(DocumentLocation=at("bad"))["JobId"]
    answer = wait(t.get_document_text_detection, job)
    assert answer["JobStatus"] == "FAILED" and says in answer["StatusMessage"]
    assert time.monotonic() - began < 15


def test_an_empty_document_is_refused(t: Any, bucket: Any) -> None:
    bucket.put_object(Bucket="papers", Key="empty", Body=b"")
    with pytest.raises(ClientError, match="format"):
        t.detect_document_text(Document=at("empty"))
    job = t.start_document_text_detection(DocumentLocation=at("empty"))["JobId"]
    answer = wait(t.get_document_text_detection, job)
    assert answer["JobStatus"] == "FAILED" and "empty" in answer["StatusMessage"]


@pytest.mark.parametrize("name", READ)
def test_a_strange_document_that_can_be_read_is_read(t: Any, bucket: Any, name: str) -> None:
    began = time.monotonic()
    assert kinds(t.detect_document_text(Document={"Bytes": READ[name]})["Blocks"])["PAGE"] == 1
    assert time.monotonic() - began < 15


def test_pages_that_a_pdf_only_claims_to_have_are_blank_with_a_warning(t: Any, bucket: Any) -> None:
    data = make_pdf([["True"]]).replace(b"/Count 1", b"/Count 3")
    bucket.put_object(Bucket="papers", Key="boast.pdf", Body=data)
    job = t.start_document_text_detection(DocumentLocation=at("boast.pdf"))["JobId"]
    answer = wait(t.get_document_text_detection, job)
    assert answer["JobStatus"] in ("SUCCEEDED", "PARTIAL_SUCCESS")
    assert kinds(answer["Blocks"])["PAGE"] == answer["DocumentMetadata"]["Pages"]


def test_a_blank_page_is_a_page_and_nothing_else() -> None:
    answer = textract.detect_document_text(Document((Page(1, 100, 140, ()),)))
    (page,) = answer["Blocks"]
    assert page["BlockType"] == "PAGE" and "Relationships" not in page
    assert page["Geometry"]["BoundingBox"] == {"Left": 0, "Top": 0, "Width": 1, "Height": 1}

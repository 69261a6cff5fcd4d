"""Textract behind a live server on the loopback, with a reader whose pages are known in advance."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from PIL import Image as Pillow

from albumen.aws_api.access import Access
from albumen.aws_api.application import Options, services
from albumen.aws_api.services.rekognition import Subscribers
from albumen.aws_api.services.s3 import S3, Store
from albumen.aws_api.services.textract import Textract
from albumen.core.errors import Unreadable
from albumen.documents.document import (
    Box,
    Cell,
    Line,
    Mark,
    Page,
    Pair,
    Region,
    RegionKind,
    Signature,
    Table,
    Word,
)
from albumen.documents.pages import Sheet
from tests.aws_api import aws_fakes
from tests.aws_api.conftest import SECRET, OneKey, said_in_the_environment, wait_for

TOPIC = "arn:aws:sns:eu-central-1:000000000000:AmazonTextractDone"
ROLE = "arn:aws:iam::000000000000:role/any"
BLACK, WHITE = 0, 255
"""A white page holds four lines, a black one cannot be read."""


class FakePages:
    """Finds the same on every white page, and counts what it was asked."""

    def __init__(self) -> None:
        self.read: list[tuple[int, bool]] = []

    def page(self, sheet: Sheet, /, *, structure: bool = True) -> Page:
        self.read.append((sheet.number, structure))
        height, width = sheet.image.shape[:2]
        if sheet.image.mean() < 100:
            raise Unreadable(f"page {sheet.number} is black; get the file again")
        lines = (line(10, "Ledger", str(sheet.number)), line(30, "Total:", "42.00"), line(50, "Paid", "yes"))
        lines += (line(70, "DOB", "03/04/1990"),)
        if not structure:
            return Page(sheet.number, width, height, lines)
        mark = Mark(True, 0.9, Box(60, 50, 70, 60))
        cells = (
            Cell(0, 0, Box(0, 25, 40, 45), words=lines[1].words[:1]),
            Cell(0, 1, Box(40, 25, 80, 45), words=lines[1].words[1:]),
        )
        table = Table(Box(0, 25, 80, 45), 1, 2, cells, row_edges=(25, 45), column_edges=(0, 40, 80))
        pairs = (
            Pair(lines[1].words[:1], lines[1].words[1:], confidence=0.95),
            Pair(lines[2].words[:1], marks=(mark,), confidence=0.9),
        )
        return Page(
            sheet.number, width, height, lines, (table,), pairs, (mark,),
            signatures=(Signature(Box(10, 70, 60, 90), 0.8),),
            regions=(Region(RegionKind.TITLE, lines[0].box, lines[:1]),),
        )  # fmt: skip


def line(top: float, *texts: str) -> Line:
    return Line(tuple(Word(t, 0.99, Box(10 + 30 * i, top, 35 + 30 * i, top + 10)) for i, t in enumerate(texts)))


def tiff(*shades: int) -> bytes:
    """Return a TIFF with one page a shade."""
    first, *others = [Pillow.new("L", (100, 100), s) for s in shades]
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=others)
    return out.getvalue()


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (100, 100), "white").save(out, kind)
    return out.getvalue()


def connect(address: str, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=address,
        region_name="eu-central-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"max_attempts": 1, "mode": "standard"}),
    )


class Postbox(BaseHTTPRequestHandler):
    received: list[dict[str, Any]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def letters() -> Iterator[list[dict[str, Any]]]:
    yield Postbox.received


@pytest.fixture(scope="module")
def postbox() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Postbox)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any], postbox: str) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("textract")
    store = Store(folder / "buckets")
    service = Textract(FakePages(), folder, objects=store, topics=Subscribers({TOPIC: postbox}))
    with serving({"s3": S3(store), "textract": service}, Access()) as address:
        wait_for(address)
        yield address


@pytest.fixture(scope="module")
def signed_server(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Iterator[Path]:
    """Run a server that lets only signed requests in, tell clients of it as people do, and return its folder."""
    folder = tmp_path_factory.mktemp("signed")
    made = services(folder, replace(aws_fakes.tasks(), documents=FakePages()), Options(workers=2))
    with (
        serving(made, Access.by_keys(OneKey())) as address,
        said_in_the_environment(address, key="AKIDEXAMPLE", secret=SECRET),
    ):
        yield folder


@pytest.fixture(scope="module")
def t(address: str) -> Any:
    return connect(address, "textract")


@pytest.fixture(scope="module")
def bucket(address: str) -> Any:
    s3 = connect(address, "s3")
    s3.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    files = {"three.tiff": tiff(WHITE, WHITE, WHITE), "torn.tiff": tiff(WHITE, BLACK, WHITE), "black.tiff": tiff(BLACK)}
    for name, data in (files | {"page.png": picture(), "notes.txt": b"plain text"}).items():
        s3.put_object(Bucket="papers", Key=name, Body=data)
    return s3


def at(name: str) -> dict[str, Any]:
    return {"S3Object": {"Bucket": "papers", "Name": name}}


def wait(get: Callable[..., Any], job: str) -> Any:
    for _ in range(400):
        answer = get(JobId=job)
        if answer["JobStatus"] != "IN_PROGRESS":
            return answer
        time.sleep(0.02)
    raise TimeoutError(job)


def kinds(blocks: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Return how many blocks of each type there are."""
    found: dict[str, int] = {}
    for block in blocks:
        found[block["BlockType"]] = found.get(block["BlockType"], 0) + 1
    return found

"""The documentation of the AWS-compatible API: its table is generated, its examples run."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from albumen.aws_api.access import Access
from albumen.aws_api.application import app
from albumen.aws_api.coverage import replaced, table
from albumen.aws_api.services.rekognition import Rekognition
from albumen.aws_api.services.rekognition.service import coverage
from albumen.aws_api.services.s3 import S3, Store
from albumen.aws_api.services.textract import Textract
from albumen.aws_api.services.textract.service import coverage as textract_coverage
from tests.aws_api import aws_fakes
from tests.aws_api.textract.conftest import FakePages
from tests.aws_api.textract.conftest import picture as page

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "aws.md"


@pytest.mark.parametrize(
    ("service", "partly", "operations"),
    [("rekognition", coverage().partly, 75), ("textract", textract_coverage().partly, 25)],
)
def test_the_table_of_operations_is_what_the_server_serves(
    tmp_path: Path, service: str, partly: dict[str, str], operations: int
) -> None:
    gateway = app(tmp_path, aws_fakes.tasks())
    rows = table(gateway.spec, gateway.handlers, service, partly)
    gateway.close()
    text = DOCUMENT.read_text()
    assert rows.count("\n") == operations + 1
    fresh = replaced(text, service, [rows])
    assert fresh == text, f"write this into {DOCUMENT.name}:\n{rows}"


def test_the_examples_run(
    tmp_path: Path, serving: Callable[..., Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "buckets")
    (tmp_path / "photo.jpg").write_bytes(aws_fakes.picture(aws_fakes.RED, aws_fakes.BLUE, kind="JPEG"))
    aws_fakes.clip(tmp_path / "clip.mp4", [aws_fakes.GREY, aws_fakes.RED])
    (tmp_path / "letter.png").write_bytes(page())
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    service = Rekognition(aws_fakes.tasks(), tmp_path, objects=store)
    textract = Textract(FakePages(), tmp_path, objects=store)
    with serving({"s3": S3(store), "rekognition": service, "textract": textract}, Access()) as address:
        names: dict[str, Any] = {}
        for example in examples:
            exec(compile(example.replace("http://127.0.0.1:4747", address), "docs/aws.md", "exec"), names)
    said = capsys.readouterr().out.splitlines()
    assert {"Person 90", "Dog 90", "ada 100", "2000 Person", "42.00", "1 SUCCEEDED"} <= set(said), said

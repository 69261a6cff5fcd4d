"""The documentation of the AWS-compatible API: its tables are generated, its examples run."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from albumen.aws_api.access import Access
from albumen.aws_api.application import Options, app, services
from albumen.aws_api.coverage import names, replaced, table
from albumen.aws_api.services.rekognition.service import coverage
from albumen.aws_api.services.textract.service import coverage as textract_coverage
from tests.aws_api import aws_fakes, clients
from tests.aws_api.textract.conftest import FakePages
from tests.aws_api.textract.conftest import picture as page

DOCUMENT = clients.DOCUMENT


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


@pytest.mark.parametrize("service", ["s3", "sqs", "sns", "sts"])
def test_the_lists_of_operations_are_what_the_server_serves(tmp_path: Path, service: str) -> None:
    gateway = app(tmp_path, aws_fakes.tasks())
    found = f"**{service.upper()}:** {names(gateway.spec, gateway.handlers, service)}"
    gateway.close()
    text = DOCUMENT.read_text()
    assert replaced(text, service, [found]) == text, f"write this into {DOCUMENT.name}:\n{found}"


@pytest.fixture
def address(tmp_path: Path, serving: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "photo.jpg").write_bytes(aws_fakes.picture(aws_fakes.RED, aws_fakes.BLUE, kind="JPEG"))
    aws_fakes.clip(tmp_path / "clip.mp4", [aws_fakes.GREY, aws_fakes.RED])
    (tmp_path / "letter.png").write_bytes(page())
    monkeypatch.chdir(tmp_path)
    tasks = replace(aws_fakes.tasks(), documents=FakePages())
    with serving(services(tmp_path / "served", tasks, Options()), Access()) as address:
        yield address


def examples(language: str, address: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return [example.replace("http://127.0.0.1:4747", address) for example in found]


def test_the_examples_in_python_run(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    known: dict[str, Any] = {}
    for example in examples("python", address):
        exec(compile(example, "docs/aws.md", "exec"), known)
    said = capsys.readouterr().out.splitlines()
    expected = {"Person 90", "Dog 90", "ada 100", "2000 Person", "SUCCEEDED", "42.00", "1 SUCCEEDED"}
    assert expected <= set(said), said


def test_the_examples_for_the_command_line_run(address: str, tmp_path: Path) -> None:
    lines = [line for example in examples("sh", address) for line in example.splitlines()]
    said = clients.aws([line.removeprefix("aws ") for line in lines if line.startswith("aws ")], tmp_path, address)
    assert len(said) == 7
    assert '"Name": "Dog"' in said[3]


def test_the_example_in_javascript_runs(address: str, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(clients.sdk() / "node_modules")
    (script,) = examples("js", address)
    (tmp_path / "script.mjs").write_text(script)
    assert "Person 90" in clients.run(["node", "script.mjs"], tmp_path, address).splitlines()

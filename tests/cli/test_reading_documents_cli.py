"""The command `albumen read`, on a drawn page with the real weights."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from albumen.cli.context import Context
from albumen.cli.read import read
from albumen.core.errors import StoreError
from albumen.core.settings import read_settings


@pytest.mark.weights
def test_a_page_is_read_asked_and_written_as_pdf_and_picture(tmp_path: Path, models_folder: Path) -> None:
    page = np.full((300, 900, 3), 255, np.uint8)
    cv2.putText(page, "Policy number: 4711", (60, 150), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (0, 0, 0), 3)
    cv2.imwrite(str(tmp_path / "page.png"), page)
    context = Context(replace(read_settings(), models=models_folder))
    made = ["--pdf", str(tmp_path / "page.pdf"), "--picture", str(tmp_path / "seen.png")]
    asked = ["--query", "What is the policy number?", "--query", "Who is the landlord?", "--json"]
    result = CliRunner().invoke(read, [str(tmp_path / "page.png"), *asked, *made], obj=context, catch_exceptions=False)
    answers = json.loads(result.output)["answers"]
    assert answers["What is the policy number?"]["text"] == "4711"
    assert answers["Who is the landlord?"] is None
    over_itself = ["--pdf", str(tmp_path / "page.pdf"), str(tmp_path / "page.pdf")]
    result = CliRunner().invoke(read, over_itself, obj=context, catch_exceptions=False)
    assert "Policy number: 4711" in result.output
    assert (tmp_path / "page.pdf").read_bytes().endswith(b"%%EOF\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.pdf", "page.png", "seen.png"]
    assert (tmp_path / "seen.png").stat().st_size > 1000


@pytest.mark.parametrize("option", ["--pdf", "--picture"])
@pytest.mark.weights
def test_a_place_that_cannot_be_written_is_said_in_one_sentence(
    tmp_path: Path, models_folder: Path, option: str
) -> None:
    cv2.imwrite(str(tmp_path / "page.png"), np.full((60, 60, 3), 255, np.uint8))
    context = Context(replace(read_settings(), models=models_folder))
    asked = [str(tmp_path / "page.png"), option, str(tmp_path / "none" / "out")]
    with pytest.raises(StoreError, match="No such file or directory; check the path and the disk"):
        CliRunner().invoke(read, asked, obj=context, catch_exceptions=False)

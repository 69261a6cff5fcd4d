"""The first import at a terminal asks once which weights to run on, and remembers it."""

import os
import pty
import select
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from albumen.cli.importing import undecided
from albumen.core.errors import SettingsError
from albumen.core.settings import Settings
from albumen.library.chosen import choose_tier, chosen_tier
from albumen.models.card import Card
from albumen.models.cards import Cards
from albumen.server.house import settled
from albumen.server.models import Models
from tests.cli.test_commands import ALBUMEN, environment

CLOSED = "http://127.0.0.1:9"
QUESTION = "Which one"


class Ended(NamedTuple):
    code: int
    said: str
    seconds: float


@pytest.fixture
def command(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "in").mkdir()
    return (*ALBUMEN, "--library", str(tmp_path / "library"), "import", str(tmp_path / "in"))


def at_terminal(command: tuple[str, ...], answer: str, **variables: str) -> Ended:
    """Run a command at a terminal of its own, and type the answer when it is asked for one."""
    mine, its = pty.openpty()
    started, said, typed = time.monotonic(), b"", False
    ran = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment(**variables), close_fds=True)
    os.close(its)
    while time.monotonic() - started < 60:
        if select.select([mine], [], [], 0.1)[0]:
            try:
                said += os.read(mine, 4096)
            except OSError:
                break  # the command has closed its end
        if QUESTION.encode() in said and not typed:
            os.write(mine, f"{answer}\n".encode())
            typed = True
    os.close(mine)
    return Ended(ran.wait(10), said.decode(), time.monotonic() - started)


def fetching(tmp_path: Path) -> dict[str, str]:
    return {"ALBUMEN_FETCH": "true", "ALBUMEN_MODELS": str(tmp_path / "models"), "ALBUMEN_HUB": CLOSED}


def test_the_question_shows_both_sizes_and_the_answer_is_remembered(tmp_path, command):
    ended = at_terminal(command, "offline", **fetching(tmp_path))
    assert (ended.code, ended.said.count(QUESTION)) == (0, 1)
    assert " MB  from package registries" in ended.said
    assert " GB  from the model hub" in ended.said
    assert chosen_tier(tmp_path / "library") == "offline"
    assert QUESTION not in at_terminal(command, "", **fetching(tmp_path)).said


def test_a_hub_that_cannot_be_reached_costs_seconds_and_one_sentence(tmp_path, command):
    ended = at_terminal(command, "quality", **fetching(tmp_path))
    assert (ended.code, chosen_tier(tmp_path / "library")) == (0, "quality")
    assert ended.said.count("cannot be reached") == 1
    assert "the offline tier stands in" in ended.said
    assert ended.seconds < 20


def test_no_program_is_asked(tmp_path, command):
    ran = subprocess.run(
        command, input="", capture_output=True, text=True, env=environment(**fetching(tmp_path)), timeout=60
    )
    assert (ran.returncode, QUESTION in ran.stderr, chosen_tier(tmp_path / "library")) == (0, False, None)


def test_nobody_is_asked_where_a_tier_is_chosen_or_a_model_is_installed(tmp_path):
    (tmp_path / "weights").write_bytes(b"weights")
    models = Models(Settings(models=tmp_path / "models"))
    models.cards = Cards([_card("old.a", "offline", tmp_path / "weights")])
    assert undecided(models, None, terminal=True)
    assert not undecided(models, None, terminal=False)
    assert not undecided(models, "offline", terminal=True)
    models.store.ensure(models.cards["old.a"])
    assert not undecided(models, None, terminal=True)


def test_the_environment_outranks_what_was_chosen(tmp_path):
    choose_tier(tmp_path, "quality")
    assert settled(Settings(), tmp_path).tier == "quality"
    assert settled(Settings(tier="offline"), tmp_path).tier == "offline"


@pytest.mark.parametrize(("text", "said"), [('tier = "best"', "it takes offline or quality"), ("tier =", "mend it")])
def test_what_was_written_by_hand_and_cannot_be_used_is_named(tmp_path, text, said):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        chosen_tier(tmp_path)


def test_a_quality_model_is_used_once_it_is_installed_and_not_before(tmp_path):
    here = tmp_path / "weights"
    here.write_bytes(b"weights")
    before, models = (Models(Settings(tier="quality", models=tmp_path / "models")) for _ in range(2))
    for each in (before, models):
        each.cards = Cards([_card("old.a", "offline", here), _card("better.a", "quality", here)])
    assert before.card("embed").name == "old.a"
    models.store.ensure(models.cards["better.a"])
    assert models.card("embed").name == "better.a"
    assert before.card("embed").name == "old.a", "stores under way must not change"


def _card(name: str, tier: str, source: Path) -> Card:
    file = {"name": "m.onnx", "bytes": 7, "sources": [f"file:{source}"]}
    told = {"title": "A test", "task": "embed", "family": "t", "licence": "MIT", "provenance": "Made here."}
    return Card.model_validate({"name": name, "tier": tier, "default": True, "files": [file], **told})

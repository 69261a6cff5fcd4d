"""`albumen models …`: what it prints, and the exit code that says what happened."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from albumen.cli.context import Context
from albumen.cli.exits import Exit
from albumen.cli.models import ASK_ABOVE, models
from albumen.core.errors import NotFound, NotInstalled, UnknownModel
from albumen.core.settings import Settings
from albumen.models.card import Card
from albumen.models.cards import Cards

CONTENT = b"weights" * 100


def card(name, source, *, content=CONTENT, **more):
    file = {"name": "m.onnx", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "sources": [source]}
    fixed = {"title": "A test", "task": "embed", "family": "t", "tier": "quality", "licence": "MIT"}
    return Card.model_validate({"name": name, **fixed, "provenance": "Made here.", "files": [file]} | more)


@pytest.fixture
def context(tmp_path):
    (tmp_path / "m.onnx").write_bytes(CONTENT)
    made = Context(Settings(models=tmp_path / "models"))
    here = f"file:{tmp_path}/m.onnx"
    made.cards = Cards(
        [
            card("good.a", here, default=True),
            card("gone.a", f"file:{tmp_path}/gone.onnx", task="faces"),
            card("wrong.a", here, content=b"other" * 140, task="labels", tier="offline"),
        ]
    )
    return made


@pytest.fixture
def run(context):
    def invoke(*arguments, stdin=None):
        return CliRunner().invoke(models, arguments, obj=context, input=stdin)

    return invoke


def test_list_shows_a_line_a_model(run):
    run("pull", "good.a")
    lines = run("list").output.splitlines()
    assert lines[0].split() == ["model", "task", "tier", "size", "licence", "state"]
    assert lines[2].split("  ")[0] == "good.a"
    assert lines[2].endswith("installed, default")


def test_list_filters_and_speaks_json(run):
    found = json.loads(run("list", "--task", "embed", "--tier", "quality", "--json").output)
    assert [(m["name"], m["installed"], m["bytes"]) for m in found["models"]] == [("good.a", False, 700)]


def test_a_task_that_no_model_does_is_named_with_those_there_are(run):
    error = run("list", "--task", "cooking").exception
    assert isinstance(error, NotFound)
    assert "no model does 'cooking'; tasks are " in str(error)


def test_show_tells_licence_hash_and_sources(run, context):
    said = run("show", "good.a").output
    assert "MIT" in said
    assert context.cards["good.a"].files[0].sha256 in said
    assert "m.onnx" in said
    assert json.loads(run("show", "good.a", "--json").output)["files"][0]["bytes"] == 700


def test_pull_installs_and_says_where(run, context):
    result = run("pull", "good.a", "--json")
    (model,) = json.loads(result.output)["models"]
    assert result.exit_code == Exit.OK
    assert Path(model["files"]["m.onnx"]).read_bytes() == CONTENT


def test_pull_without_a_name_takes_the_defaults_of_the_tier(run):
    assert json.loads(run("pull", "--tier", "quality", "--json").output)["models"][0]["name"] == "good.a"


@pytest.mark.parametrize(("name", "code"), [("gone.a", Exit.UNAVAILABLE), ("wrong.a", Exit.NOT_WELL)])
def test_pull_goes_on_after_a_failure_and_ends_with_its_code(run, name, code):
    result = run("pull", name, "good.a")
    assert result.exit_code == code
    assert "good.a is installed" in result.output
    assert f"of model {name}" in result.stderr


def test_pull_fetches_although_settings_forbid_it_because_it_was_asked_to(context, tmp_path):
    context.settings = Settings(models=tmp_path / "models", fetch=False)
    assert CliRunner().invoke(models, ["pull", "good.a"], obj=context).exit_code == Exit.OK
    with pytest.raises(NotInstalled):
        context.store.ensure(context.cards["gone.a"])


def test_verify_finds_damage_and_says_so_by_its_code(run, context):
    run("pull", "good.a")
    assert run("verify").exit_code == Exit.OK
    context.store.paths(context.cards["good.a"])["m.onnx"].write_bytes(b"x" * 700)
    result = run("verify", "--json")
    assert result.exit_code == Exit.NOT_WELL
    assert json.loads(result.output)["problems"][0]["file"] == "m.onnx"
    assert "run `albumen models pull good.a`" in run("verify").output


def test_an_unknown_model_is_not_found(run):
    assert isinstance(run("show", "god.a").exception, UnknownModel)


def test_a_large_download_is_shown_with_its_licence(run, context, tmp_path):
    large = {"name": "m.onnx", "bytes": ASK_ABOVE + 1, "sources": ["hf:a/b@main/c"]}
    context.cards = Cards([card("large.a", "file:x").model_copy(update={"files": (large,)})])
    context.cards = Cards([Card.model_validate(context.cards["large.a"].model_dump(mode="json", warnings=False))])
    context.settings = Settings(models=tmp_path / "models", hub="http://127.0.0.1:9")
    result = run("pull", "large.a")
    assert "large.a: 200.0 MB, MIT" in result.stderr
    assert result.exit_code == Exit.UNAVAILABLE
    assert "large.a: 200.0 MB" not in run("pull", "large.a", "--yes").stderr


def test_exit_codes_reach_the_shell():
    code = "from albumen.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "models", "show", "nope"], capture_output=True, text=True, check=False
    )
    assert done.returncode == Exit.NOT_FOUND
    assert done.stderr.startswith("albumen: no model is named 'nope'")

"""The pages of commands and settings are what the code says, and every command in the documentation can be typed."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest

from albumen.cli.docs import commands_page, settings_page
from albumen.cli.exits import SAID, Exit
from albumen.cli.main import COMMANDS, albumen
from albumen.core.settings import described

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TYPED = re.compile(r"(?:`|^\$ (?:\.venv/bin/)?|^(?:\.venv/bin/)?)(albumen(?: [^`\n]+)?)(?:`|$)", re.MULTILINE)
FOLDERS = ("DATA/retrieval/images", "PATH")
FILES = ("FILE", "photo.jpg", "scan.pdf", "invoice.pdf", "cert.pem", "key.pem")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The pages as a process of its own writes them: commands remember how their help was first asked for."""
    folder = tmp_path_factory.mktemp("docs")
    subprocess.run([sys.executable, "-m", "albumen.cli.docs", str(folder)], check=True)
    return folder


@pytest.mark.parametrize("name", ["cli.md", "settings.md"])
def test_the_committed_page_is_up_to_date(name, written):
    made = (written / name).read_text("utf-8")
    assert (ROOT / "docs" / name).read_text("utf-8") == made, "run `python -m albumen.cli.docs docs`"


def test_the_pages_name_every_command_setting_and_exit_code():
    assert all(f"## albumen {name}" in commands_page() for name in COMMANDS)
    assert all(f"`{setting.variable}`" in settings_page() for setting in described())
    assert set(SAID) == set(Exit)


def typed() -> Iterator[tuple[str, str]]:
    """Yield each page with each command line that it shows; what a brace or a bar offers is taken apart."""
    for page in PAGES:
        text = page.read_text("utf-8") if page.name != "cli.md" else ""
        for match in TYPED.finditer(text):
            line = match[1].split("  #")[0].replace("\\|", "|").split(" && ")[0].split(" > ")[0].strip()
            yield page.name, line


@pytest.mark.parametrize(("page", "line"), sorted(set(typed())), ids=lambda value: str(value)[:60])
def test_every_command_in_the_documentation_can_be_typed(page, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in FOLDERS:
        (tmp_path / name).mkdir(parents=True)
    for name in FILES:
        (tmp_path / name).write_text("a line\n")
    words = [word.split("|")[0].rstrip("…") for word in shlex.split(line)[1:]]
    with suppress(click.exceptions.Exit, click.exceptions.NoArgsIsHelpError):  # --help, and the name alone
        parse(albumen, [word for word in words if word])


def parse(command: click.Command, words: list[str]) -> None:
    """Take a command line apart as the program does, and run nothing; a command's name alone is fine in a sentence."""
    if not words:
        return
    with command.make_context(command.name, list(words)) as ctx:
        if isinstance(command, click.Group):
            _, found, rest = command.resolve_command(ctx, [*ctx._protected_args, *ctx.args])
            assert found is not None, words
            parse(found, rest)

"""Writes the pages of commands and of settings from the code itself: `python -m albumen.cli.docs docs`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from albumen.cli.exits import SAID
from albumen.cli.main import albumen
from albumen.core.settings import described

COMMANDS_HEAD = """# Commands

This page is made from the commands themselves by `python -m albumen.cli.docs docs`; a test keeps it true.

`--json` prints one JSON value a line and nothing else on standard output; what is meant for people goes to standard
error. A path that is not UTF-8 is shown with its odd bytes as `\\xNN`; JSON then has all its bytes in `path_hex`.
"""
SETTINGS_HEAD = """# Settings

This page is made from `src/albumen/core/settings.py` by `python -m albumen.cli.docs docs`; a test keeps it true.

Every setting is an environment variable. An empty one counts as unset; one that is misspelt or cannot be used ends the
program with a sentence that says what it takes, and exit code 2. The tier that was chosen at a library's first import
lies in `settings.toml` in the library's folder, which may be edited.
"""
WIDTH = 100


def commands_page() -> str:
    """Return the page of commands in Markdown."""
    root = click.Context(
        albumen, info_name="albumen", terminal_width=WIDTH, max_content_width=WIDTH, **albumen.context_settings
    )
    codes = [
        "## Exit codes",
        "",
        "| code | means |",
        "|---|---|",
        *(f"| {code:d} | {said} |" for code, said in SAID.items()),
    ]
    return "\n".join([COMMANDS_HEAD, *_sections(albumen, root), *codes]) + "\n"


def _sections(command: click.Command, ctx: click.Context) -> Iterator[str]:
    yield f"## {ctx.command_path}\n\n```text\n{command.get_help(ctx)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            if (found := command.get_command(ctx, name)) is not None:
                own = click.Context(found, parent=ctx, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
                yield from _sections(found, own)


def settings_page() -> str:
    """Return the page of settings in Markdown."""
    rows = ["| variable | takes | default | means |", "|---|---|---|---|"]
    for one in described():
        rows.append(f"| `{one.variable}` | {one.takes.said} | {_default(one.default)} | {one.said} |")
    return "\n".join([SETTINGS_HEAD, *rows]) + "\n"


def _default(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case Path():
            home = Path.home()
            return f"`~/{value.relative_to(home)}`" if value.is_relative_to(home) else f"`{value}`"
        case _:
            return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "cli.md").write_text(commands_page(), "utf-8")
    (folder / "settings.md").write_text(settings_page(), "utf-8")

"""The command `albumen`: finds the subcommand, turns errors into one sentence and an exit code."""

import importlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from albumen.cli.context import LIBRARY, Context
from albumen.cli.exits import Exit, exit_for
from albumen.cli.start import INTERRUPTED
from albumen.core.errors import AlbumenError

COMMANDS = {
    "import": ("importing", "import_", "Take photos and videos into the library, or look for news in known folders."),
    "search": ("searching", "search", "Find photos and videos in plain words."),
    "ask": ("asking", "ask", "Ask the documents of the library a question."),
    "show": ("showing", "show", "Show all that is known of one photo or video."),
    "read": ("read", "read", "Read a document: text, tables, forms, and answers to questions."),
    "serve": ("serving", "serve", "Open the library in the browser and to programs."),
    "keys": ("keys", "keys", "Make and end access keys for AWS clients."),
    "aws": ("aws", "aws", "Serve the AWS-compatible API alone, to this machine."),
    "stats": ("showing", "stats", "Count what the library holds."),
    "people": ("people", "people", "See who is in the pictures, and give people names."),
    "verify": ("keeping", "verify", "Check every file of the library against its hash."),
    "trash": ("keeping", "trash", "Put photos and videos into the trash; originals stay where they are."),
    "restore": ("keeping", "restore", "Take photos and videos out of the trash."),
    "forget": ("keeping", "forget", "Forget a folder that was moved away; its photos stay."),
    "models": ("models", "models", "List, fetch and check models."),
    "bench": ("benching", "bench", "Measure import and search on this machine."),
    "completion": ("completing", "completion", "Print the shell's completion script."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are asked for, so that help is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command, or return None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        return getattr(importlib.import_module(f"albumen.cli.{module}"), name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that has seen enough, as `head` has, is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains while it ends
            return Exit.OK

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands from the table above, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--library", type=click.Path(path_type=Path), help=LIBRARY)
@click.version_option(package_name="albumen")
@click.pass_context
def albumen(ctx: click.Context, library: Path | None) -> None:
    """Keep, understand and find your photos and videos, on your own machine."""
    from albumen.core.settings import read_settings

    settings = read_settings()
    ctx.obj = Context(replace(settings, library=library) if library else settings)


def main() -> None:
    """Run the command line and leave with an exit code that says what happened."""
    try:
        code = albumen.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo(INTERRUPTED, err=True)
        code = Exit.INTERRUPTED
    except click.ClickException as error:
        error.show()
        if isinstance(error, click.NoSuchOption) and not error.option_name.startswith("--"):
            click.echo("Names and words that begin with - go after --, as in: albumen search -- -dog", err=True)
        code = Exit.USAGE
    except AlbumenError as error:
        click.echo(f"albumen: {error}", err=True)
        code = exit_for(error)
    sys.exit(code if isinstance(code, int) else Exit.OK)

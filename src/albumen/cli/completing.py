"""The command `albumen completion`."""

import click
from click.shell_completion import get_completion_class

from albumen.cli.exits import Exit


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the shell's completion script.

    For bash: albumen completion bash > ~/.local/share/bash-completion/completions/albumen
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}", ctx)
    click.echo(kind(ctx.find_root().command, {}, "albumen", "_ALBUMEN_COMPLETE").source())
    return Exit.OK

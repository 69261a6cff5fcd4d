"""Prints results: JSON for programs, plain lines for people."""

import json
import sys
from typing import Any

import click


def print_json(value: Any) -> None:
    """Print one value as one line of JSON; what is no text stays visible as escapes."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogateescape"))


def to_terminal() -> bool:
    """Return whether a person is watching standard error."""
    return sys.stderr.isatty()


def size(n: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{n / 1e3:.0f} kB" if n < 1e6 else f"{n / 1e6:.1f} MB" if n < 1e9 else f"{n / 1e9:.2f} GB"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with the word for so many."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

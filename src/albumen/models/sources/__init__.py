"""Where model files come from: the parts of a source's address, and what every source does with it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from albumen.core.errors import ModelError

_SHAPES = {
    "hf": re.compile(r"(?P<name>[^/@]+/[^/@]+)@(?P<version>[^/]+)/(?P<member>.+)"),
    "pypi": re.compile(r"(?P<name>[^/=]+)==(?P<version>[^/]+)/(?P<member>.+)"),
    "npm": re.compile(r"(?P<name>(?:@[^/@]+/)?[^/@]+)@(?P<version>[^/]+)/(?P<member>.+)"),
    "file": re.compile(r"(?P<name>)(?P<version>)(?P<member>.+)"),
}


@dataclass(frozen=True)
class Address:
    """A source, taken apart: `scheme:name@version/member`."""

    scheme: str
    name: str
    version: str
    member: str

    def __str__(self) -> str:
        match self.scheme:
            case "file":
                return f"file:{self.member}"
            case "pypi":
                return f"pypi:{self.name}=={self.version}/{self.member}"
            case _:
                return f"{self.scheme}:{self.name}@{self.version}/{self.member}"


def parse(source: str) -> Address:
    """Take a source's address apart; an unknown or unclear one is an error that names the shapes there are."""
    scheme, _, rest = source.partition(":")
    shape = _SHAPES.get(scheme)
    if shape and (match := shape.fullmatch(rest)):
        return Address(scheme, match["name"], match["version"], match["member"])
    raise ModelError(
        f"the source {source!r} is none of hf:OWNER/REPO@REVISION/PATH, pypi:NAME==VERSION/PATH, "
        "npm:NAME@VERSION/PATH, file:PATH"
    )


@dataclass(frozen=True)
class Progress:
    """How far one file has come: bytes had so far, and bytes expected."""

    card: str
    file: str
    done: int
    total: int


Report = Callable[[int, int], None]
"""Told of bytes had so far and bytes expected."""


@dataclass(frozen=True)
class Fetched:
    """What a source gave beside the file itself: licence texts by name, and the hash it promised, if any."""

    licences: dict[str, bytes]
    promised: str | None = None


class Source(Protocol):
    """One place files come from."""

    def fetch(self, address: Address, into: Path, report: Report) -> Fetched:
        """Write the file to `into`, or raise `SourceUnavailable` with the reason."""
        ...

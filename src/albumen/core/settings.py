"""Everything that can be set from outside, read once. Nobody else reads the environment.

A field is read from the variable `ALBUMEN_` and its name in capitals; what it means and takes stands beside it, which
is what the page of settings and the error messages are made from.
"""

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast

from albumen.core.errors import SettingsError

# ruff: noqa: RUF009 - `_setting` is `field`, with what the page of settings says
PREFIX = "ALBUMEN_"
TierName = Literal["offline", "quality"]


@dataclass(frozen=True)
class Takes:
    """What a variable takes, in words, and how its text becomes a value; a text that is none raises `ValueError`."""

    said: str
    read: Callable[[str], object]


def _one_of(*names: str) -> Takes:
    return Takes(" or ".join(names), lambda text: names[names.index(text.lower())])


def _number(of: type[int] | type[float], *, least: float, said: str) -> Takes:
    def read(text: str) -> float:
        value = of(text)
        if not least <= value < float("inf"):
            raise ValueError(text)
        return value

    return Takes(said, read)


def _language(text: str) -> str:
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(text)
    return text.lower()


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError(text)
    return text


def _addresses(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.partition("=") for part in text.split())
    return tuple((name, _address(address)) for name, _, address in pairs)


SWITCH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
FOLDER = Takes("a folder", lambda text: Path(text).expanduser())


def _setting(default: Any, takes: Takes, said: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"takes": takes, "said": said, "secret": secret})


def _plain(value: Any) -> str | int | float | None:
    if isinstance(value, tuple):
        return " ".join("=".join(pair) for pair in cast("tuple[tuple[str, str], ...]", value))
    return str(value) if isinstance(value, Path) else value


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a process was told at its start."""

    library: Path | None = _setting(None, FOLDER, "Folder of the library; the command line's `--library` wins.")
    models: Path = _setting(
        Path("~/.cache/albumen/models").expanduser(),
        FOLDER,
        "Folder where model files are kept, shared by all libraries.",
    )
    tier: TierName | None = _setting(
        None,
        _one_of("offline", "quality"),
        "Which weights to run on: those inside registry packages, or the best ones from the model hub. Unset, what was "
        "chosen for the library at its first import, else offline.",
    )
    fetch: bool = _setting(
        True, Takes("true or false", lambda text: SWITCH[text.lower()]), "Whether missing model files may be fetched."
    )
    hub: str = _setting(
        "https://huggingface.co",
        Takes("an address that begins with http:// or https://", _address),
        "Address of the model hub or of a mirror.",
    )
    hub_token: str | None = _setting(
        None, Takes("a text", str), "Token for the model hub, if it asks for one.", secret=True
    )
    threads: int = _setting(
        0,
        _number(int, least=0, said="a whole number from 0 on"),
        "Processor threads to use; 0 means as many as there are.",
    )
    language: str = _setting(
        "en", Takes("two letters, such as en or de", _language), "Language of place names, where the data has it."
    )
    decode_seconds: float = _setting(
        60.0,
        _number(float, least=0.001, said="a number above 0"),
        "Longest time one file may take to decode, in seconds.",
    )
    decode_memory_mb: int = _setting(
        3072,
        _number(int, least=256, said="a whole number from 256 on"),
        "Most address space that a decoding process may take, in megabytes.",
    )
    aws_workers: int = _setting(
        1,
        _number(int, least=1, said="a whole number from 1 on"),
        "Stored videos, and stored documents, that the AWS-compatible API works on at a time.",
    )
    aws_topics: tuple[tuple[str, str], ...] = _setting(
        (),
        Takes("topics and addresses, such as arn:aws:sns:us-east-1:000000000000:done=http://host/hook", _addresses),
        "Web addresses that get what SNS topics are told, with spaces between them.",
    )

    def public(self) -> dict[str, str | int | float | None]:
        """Return the settings as plain data, without secrets."""
        values = {setting.name: getattr(self, setting.name) for setting in described() if not setting.secret}
        return {name: _plain(value) for name, value in values.items()}

    def thread_count(self) -> int:
        """Return how many processor threads to use."""
        here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return self.threads or here or 1


@dataclass(frozen=True)
class Described:
    """One setting as pages and messages show it."""

    name: str
    """Name of the field; the variable is `ALBUMEN_` and this in capitals."""
    takes: Takes
    said: str
    default: object
    secret: bool

    @property
    def variable(self) -> str:
        """Return the name of the environment variable."""
        return PREFIX + self.name.upper()


def described() -> list[Described]:
    """Return every setting there is."""
    return [Described(f.name, default=f.default, **f.metadata) for f in fields(Settings)]


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment; an unknown or unusable `ALBUMEN_` variable is an error.

    Empty variables count as unset, and those that begin with `ALBUMEN_TEST_` belong to the tests.
    """
    source = os.environ if environ is None else environ
    known = {setting.variable: setting for setting in described()}
    ours = {k: v for k, v in source.items() if k.startswith(PREFIX) and not k.startswith(f"{PREFIX}TEST_") and v != ""}
    return Settings(**{_known(k, known).name: _read(known[k], v) for k, v in ours.items()})


def _known(variable: str, known: Mapping[str, Described]) -> Described:
    if variable in known:
        return known[variable]
    names = {name.removeprefix(PREFIX): name for name in known}
    near = difflib.get_close_matches(variable.removeprefix(PREFIX), names, n=1)
    hint = f"did you mean {names[near[0]]}?" if near else f"there are {', '.join(known)}."
    raise SettingsError(f"there is no setting {variable}; {hint}")


def _read(setting: Described, text: str) -> Any:
    try:
        return cast(Any, setting.takes.read(text.strip()))
    except (ValueError, KeyError) as error:
        said = "its value" if setting.secret else repr(text)
        raise SettingsError(f"{setting.variable}={said} cannot be used: it takes {setting.takes.said}") from error

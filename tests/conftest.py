"""Fixtures for all tests: the shared evaluation data, a folder of model files, and no network beyond loopback."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_configure() -> None:
    """Let Ctrl-C reach the programs that tests start, also where a shell runs the tests in its background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of evaluation data (see CONTRIBUTING.md), or skip: it is not part of the product."""
    folder = Path(os.environ.get("ALBUMEN_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "README.md").is_file():
        pytest.skip(f"no evaluation data at {folder}; set ALBUMEN_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """Return the folder where tests keep fetched model files: the user's own cache unless told otherwise."""
    default = Path.home() / ".cache" / "albumen" / "models"
    return Path(os.environ.get("ALBUMEN_MODELS", default))


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Refuse every connection that leaves this machine, but for tests that fetch weights through a package client."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in LOOPBACK:
            raise OSError(f"tests may not connect to {host}")
        connect(self, address)  # pyright: ignore

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield

"""`albumen serve` as a process of its own, as users start it."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.serving import free_port

OURS = {"X-Albumen": "1"}
PASSWORD = "correct horse battery"
ALBUMEN = (sys.executable, "-c", "from albumen.cli.main import main; main()")


@dataclass(frozen=True)
class Serve:
    """A running process and where it answers."""

    process: "subprocess.Popen[str]"
    address: str
    library: Path

    def sign_in(self, name: str = "ada", password: str = PASSWORD) -> httpx.Client:
        """Return a client with a session of that account."""
        client = httpx.Client(base_url=self.address, headers=OURS, timeout=20)
        client.post("/api/session", json={"name": name, "password": password}).raise_for_status()
        return client

    def run(self, *words: str) -> str:
        """Run another command of `albumen` on the same library and return what it prints."""
        command = [*ALBUMEN, "--library", str(self.library), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@contextmanager
def serve(library: Path, *options: str, environment: Mapping[str, str], owner: str | None = "ada") -> Iterator[Serve]:
    """Run the server on a library until the block ends."""
    port, words = free_port(), list[str]()
    if owner and not (library / "server" / "accounts.sqlite").exists():
        password = library.with_name(f"{library.name}-password")
        password.write_text(PASSWORD)
        words = ["--owner", owner, "--password-file", str(password)]
    command = [*ALBUMEN, "--library", str(library), "serve", "--port", str(port), *words, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(environment)) as process:
        try:
            yield Serve(process, _ready(process, command), library)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _ready(process: "subprocess.Popen[str]", command: Sequence[str]) -> str:
    """Return the address once the server says it."""
    assert process.stdout
    for line in process.stdout:
        if "http" in line:
            return line[line.index("http") :].split()[0].split("#")[0].rstrip("/")
    raise AssertionError(f"{' '.join(command)} ended with {process.wait()}")

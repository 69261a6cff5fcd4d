"""The `hf:` source: a model hub over HTTP, with downloads that resume, and never a hang.

A hub that cannot be reached is remembered, so that it costs seconds once and not once a file.
"""

import hashlib
import re
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from albumen.core.errors import SourceUnavailable
from albumen.core.locks import locked
from albumen.models.sources import Address, Fetched, Report

_SHA256 = re.compile(r'"?([0-9a-f]{64})"?')


@dataclass(frozen=True)
class Patience:
    """How long the hub is waited for, in seconds, and how slow it may be."""

    connect: float = 5.0
    silence: float = 20.0
    window: float = 30.0
    """Fewer than `slowest` bytes a second over this long count as a stall."""
    slowest: int = 1024
    tries: int = 3
    """Attempts in a row that may bring nothing new before the hub is given up."""


class Hub:
    """One model hub."""

    def __init__(self, url: str, partial: Path, *, token: str | None = None, patience: Patience | None = None) -> None:
        self.url = url.rstrip("/")
        self._partial = partial
        self._patience = patience or Patience()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._lock = threading.Lock()
        self._unreachable: str | None = None
        self._probed = False

    def fetch(self, address: Address, into: Path, report: Report) -> Fetched:
        """Download a file, going on where an earlier download was cut off."""
        self._reach(address)
        name = hashlib.sha256(f"{self.url} {address}".encode()).hexdigest()[:32]
        part = self._partial / f"{name}.part"
        with locked(part.with_suffix(".lock")), self._client() as client:
            promised = self._download(client, address, part, report)
            part.replace(into)
        part.with_suffix(".lock").unlink(missing_ok=True)
        return Fetched({}, promised)

    def _client(self) -> httpx.Client:
        p = self._patience
        timeout = httpx.Timeout(p.silence, connect=p.connect)
        return httpx.Client(timeout=timeout, headers=self._headers, follow_redirects=True, max_redirects=5)

    def _reach(self, address: Address) -> None:
        """Ask the hub once a process whether it is there; looking up its name can hang, so that is bounded too."""
        with self._lock:
            if not self._probed:
                self._unreachable, self._probed = self._probe(), True
        if self._unreachable:
            remedy = "check the network, or name a mirror with ALBUMEN_HUB"
            raise SourceUnavailable(
                f"{address}: the model hub {self.url} cannot be reached ({self._unreachable}); {remedy}"
            )

    def _probe(self) -> str | None:
        answer: list[str | None] = []

        def ask() -> None:
            try:
                with httpx.Client(timeout=self._patience.connect) as client:
                    client.head(self.url)
                answer.append(None)
            except httpx.TransportError as error:
                answer.append(_why(error))

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(2 * self._patience.connect)
        return answer[0] if answer else f"no answer in {2 * self._patience.connect:.0f} s"

    def _download(self, client: httpx.Client, address: Address, part: Path, report: Report) -> str | None:
        url = f"{self.url}/{address.name}/resolve/{address.version}/{address.member}"
        fruitless = 0
        while True:
            before = _size(part)
            try:
                return _Attempt(client, url, part, self._patience, report).run()
            except (httpx.TransportError, httpx.TooManyRedirects) as error:
                fruitless = 0 if _size(part) > before else fruitless + 1
                if fruitless >= self._patience.tries or isinstance(error, httpx.TooManyRedirects):
                    raise SourceUnavailable(f"{address}: the download broke off ({_why(error)}); try again") from error
            except _Refused as error:
                raise SourceUnavailable(f"{address}: {error}") from error


class _Refused(Exception):
    """The hub answered, but not with the file."""


class _Attempt:
    """One request for what is still missing of a file."""

    def __init__(self, client: httpx.Client, url: str, part: Path, patience: Patience, report: Report) -> None:
        self._client = client
        self._url = url
        self._part = part
        self._patience = patience
        self._report = report

    def run(self) -> str | None:
        """Append what is missing; return the hash that the hub promises, if it does."""
        have = _size(self._part)
        with self._ask(have) as response:
            first = response.history[0] if response.history else response
            promised = _SHA256.fullmatch(first.headers.get("x-linked-etag", ""))
            if response.status_code == 416 and have:
                # nothing is left to send: the whole file is here, and its hash decides whether it is the right one
                return promised[1] if promised else None
            _check(response)
            self._write(response, have if response.status_code == 206 else 0)
            return promised[1] if promised else None

    @contextmanager
    def _ask(self, have: int) -> Generator[httpx.Response]:
        # compressed answers could not be resumed by byte position
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with self._client.stream("GET", self._url, headers=headers) as response:
            yield response

    def _write(self, response: httpx.Response, start: int) -> None:
        total = start + int(response.headers.get("content-length", 0))
        self._part.parent.mkdir(parents=True, exist_ok=True)
        done = start
        with self._part.open("r+b" if start else "wb") as file:
            file.seek(start)
            for chunk in self._paced(response):
                file.write(chunk)
                done += len(chunk)
                self._report(done, max(total, done))

    def _paced(self, response: httpx.Response) -> Iterator[bytes]:
        """Yield the body, unless it trickles so slowly that it would never end."""
        p = self._patience
        since, had = time.monotonic(), 0
        for chunk in response.iter_bytes():
            yield chunk
            had += len(chunk)
            spent = time.monotonic() - since
            if spent >= p.window:
                if had < p.slowest * spent:
                    raise httpx.ReadTimeout(f"only {had} bytes came in {spent:.0f} s")
                since, had = time.monotonic(), 0


def _check(response: httpx.Response) -> None:
    match response.status_code:
        case 200 | 206:
            return
        case 404:
            raise _Refused("the hub has no such file (404)")
        case 401 | 403:
            raise _Refused(
                f"the hub wants a token for it ({response.status_code}); accept its terms and set a hub token"
            )
        case code if code in (408, 429) or code >= 500:
            raise httpx.RemoteProtocolError(f"the hub answered {code}")
        case code:
            raise _Refused(f"the hub answered {code} {response.reason_phrase}".rstrip())


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0

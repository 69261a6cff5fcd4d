"""Bodies as they arrive: plain ones are checked against their declared hash, `aws-chunked` ones taken apart."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from albumen.aws_api.errors import Fault
from albumen.aws_api.signature import Caller
from albumen.aws_api.wire import Body

EMPTY = hashlib.sha256(b"").hexdigest()
LONGEST_LINE = 16 * 1024
LARGEST_CHUNK = 64 * 1024 * 1024
INCOMPLETE = "You did not provide the number of bytes specified by the Content-Length HTTP header."


class Hashed:
    """A body whose SHA-256 must be what the request declared; at the end it is compared."""

    def __init__(self, body: Body, expected: str) -> None:
        self.body, self.expected, self._digest = body, expected, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; at the end refuse a body that is not what was signed."""
        data = self.body.read(size)
        self._digest.update(data)
        if (not data or size < 0) and self._digest.hexdigest() != self.expected:
            raise Fault("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match.")
        return data


@dataclass
class Chunked:
    """A body in `aws-chunked` encoding: sizes, optional chunk signatures, optional trailing headers."""

    body: Body
    signer: "ChunkSigner | None" = None
    length: int | None = None
    """How many bytes the request says there are after decoding."""
    trailers: dict[str, str] = field(default_factory=dict[str, str])
    _taken: int = 0
    _raw: bytes = b""
    _ready: bytes = b""
    _done: bool = False

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` decoded bytes, or all the rest."""
        while not self._done and (size < 0 or len(self._ready) < size):
            self._next()
        cut = len(self._ready) if size < 0 else size
        out, self._ready = self._ready[:cut], self._ready[cut:]
        return out

    def _next(self) -> None:
        size, signature = self._header()
        data = self._take(size)
        self._taken += size
        if self.signer:
            self.signer.check(data, signature)
        if size:
            self._expect_line_end()
            self._ready += data
        else:
            self._done = True
            self._read_trailers()
            if self.length not in (None, self._taken):
                raise Fault("IncompleteBody", INCOMPLETE)

    def _header(self) -> tuple[int, str]:
        size, _, extension = self._line().partition(b";")
        try:
            length = int(size, 16)
        except ValueError:
            raise Fault("IncompleteBody", "The chunk size of an aws-chunked body is not a number.") from None
        if not 0 <= length <= LARGEST_CHUNK:
            raise Fault("InvalidChunkSizeError", f"A chunk must have at most {LARGEST_CHUNK} bytes, not {length}.")
        return length, extension.partition(b"=")[2].decode("latin-1")

    def _read_trailers(self) -> None:
        while line := self._line(at_end=True):
            name, _, value = line.decode("latin-1").partition(":")
            self.trailers[name.strip().lower()] = value.strip()

    def _expect_line_end(self) -> None:
        if self._line():
            raise Fault("IncompleteBody", "A chunk of an aws-chunked body is longer than it says.")

    def _line(self, *, at_end: bool = False) -> bytes:
        while b"\n" not in self._raw:
            more = self.body.read(LONGEST_LINE)
            if not more and at_end:
                break
            if not more or len(self._raw) > LONGEST_LINE:
                raise Fault("IncompleteBody", INCOMPLETE)
            self._raw += more
        line, _, self._raw = self._raw.partition(b"\n")
        return line.rstrip(b"\r")

    def _take(self, size: int) -> bytes:
        parts = [self._raw[:size]]
        self._raw = self._raw[size:]
        missing = size - len(parts[0])
        while missing:
            more = self.body.read(missing)
            if not more:
                raise Fault("IncompleteBody", INCOMPLETE)
            parts.append(more)
            missing -= len(more)
        return b"".join(parts)


@dataclass
class ChunkSigner:
    """Checks the chain of chunk signatures that starts at the request's own."""

    caller: Caller
    previous: str = ""

    def check(self, data: bytes, signature: str) -> None:
        """Refuse a chunk whose signature is not the next of the chain."""
        text = "\n".join(
            [
                "AWS4-HMAC-SHA256-PAYLOAD",
                self.caller.moment,
                self.caller.scope,
                self.previous or self.caller.seed,
                EMPTY,
                hashlib.sha256(data).hexdigest(),
            ]
        )
        expected = hmac.new(self.caller.signing_key, text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, signature):
            raise Fault("SignatureDoesNotMatch", "The signature of a chunk does not match.")
        self.previous = expected


def unwrap(body: Body, headers: Mapping[str, str], caller: Caller) -> Body:
    """Return the body's payload: decoded and checked as the request's headers announce."""
    declared = headers.get("x-amz-content-sha256", "")
    if declared.startswith("STREAMING-"):
        signed = declared.startswith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") and bool(caller.signing_key)
        length = headers.get("x-amz-decoded-content-length", "")
        return Chunked(body, ChunkSigner(caller) if signed else None, int(length) if length.isdecimal() else None)
    if len(declared) == len(EMPTY):
        return Hashed(body, declared)
    return body


def md5_of(text: str) -> bytes:
    """Return the digest that a Content-MD5 header states."""
    try:
        digest = base64.b64decode(text, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != hashlib.md5(usedforsecurity=False).digest_size:
        raise Fault("InvalidDigest", "The Content-MD5 you specified is not valid.")
    return digest

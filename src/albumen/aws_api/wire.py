"""What comes in and what goes out: a request with its raw path, a reply with its body, and nothing of any protocol."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol
from urllib.parse import unquote_plus


class Body(Protocol):
    """Bytes that are read as they arrive."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, or all the rest; nothing at the end."""
        ...


@dataclass(frozen=True)
class Request:
    """One HTTP request; header names are lower case, the path is as sent."""

    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]
    body: Body

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """Return the decoded query parameters in the order sent."""
        pairs = (p.partition("=") for p in self.raw_query.split("&") if p)
        return [(unquote_plus(k), unquote_plus(v)) for k, _, v in pairs]


@dataclass
class Reply:
    """One HTTP response; a body of several parts is sent as it is produced."""

    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes | Iterable[bytes] = b""


@dataclass(frozen=True)
class Call:
    """Who asks, under which request id, in which region, and how the client addressed this server."""

    account: str
    request_id: str
    region: str = "us-east-1"
    host: str = ""
    trailer: str = ""
    """Which headers the client promises to send after the body."""

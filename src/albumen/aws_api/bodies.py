"""Request bodies between an asynchronous server and synchronous services: collected whole, or read as they arrive."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from typing import Any, cast

from albumen.aws_api.errors import Fault

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
PATIENCE_SECONDS = 60
LONGEST_SECONDS = 600
CUT_OFF = "The request body terminated unexpectedly."
CROWDED = "The server holds as many request bodies as it can; reduce your request rate."
SLOW = "Your socket connection to the server was not written to in time."
LARGEST_DRAIN = 64 * 1024 * 1024


class Room:
    """The bytes that whole bodies may take in memory together; a flood of them is told to come again."""

    def __init__(self, size: int) -> None:
        self._free = size

    @contextmanager
    def guest(self) -> Generator[Callable[[int], None]]:
        """Yield what takes bytes for one request; they are given back when it is answered. From the event loop only."""
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            if size > self._free:
                raise Fault("ThrottlingException", CROWDED)
            self._free -= size
            taken += size

        try:
            yield take
        finally:
            self._free += taken


class Whole:
    """A body that is already here."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, or all the rest."""
        if size < 0 and not self._at:
            self._at = len(self.data)
            return self.data
        end = len(self.data) if size < 0 else self._at + size
        out, self._at = self.data[self._at : end], min(end, len(self.data))
        return out


class Arriving:
    """A body that a worker thread reads while the server's loop receives it."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive, self._loop = receive, loop
        self._rest = b""
        self._ended = False

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes as soon as some are here, or all the rest."""
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        while not self._rest and not self._ended:
            self._rest = self._next()
        out, self._rest = self._rest[:size], self._rest[size:]
        return out

    def _next(self) -> bytes:
        future = asyncio.run_coroutine_threadsafe(_message(self._receive), self._loop)
        try:
            message = future.result(PATIENCE_SECONDS)
        except FutureTimeout:
            future.cancel()
            raise Fault("RequestTimeout", SLOW) from None
        self._ended = not message.get("more_body", False)
        return data(message)

    def drain(self) -> None:
        """Read what the service left, so that the client sees the reply; give up on a very long rest."""
        left = LARGEST_DRAIN
        while left > 0 and (piece := self.read(1 << 20)):
            left -= len(piece)


async def _message(receive: Receive) -> Message:
    return await receive()


def data(message: Message) -> bytes:
    """Return the bytes of a received message, or refuse a body whose client has gone."""
    if message["type"] == "http.disconnect":
        raise Fault("IncompleteBody", CUT_OFF)
    return bytes(cast("bytes", message.get("body", b"")))


async def whole(receive: Receive, limit: int, take: Callable[[int], None]) -> bytes | None:
    """Return the whole body, or None once it is longer than `limit`; each part may take a minute to arrive, all ten."""
    parts: list[bytes] = []
    size, more, now = 0, True, asyncio.get_running_loop().time
    end = now() + LONGEST_SECONDS
    try:
        async with asyncio.timeout(PATIENCE_SECONDS) as patience:
            while more:
                message = await receive()
                patience.reschedule(min(now() + PATIENCE_SECONDS, end))
                parts.append(data(message))
                take(len(parts[-1]))
                size += len(parts[-1])
                more = bool(message.get("more_body", False))
                if size > limit:
                    return None
    except TimeoutError:
        raise Fault("RequestTimeout", SLOW) from None
    return parts[0] if len(parts) == 1 else b"".join(parts)

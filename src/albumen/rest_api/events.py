"""Carries news from any thread to the browsers that listen, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

QUIET_SECONDS = 15.0
MOST_WAITING = 200
MOST_LISTENERS = 64


@dataclass(frozen=True)
class News:
    """Something that happened, as lines of the stream: for who owns the library, and for who may only look at it."""

    owners: bytes
    viewers: bytes


STILL_HERE = News(b": still here\n\n", b": still here\n\n")


class Events:
    """Who listens to which library; a listener that is too slow loses the oldest news."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[int, set[asyncio.Queue[News | None]]] = {}

    def publish(self, library: int, event: str, data: dict[str, Any], *, viewers: dict[str, Any] | None = None) -> None:
        """Tell everybody who listens to a library, `viewers` in other words if need be; from any thread."""
        news = News(_line(event, data), _line(event, data if viewers is None else viewers))
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._spread, library, news)

    def _spread(self, library: int, news: News | None) -> None:
        for queue in self._listeners.get(library, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(news)

    def crowded(self, library: int) -> bool:
        """Return whether no more listeners are let in."""
        return len(self._listeners.get(library, ())) >= MOST_LISTENERS

    async def listen(self, library: int, *, owner: bool, may: Callable[[], bool]) -> AsyncIterator[bytes]:
        """Yield what happens to a library until the listener goes away, `may` no longer listen, or the server stops."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[News | None] = asyncio.Queue(MOST_WAITING)
        self._listeners.setdefault(library, set()).add(queue)
        try:
            yield b"retry: 3000\n\n"
            while True:
                try:
                    news = await asyncio.wait_for(queue.get(), QUIET_SECONDS)
                except TimeoutError:
                    news = STILL_HERE
                if news is None or not may():
                    return
                yield news.owners if owner else news.viewers
        finally:
            self._listeners[library].discard(queue)

    def close(self) -> None:
        """Send every listener away; from the event loop."""
        for library in self._listeners:
            self._spread(library, None)


def _line(event: str, data: dict[str, Any]) -> bytes:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode("utf-8", "replace")

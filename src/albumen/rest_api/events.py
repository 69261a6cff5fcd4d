"""Carries news from any thread to the browsers that listen, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

QUIET_SECONDS = 15.0
MOST_WAITING = 200
MOST_LISTENERS = 64


class Events:
    """Who listens to which library; a listener that is too slow loses the oldest news."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[int, set[asyncio.Queue[bytes | None]]] = {}

    def publish(self, library: int, event: str, data: dict[str, Any]) -> None:
        """Tell everybody who listens to a library; from any thread."""
        line = f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._spread, library, line)

    def _spread(self, library: int, line: bytes | None) -> None:
        for queue in self._listeners.get(library, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(line)

    def crowded(self, library: int) -> bool:
        """Return whether no more listeners are let in."""
        return len(self._listeners.get(library, ())) >= MOST_LISTENERS

    async def listen(self, library: int) -> AsyncIterator[bytes]:
        """Yield what happens to a library until the listener goes away or the server stops."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        self._listeners.setdefault(library, set()).add(queue)
        try:
            yield b"retry: 3000\n\n"
            while True:
                try:
                    line = await asyncio.wait_for(queue.get(), QUIET_SECONDS)
                except TimeoutError:
                    line = b": still here\n\n"
                if line is None:
                    return
                yield line
        finally:
            self._listeners[library].discard(queue)

    def close(self) -> None:
        """Send every listener away; from the event loop."""
        for library in self._listeners:
            self._spread(library, None)

"""The product's own HTTP server in a thread of the tests, on a free port of the loopback."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from albumen.web.running import Running


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A server that runs, and how to stop it before its time."""

    def __init__(self, app: Any, tls: tuple[Path, Path] | None, on_stop: Callable[[], None]) -> None:
        self.port = free_port()
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._made: list[Running] = []

        async def serve() -> None:
            self._made.append(Running(app, host="127.0.0.1", port=self.port, tls=tls, on_stop=on_stop))
            await self._made[0].serve()

        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(serve(),), daemon=True)
        self._thread.start()
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end and self._thread.is_alive():
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError(self.address)

    def stop(self) -> None:
        """End in good order."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._made[0].stop)
            self._thread.join(20)
        if not self._loop.is_running() and not self._loop.is_closed():
            self._loop.close()


@contextlib.contextmanager
def serving(
    app: Any, *, tls: tuple[Path, Path] | None = None, on_stop: Callable[[], None] = lambda: None
) -> Iterator[Served]:
    """Serve an ASGI application."""
    served = Served(app, tls, on_stop)
    try:
        yield served
    finally:
        served.stop()

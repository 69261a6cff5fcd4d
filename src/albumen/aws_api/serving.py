"""An HTTP server for the gateway alone: HTTP/1.1 and HTTP/2 without TLS on one port, as AWS clients use them."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

from hypercorn.asyncio import serve  # pyright: ignore[reportUnknownVariableType]
from hypercorn.config import Config

LARGEST_BACKLOG = 512


def config(host: str, port: int) -> Config:
    """Return the server's settings: no banner, no access log, room for many clients at once."""
    made = Config()
    made.bind = [f"{host}:{port}"]
    made.backlog = LARGEST_BACKLOG
    made.keep_alive_timeout = 30
    made.include_server_header = False
    made.loglevel = "WARNING"
    return made


def run(application: object, *, host: str, port: int) -> None:
    """Serve until interrupted."""
    asyncio.run(serve(cast("Any", application), config(host, port)))


@contextmanager
def running(application: object, *, port: int) -> Generator[str]:
    """Serve on the loopback from a thread of its own, and yield the address."""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    made = config("127.0.0.1", port)
    server = serve(cast("Any", application), made, shutdown_trigger=stop.wait)
    thread = threading.Thread(target=loop.run_until_complete, args=(server,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()

"""Runs the front on one address: HTTP/1.1 and HTTP/2, with TLS or without (h2c), until it is told to stop."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from albumen.core.errors import SettingsError
from albumen.web.pages import App

READY_SECONDS = 0.3
HEADER_MILLISECONDS = 20_000
LARGEST_HEAD = 64 * 1024


def check_free(host: str, port: int) -> None:
    """Say in one sentence why an address cannot be had, before anything is started."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} on {host} is taken; stop who has it, or choose another --port") from error
        raise SettingsError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error


def run(app: App, *, host: str, port: int, tls: tuple[Path, Path] | None, on_ready: Callable[[], None]) -> None:
    """Serve until interrupted; requests that run are finished first."""
    asyncio.run(_run(app, host, port, tls, on_ready))


def server(app: App, *, host: str, port: int, tls: tuple[Path, Path] | None = None) -> Server:
    """Return a server that is not started: `await serve()` starts it, `stop()` ends it from any thread."""
    return Server(
        cast("Any", app),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
        backlog=1024,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=LARGEST_HEAD),
        ssl_cert=tls[0] if tls else None,
        ssl_key=tls[1] if tls else None,
    )


async def _run(app: App, host: str, port: int, tls: tuple[Path, Path] | None, on_ready: Callable[[], None]) -> None:
    serving = server(app, host=host, port=port, tls=tls)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, serving.stop)
    task = asyncio.ensure_future(serving.serve())
    await asyncio.wait({task}, timeout=READY_SECONDS)
    if not task.done():
        on_ready()
    await task

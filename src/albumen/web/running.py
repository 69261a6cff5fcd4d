"""Runs the front on one address: HTTP/1.1 and HTTP/2, with TLS or without (h2c), until it is told to stop."""

import asyncio
import contextlib
import errno
import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.server.embed import Server

from albumen.core.errors import SettingsError
from albumen.web.pages import App, Receive, Scope, Send

READY_SECONDS = 0.3
STOP_SECONDS = 5.0
HEADER_MILLISECONDS = 20_000
LARGEST_HEAD = 256 * 1024
"""Also what is read of a body at a time: with 64 KiB a picture of a megabyte takes 1.2 ms longer to arrive."""


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


class Running:
    """A server that finishes what runs before it ends."""

    def __init__(
        self,
        app: App,
        *,
        host: str,
        port: int,
        tls: tuple[Path, Path] | None = None,
        on_stop: Callable[[], None] = lambda: None,
    ) -> None:
        self._app, self._on_stop = app, on_stop
        self._active: set[asyncio.Task[Any] | None] = set()
        self._stopping: asyncio.Future[None] | None = None
        self._server = Server(
            cast("Any", self._counted),
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            websockets=False,
            log_enabled=False,
            backlog=1024,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=LARGEST_HEAD),
            ssl_cert=tls[0] if tls else None,
            ssl_key=tls[1] if tls else None,
            ssl_protocol_min=SSLProtocols.tls12,  # televisions of ten years ago
        )

    async def serve(self) -> None:
        """Serve until `stop`."""
        await self._server.serve()

    def stop(self) -> None:
        """Begin to end; from the event loop. Streams are sent away, requests are finished, a while at most."""
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        self._on_stop()
        end = asyncio.get_running_loop().time() + STOP_SECONDS
        while self._active and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.05)
        for task in list(self._active):  # who still sends or reads too slowly would keep the server for ever
            if task is not None:
                task.cancel()
        await asyncio.sleep(0.05)  # the last bytes are on their way
        self._server.stop()

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if self._stopping is not None:
            return await _sent_away(send)
        task = asyncio.current_task()
        self._active.add(task)
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            with contextlib.suppress(RuntimeError):  # the answer has begun already
                await _sent_away(send)
        finally:
            self._active.discard(task)


async def _sent_away(send: Send) -> None:
    """Tell a client that comes while the server ends to try again; the next start answers it."""
    message = "the server is stopping; try again in a moment"
    body = json.dumps({"error": {"kind": "stopping", "message": message, "detail": {}}}).encode()
    fields = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    fields += [(b"retry-after", b"5"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 503, "headers": fields})
    await send({"type": "http.response.body", "body": body})


def run(
    app: App,
    *,
    host: str,
    port: int,
    tls: tuple[Path, Path] | None,
    on_ready: Callable[[], None],
    on_stop: Callable[[], None] = lambda: None,
) -> None:
    """Serve until interrupted."""
    asyncio.run(_run(lambda: Running(app, host=host, port=port, tls=tls, on_stop=on_stop), on_ready))


async def _run(make: Callable[[], Running], on_ready: Callable[[], None]) -> None:
    running, loop = make(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.stop)
    task = asyncio.ensure_future(running.serve())
    await asyncio.wait({task}, timeout=READY_SECONDS)
    if not task.done():
        on_ready()
    await task

"""The server itself: both versions of HTTP on one port, a taken port said in a sentence, and an end in good order."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from albumen.core.errors import SettingsError
from albumen.web.running import Running, check_free


class Slow:
    """Answers after a while, and remembers being started and stopped."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for what in ("startup", "shutdown"):
                self.heard.append((await receive())["type"])
                await send({"type": f"lifespan.{what}.complete"})
            return
        await asyncio.sleep(0.3)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["http_version"].encode()})


@pytest.fixture
def running() -> Iterator[tuple[Slow, int, Any]]:
    app, loop = Slow(), asyncio.new_event_loop()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made: list[Any] = []

    async def serve() -> None:
        made.append(Running(app, host="127.0.0.1", port=port))
        await made[0].serve()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)

    def stop() -> None:
        if thread.is_alive():
            loop.call_soon_threadsafe(made[0].stop)
            thread.join(20)

    yield app, port, stop
    stop()
    loop.close()


def test_both_versions_of_http_are_spoken_on_one_port(running: tuple[Slow, int, Any]) -> None:
    assert httpx.get(f"http://127.0.0.1:{running[1]}/").text in ("1.1", "1")
    with socket.create_connection(("127.0.0.1", running[1])) as line:
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        line.settimeout(5)
        assert line.recv(9)[3] == 4  # a SETTINGS frame


def test_a_taken_port_is_said_in_a_sentence(running: tuple[Slow, int, Any]) -> None:
    with pytest.raises(SettingsError, match=f"port {running[1]} on 127.0.0.1 is taken"):
        check_free("127.0.0.1", running[1])


def test_an_address_that_is_not_ours_is_said_in_a_sentence() -> None:
    with pytest.raises(SettingsError, match=r"cannot listen on 203\.0\.113\.1"):
        check_free("203.0.113.1", 8484)


def test_what_runs_is_finished_before_the_end(running: tuple[Slow, int, Any]) -> None:
    app, port, stop = running
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(f"http://127.0.0.1:{port}/").status_code))
    asking.start()
    time.sleep(0.1)
    stop()
    asking.join(5)
    assert answers == [200]
    assert app.heard == ["lifespan.startup", "lifespan.shutdown"]

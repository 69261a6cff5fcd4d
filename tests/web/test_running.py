"""The server itself: both versions of HTTP on one port, TLS, a taken port said in a sentence, an end in good order."""

import asyncio
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from albumen.core.errors import SettingsError
from albumen.web.running import check_free
from tests.serving import Served, serving
from tests.web.speaking import ask


class Echo:
    """Answers with the version of HTTP and the size of what was sent, after a while where asked to; never ends a stream
    by itself; and remembers being started and stopped."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.asked = threading.Event()
        self.told = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for what in ("startup", "shutdown"):
                self.heard.append((await receive())["type"])
                await send({"type": f"lifespan.{what}.complete"})
            return
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
        self.asked.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/slow":
            await asyncio.sleep(0.4)
        if scope["path"] == "/stream":
            await send({"type": "http.response.body", "body": b"begun ", "more_body": True})
            await self.told.wait()
        body = f"{scope['scheme']} {scope['http_version']} {size}"
        await send({"type": "http.response.body", "body": body.encode()})


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def served(echo: Echo) -> Iterator[Served]:
    with serving(echo, on_stop=echo.told.set) as site:
        yield site


def test_both_versions_of_http_are_spoken_on_one_port(served: Served) -> None:
    assert httpx.post(served.address, content=bytes(300_000)).text == "http 1.1 300000"
    answer = ask(served.port, "/", bytes(3_000_000))
    assert (answer.status, answer.body) == (200, b"http 2 3000000")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> tuple[Path, Path]:
    made, cert, key = authority.issue_cert("localhost"), tmp_path / "cert.pem", tmp_path / "key.pem"
    made.private_key_pem.write_to_path(key)
    for blob in made.cert_chain_pems:
        blob.write_to_path(cert, append=True)
    return cert, key


def trusting(authority: trustme.CA, *protocols: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.set_alpn_protocols(list(protocols))
    return context


def test_tls_offers_both_versions_of_http(echo: Echo, authority: trustme.CA, certificate: tuple[Path, Path]) -> None:
    with serving(echo, tls=certificate) as site:
        address = f"https://localhost:{site.port}"
        old = trusting(authority, "http/1.1")
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        assert httpx.get(address, verify=old).text == "https 1.1 0"
        answer = ask(site.port, "/", bytes(100_000), trusting=trusting(authority, "h2", "http/1.1"))
        assert (answer.chosen, answer.status, answer.body) == ("h2", 200, b"https 2 100000")
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(address)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://localhost:{site.port}")


def test_a_taken_port_is_said_in_a_sentence(served: Served) -> None:
    with pytest.raises(SettingsError, match=f"port {served.port} on 127.0.0.1 is taken"):
        check_free("127.0.0.1", served.port)


def test_an_address_that_is_not_ours_is_said_in_a_sentence() -> None:
    with pytest.raises(SettingsError, match=r"cannot listen on 203\.0\.113\.1"):
        check_free("203.0.113.1", 8484)


@pytest.mark.parametrize("path", ["/slow", "/stream"])
def test_what_runs_is_finished_before_the_end(served: Served, echo: Echo, path: str) -> None:
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(served.address + path)))
    asking.start()
    assert echo.asked.wait(5)
    time.sleep(0.05)
    served.stop()
    asking.join(5)
    assert [answer.text for answer in answers] == [("begun " if path == "/stream" else "") + "http 1.1 0"]
    assert echo.heard == ["lifespan.startup", "lifespan.shutdown"]


def test_nobody_new_is_let_in_while_it_ends(served: Served, echo: Echo) -> None:
    slow = threading.Thread(target=lambda: httpx.get(served.address + "/slow"))
    slow.start()
    assert echo.asked.wait(5)
    stopping = threading.Thread(target=served.stop)
    stopping.start()
    time.sleep(0.1)
    late = httpx.get(served.address)
    assert (late.status_code, late.headers["retry-after"]) == (503, "5")
    slow.join(5)
    stopping.join(5)

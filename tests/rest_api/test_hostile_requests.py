"""What hostile clients send: paths that climb, headers that split, logs that lie, and addresses of other sites."""

import contextlib
import logging
import re
import socket

import httpx
import pytest

from albumen.rest_api.accounts.who import Scope
from albumen.rest_api.application import RESOURCES
from tests.rest_api.small import Site

CLIMBING = (
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5cwin.ini",
    "%00",
    "a%0d%0aSet-Cookie:%20a=b",
    "'%20OR%201=1--",
    "9" * 400,
)
ROUTES = [route for _, routes in RESOURCES for route in routes if "{" in route.path and not route.stream]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_no_parameter_of_a_path_climbs_or_breaks(site: Site, route: object) -> None:
    key = site.with_key(1, *Scope)
    names = re.findall(r"\{(\w+)\}", route.path)  # type: ignore[attr-defined]
    for name in names:
        path = re.sub(rf"\{{{name}\}}", "HOSTILE", route.path)  # type: ignore[attr-defined]
        path = re.sub(r"\{library\}", "1", path)
        path = re.sub(r"\{\w+\}", "999999", path)
        for hostile in CLIMBING:
            answer = key.request(route.method, "/api" + path.replace("HOSTILE", hostile), json={})  # type: ignore[attr-defined]
            assert answer.status_code in (400, 401, 403, 404, 405, 413), (hostile, answer.status_code, answer.text)
            assert answer.json()["error"]["kind"] != "internal"
            assert not {"set-cookie", "a"} & set(answer.headers)
            assert "root:" not in answer.text


def raw(site: Site, request: str) -> bytes:
    """Send bytes as they are and return what comes back before the connection ends, however it does."""
    host, port = site.address.removeprefix("http://").split(":")
    said = b""
    with socket.create_connection((host, int(port)), timeout=2) as line, contextlib.suppress(OSError):
        line.sendall(request.encode("latin-1"))
        while more := line.recv(65536):
            said += more
    return said


def test_a_redirect_to_another_site_is_never_answered(site: Site) -> None:
    for path in ("//evil.example/", "/\\evil.example", "/%2f%2fevil.example", "/api//evil.example/", "/api/session/",
                 "/?next=//evil.example", "/http://evil.example", "/api/libraries/1/assets/"):  # fmt: skip
        said = raw(site, f"GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert said.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4")), (path, said[:200])
        assert b"location:" not in said.lower().split(b"\r\n\r\n")[0]


POST = "POST /api/session HTTP/1.1\r\nHost: a\r\nX-Albumen: 1\r\n"
GET = "GET /api/health HTTP/1.1\r\nHost: a\r\n"
BROKEN = {
    "two lengths": f"{GET}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{GET}\r\n",
    "other lengths": f"{GET}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "huge header": f"{GET}X: {'a' * 300_000}\r\n\r\n",
    "nul": "GET /api/he\0alth HTTP/1.1\r\nHost: a\r\n\r\n",
    "negative": f"{POST}Content-Length: -5\r\n\r\n",
    "huge chunk": f"{POST}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    "tls": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("said", BROKEN.values(), ids=BROKEN)
def test_what_is_no_http_is_refused_and_the_server_goes_on(site: Site, said: str) -> None:
    heard = raw(site, said)
    assert heard.count(b"HTTP/1.1") <= 1, "a smuggled request was answered"
    closed = b"connection: close" in heard
    assert not heard or closed or int(heard.split()[1]) in (400, 404, 413, 422, 431), heard[:200]
    assert httpx.get(f"{site.address}/api/health").status_code == 200


def test_what_clients_send_writes_no_lines_into_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    forged = "x%0a2026-01-01%20CRITICAL%20root%20logged%20in"
    agent = {"User-Agent": "a\tb", "Referer": "http://a/%0d%0aforged"}
    with caplog.at_level(logging.DEBUG):
        client = site.signed_in("ada")
        client.get(f"/api/{forged}", headers=agent)
        client.get(f"/api/libraries/1/assets/{forged}")
        client.post("/api/session", json={"name": "x\nroot logged in", "password": "y"})
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("albumen")]
    assert not any("\n" in line for line in ours)

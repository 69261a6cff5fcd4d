"""One port for everything: sends each request to the API, the AWS-compatible API or the web app, and adds headers."""

import json
from collections.abc import Callable, Mapping

from albumen.web.pages import App, Message, Receive, Scope, Send

LARGEST_BODY = 1 << 20
LARGEST_CHUNK = (8 << 20) + 1024
HEAD = "albumen.head"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
}
PAIRS = tuple(HEADERS.items())


class Front:
    """The ASGI application that the server runs."""

    def __init__(
        self,
        api: App,
        pages: App,
        *,
        aws: App | None = None,
        is_aws: Callable[[Scope], bool] = lambda scope: False,
        lifespans: tuple[App, ...] = (),
    ) -> None:
        """Take the applications, and what knows an AWS client's requests; `lifespans` hear of start and stop."""
        self._api, self._pages, self._aws, self._is_aws = api, pages, aws, is_aws
        self._lifespans = lifespans or tuple(app for app in (api, aws) if app is not None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            return await self._live(scope, receive, send)
        if scope["type"] != "http":
            return
        if self._aws is not None and self._is_aws(scope):
            return await self._aws(scope, receive, send)
        headers = {name: value for name, value in scope["headers"]}
        path: str = scope["path"]
        app = self._api if path == "/api" or path.startswith("/api/") else self._pages
        await _serve(app, scope, headers, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the server's start and stop on to every application, and answer when all have."""
        from albumen.web.lives import Lives

        lives = Lives(self._lifespans, scope)
        await receive()
        failure = await lives.start()
        if failure:
            return await send({"type": "lifespan.startup.failed", "message": failure})
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await lives.stop()
        await send({"type": "lifespan.shutdown.complete"})


async def _serve(app: App, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, send: Send) -> None:
    most = LARGEST_CHUNK if "/uploads/" in scope["path"] else LARGEST_BODY
    declared = headers.get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > most:
        return await _refuse(send, most)
    head = scope["method"] == "HEAD"
    inner = {**scope, "method": "GET", HEAD: True} if head else scope
    arriving = _Bounded(receive, most)

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = _shielded(message["headers"])
        elif head:
            message["body"] = b""
        if not arriving.exceeded:
            await send(message)

    await app(inner, arriving if scope["method"] not in SAFE else receive, answer)
    if arriving.exceeded:
        await _refuse(send, most)


class _Bounded:
    """Takes a request's body up to a limit; what is longer ends as if the client had gone."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most
        self.exceeded = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self.exceeded = self.exceeded or self._left < 0
        return {"type": "http.disconnect"} if self.exceeded else message


def _shielded(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers in lower case with those added that every answer has, unless it has its own."""
    given = dict(headers)
    return [*headers, *(pair for pair in PAIRS if pair[0] not in given)]


async def _refuse(send: Send, most: int) -> None:
    message = f"a request may have {most} bytes; send files through /uploads in chunks"
    body = json.dumps({"error": {"kind": "too_large", "message": message, "detail": {}}}).encode()
    fields = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": _shielded(fields)})
    await send({"type": "http.response.body", "body": body})

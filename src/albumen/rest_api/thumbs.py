"""Answers thumbnails and previews before anything else looks at the request: a page of the grid asks for hundreds."""

import asyncio
import os
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from albumen.library.folder import Folder
from albumen.rest_api.accounts.store import Accounts
from albumen.rest_api.errors import Refusal, shaped
from albumen.rest_api.media import FOREVER
from albumen.rest_api.rules import COOKIE, LOOK, caller_of, visit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = re.compile(r"/api/libraries/(\d{1,9})/assets/([0-9a-f]{16})/(thumb|preview)")
VARIANTS = {"thumb": ("250.webp", b"image/webp"), "preview": ("1440.jpg", b"image/jpeg")}
TOKEN = re.compile(rf"(?:^|;\s*){COOKIE}=([A-Za-z0-9_-]{{20,100}})(?:;|$)")
NOWAIT: int = getattr(os, "RWF_NOWAIT", 0)
"""Linux reads what it has in memory, or says at once that it has not."""
MOST_KNOWN = 20_000
FIXED = [
    (b"cache-control", FOREVER.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"vary", b"Cookie, Authorization"),
]


class Thumbs:
    """An ASGI application before another: it answers what it can, and passes on the rest."""

    def __init__(self, app: App, accounts: Accounts) -> None:
        self._app = app
        self._accounts = accounts
        self._known: OrderedDict[tuple[str, str, str], str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if asked is None or scope["method"] not in ("GET", "HEAD"):
            return await self._app(scope, receive, send)
        library, id, kind = asked.groups()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            held = visit(LOOK, caller_of(headers, _cookie(headers), self._accounts), library, self._accounts).held
        except Refusal as refusal:
            return await shaped(refusal)(scope, receive, send)
        variant, mime = VARIANTS[kind]
        etag = f'"{id}-{variant}"'.encode()
        if headers.get("if-none-match", "").encode() == etag:
            return await _reply(send, 304, [(b"etag", etag), *FIXED], b"")
        data = self._at_hand((held.path, id, variant))
        if data is None:
            data = await asyncio.get_running_loop().run_in_executor(None, self._read, held.path, id, variant)
        if data is None:
            message = f"there is no {kind} of {id}; import it again"
            return await shaped(Refusal(404, "not_found", message))(scope, receive, send)
        fields = [(b"content-type", mime), (b"content-length", str(len(data)).encode()), (b"etag", etag), *FIXED]
        await _reply(send, 200, fields, data if scope["method"] == "GET" else b"")

    def _at_hand(self, key: tuple[str, str, str]) -> bytes | None:
        """Return a file that the system has in memory, which is ten times faster than asking another thread for it."""
        path = self._known.get(key)
        if path is None or not NOWAIT:
            return None
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            room = bytearray(os.fstat(file).st_size)
            return bytes(room) if os.preadv(file, [room], 0, NOWAIT) == len(room) else None
        except OSError:
            return None  # it would have to wait for the disk
        finally:
            os.close(file)

    def _read(self, library: str, id: str, variant: str) -> bytes | None:
        path = self._known.get((library, id, variant)) or self._find(library, id, variant)
        try:
            with open(path, "rb", buffering=0) as file:
                return file.read()
        except OSError:
            self._known.pop((library, id, variant), None)
            return None

    def _find(self, library: str, id: str, variant: str) -> str:
        """Look for the variant in the one small folder where it can be: an id is the beginning of a digest."""
        folder = Folder(Path(library)).thumbnails / id[:2] / id[2:4]
        try:
            names = [n for n in os.listdir(folder) if n.startswith(id) and n.endswith(f"-{variant}")]
        except OSError:
            names = []
        if len(names) != 1:
            return ""
        self._known[library, id, variant] = path = str(folder / names[0])
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return path


async def _reply(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _cookie(headers: Mapping[str, str]) -> str | None:
    found = TOKEN.search(headers.get("cookie", ""))
    return found[1] if found else None

"""Serves the built web app from the package: files with long lives, and its one page for every route of its own."""

import gzip
import hashlib
import mimetypes
import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_PLACES = 2_048
FOREVER, CHECKED = b"public, max-age=31536000, immutable", b"no-cache"
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".mjs": "text/javascript",
         ".woff2": "font/woff2", ".pmtiles": "application/octet-stream", ".json": "application/json",
         ".svg": "image/svg+xml", ".ico": "image/x-icon"}  # fmt: skip
TEXTUAL = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
UNBUILT = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Albumen</title>
<h1>Albumen is running</h1>
<p>The web app has not been built into this installation. From a checkout, run <code>make demo</code>, or
<code>npm ci &amp;&amp; npm run build</code> in <code>ui/</code>, and start the server again.</p>
<p>Meanwhile the API answers: its description is at <a href="/api/openapi.json">/api/openapi.json</a>.</p>
</html>
"""


@dataclass(frozen=True)
class Page:
    """A file of the web app, ready to send."""

    body: bytes
    packed: bytes | None
    mime: bytes
    etag: bytes
    life: bytes


def built() -> Path:
    """Return where the built web app lies in the package."""
    return Path(str(resources.files("albumen.web"))) / "static"


class Pages:
    """The web app as an ASGI application."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._load = lru_cache(maxsize=512)(self._read)
        self._places: dict[str, Path] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["method"] not in ("GET", "HEAD"):
            return await _plain(send, 405, b"this is a page; GET it\n", [(b"allow", b"GET, HEAD")])
        page = self._page(scope["path"])
        if page is None:
            return await _plain(send, 404, b"there is no such file\n", [])
        headers = {name: value for name, value in scope["headers"]}
        fields = [(b"etag", page.etag), (b"cache-control", page.life), (b"vary", b"Accept-Encoding")]
        if headers.get(b"if-none-match") == page.etag:
            return await _answer(send, 304, fields, b"")
        body = page.body
        if page.packed is not None and b"gzip" in headers.get(b"accept-encoding", b""):
            body = page.packed
            fields.append((b"content-encoding", b"gzip"))
        fields += [(b"content-type", page.mime), (b"content-length", str(len(body)).encode())]
        await _answer(send, 200, fields, body if scope["method"] == "GET" else b"")

    def _page(self, path: str) -> Page | None:
        """Return the file at a path; a path without an ending is a route of the app, so its one page answers."""
        page = self._at(path)
        if page is not None or "." in path.rsplit("/", 1)[-1] or path.startswith("/assets/"):
            return page
        return self._at("/index.html") or _page(UNBUILT, ".html", CHECKED)

    def _at(self, path: str) -> Page | None:
        found = self._places.get(path) or self._file(path)
        if found is None:
            return None
        try:
            page = self._load(found, os.stat(found).st_mtime_ns)
        except OSError:
            self._places.pop(path, None)
            return None
        if len(self._places) < MOST_PLACES:
            self._places[path] = found
        return page

    def _file(self, path: str) -> Path | None:
        parts = path.split("/")
        if "\0" in path or "\\" in path or any(part.startswith(".") for part in parts):
            return None
        try:
            target = self._folder.joinpath(*parts).resolve()
            return target if target.is_relative_to(self._folder) and target.is_file() else None
        except (OSError, ValueError):
            return None

    def _read(self, path: Path, changed: int) -> Page:
        hashed = path.parent.name == "assets" and path.parent.parent == self._folder
        return _page(path.read_bytes(), path.suffix.lower(), FOREVER if hashed else CHECKED)


def _page(body: bytes, ending: str, life: bytes) -> Page:
    mime = TYPES.get(ending) or mimetypes.guess_type(f"a{ending}")[0] or "application/octet-stream"
    packed = gzip.compress(body, 6, mtime=0) if mime.startswith(TEXTUAL) and len(body) > 1_000 else None
    full = f"{mime}; charset=utf-8" if mime.startswith("text/") else mime
    return Page(body, packed, full.encode(), b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"', life)


async def _plain(send: Send, status: int, body: bytes, more: list[tuple[bytes, bytes]]) -> None:
    fields = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await _answer(send, status, fields + more, body)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

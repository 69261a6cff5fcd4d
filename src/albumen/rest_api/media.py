"""Sends files and parts of files: ranges, tags, and headers that keep a browser from running what it is given."""

import os
import re
import stat
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from anyio import to_thread
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from albumen.core.errors import NotFound
from albumen.rest_api.errors import Refusal

CHUNK = 1 << 18
OCTETS = "application/octet-stream"
HEAD = "albumen.head"
"""Set in the scope of a HEAD request, which is routed as a GET."""
FOREVER = "private, max-age=31536000, immutable"
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
SHOWN = re.compile(r"(image/(jpeg|png|gif|webp|avif|heic|heif|bmp|tiff|jxl)|video/[a-z0-9.+-]+|audio/[a-z0-9.+-]+)")
HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'none'; sandbox",
}


@dataclass(frozen=True)
class Slice:
    """Bytes of a file: all of it, or a clip inside a motion photo."""

    path: bytes
    offset: int
    length: int
    mime: str
    etag: str
    name: str = ""


def whole(path: bytes, *, bytes_: int | None, mime: str, etag: str, name: str = "") -> Slice:
    """Return a whole file, provided that it is still the regular file of that size."""
    try:
        info = os.stat(path)
    except OSError as error:
        raise NotFound("the file is not where it was; import its folder again, or connect the disk") from error
    if not stat.S_ISREG(info.st_mode) or (bytes_ is not None and info.st_size != bytes_):
        raise NotFound("the file has changed since it was imported; import its folder again")
    return Slice(path, 0, info.st_size, mime, etag, name)


def send(part: Slice, request: Mapping[str, str], *, head: bool = False, download: bool = False) -> Response:
    """Answer a request for bytes, in whole, in part, or not at all if the client has them."""
    headers = _headers(part, download=download)
    if _has(request.get("if-none-match"), part.etag):
        return Response(status_code=304, headers={k: v for k, v in headers.items() if k not in ("Content-Type",)})
    span = _span(request, part)
    start, length = span or (0, part.length)
    headers["Content-Length"] = str(length)
    if span:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{part.length}"
    status = 206 if span else 200
    if head:
        return Response(status_code=status, headers=headers)
    file = os.open(part.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    return StreamingResponse(_read(file, part.offset + start, length), status, headers)


def is_head(request: Request) -> bool:
    """Tell whether only the headers of the answer are wanted."""
    return bool(request.scope.get(HEAD))


async def _read(file: int, start: int, length: int) -> AsyncIterator[bytes]:
    try:
        while length > 0:
            data = await to_thread.run_sync(os.pread, file, min(CHUNK, length), start)
            if not data:
                return
            start, length = start + len(data), length - len(data)
            yield data
    finally:
        os.close(file)


def _headers(part: Slice, *, download: bool) -> dict[str, str]:
    shown = SHOWN.fullmatch(part.mime) is not None
    way = "attachment" if download or not shown else "inline"
    headers = {
        "Content-Type": part.mime if shown else OCTETS,
        "ETag": f'"{part.etag}"',
        "Cache-Control": FOREVER,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(part.name, safe='')}" if part.name else way,
    }
    return headers | HARMLESS


def _has(if_none_match: str | None, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return "*" in tags or f'"{etag}"' in tags


def _span(request: Mapping[str, str], part: Slice) -> tuple[int, int] | None:
    """Return (start, length) of what is asked for; None means all, as for several ranges or another version."""
    asked = RANGE.fullmatch(request.get("range", "").strip())
    if asked is None or request.get("if-range", f'"{part.etag}"') != f'"{part.etag}"':
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    start = int(first) if first else max(0, part.length - int(last))
    end = min(int(last), part.length - 1) if first and last else part.length - 1
    if first and last and int(last) < int(first):
        return None  # RFC 9110: such a range is no range
    if start >= part.length or end < start:
        unsatisfied = {"Content-Range": f"bytes */{part.length}"}
        raise Refusal(416, "range", f"the file has {part.length} bytes; ask for a part inside", headers=unsatisfied)
    return start, end - start + 1

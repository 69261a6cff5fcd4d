"""One asset: all that is known of it, its files, what its owner corrects, and the trash."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from fastapi import Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from albumen.core.errors import NotFound
from albumen.library.corrections import ChangedMeanwhile, correct, withdraw
from albumen.library.keeping import set_trashed
from albumen.rest_api.errors import Refusal
from albumen.rest_api.media import OCTETS, Slice, is_head, send, whole
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import CHANGE, LOOK, Here
from albumen.rest_api.shapes import AssetId, Count, Ids, Library, Row, Shape
from albumen.rest_api.shelf import Open
from albumen.rest_api.shop import Opened, Parts, Shop
from albumen.stores.catalog import lookup

Task = Literal["labels", "tags", "caption", "document", "taken", "position", "rating"]
Shown = Annotated[str, Header(alias="If-Match", max_length=30, description="The version that was shown.")]
VIDEO_TYPES: dict[str, str] = {"video/quicktime": "video/mp4"}
"""Browsers play a QuickTime file only if it is called by the name of its sibling."""


class Detail(Shape):
    """All that is known of an asset; what is unknown is left out."""

    model_config = ConfigDict(extra="allow")

    id: str
    digest: str
    version: int
    row: Row
    kind: str
    mime: str
    bytes: int
    details: dict[str, Any]
    files: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    faces: list[dict[str, Any]]


class Said(Shape):
    """What the owner says."""

    value: Any = Field(examples=[["cabin", "lake"]])


def asset(library: Library, id: AssetId, visit: Here, opened: Opened) -> Response:
    """Return all that is known of an asset, and who said it; whoever may only look is told no folders of the server."""
    return shown_detail(opened, id, owner=visit.owner)


def correct_fact(
    library: Library, id: AssetId, task: Task, body: Said, shown: Shown, visit: Here, opened: Opened, parts: Parts
) -> Response:
    """Say what is right; it outranks every model."""
    with _versions():
        places, version = opened.library.places, _version(shown)
        correct(opened.catalog, opened.key(id), task, body.value, shown=version, places=places)
    tell_library(parts, visit.held.id, opened)
    return shown_detail(opened, id)


def withdraw_fact(
    library: Library, id: AssetId, task: Task, shown: Shown, visit: Here, opened: Opened, parts: Parts
) -> Response:
    """Take a correction back."""
    with _versions():
        withdraw(opened.catalog, opened.key(id), task, shown=_version(shown))
    tell_library(parts, visit.held.id, opened)
    return shown_detail(opened, id)


def trash(library: Library, body: Ids, visit: Here, opened: Opened, parts: Parts) -> Count:
    """Put assets into the trash; no file is touched."""
    return _trashed(body, visit, opened, parts, True)


def restore(library: Library, body: Ids, visit: Here, opened: Opened, parts: Parts) -> Count:
    """Take assets out of the trash."""
    return _trashed(body, visit, opened, parts, False)


def thumb(library: Library, id: AssetId, request: Request, opened: Opened) -> Response:
    """Return a small picture of an asset."""
    return send(_variant(opened, id, "250.webp", "image/webp"), request.headers, head=is_head(request))


def preview(library: Library, id: AssetId, request: Request, opened: Opened) -> Response:
    """Return a picture of an asset that fills a screen."""
    return send(_variant(opened, id, "1440.jpg", "image/jpeg"), request.headers, head=is_head(request))


def original(
    library: Library, id: AssetId, request: Request, opened: Opened, download: Annotated[bool, Query()] = False
) -> Response:
    """Return the file itself, in whole or in part."""
    part = _original(opened, id)
    return send(part, request.headers, head=is_head(request), download=download)


def video(library: Library, id: AssetId, request: Request, opened: Opened) -> Response:
    """Return what plays: a video, or the clip of a live or motion photo, in whole or in part."""
    return send(_clip(opened, id), request.headers, head=is_head(request))


def tell_library(parts: Shop, library: int, opened: Open) -> None:
    """Tell every browser that there is something new."""
    parts.events.publish(library, "library", {"version": opened.version()})


def _trashed(body: Ids, visit: Here, opened: Open, parts: Shop, trashed: bool) -> Count:
    with opened.catalog.read() as db:
        keys = sorted({lookup.find_asset(db, id) for id in body.ids})
    set_trashed(opened.catalog, keys, trashed)
    tell_library(parts, visit.held.id, opened)
    return Count(count=len(keys))


def shown_detail(opened: Open, id: str, *, owner: bool = True) -> Response:
    """Answer an asset anew, with its version."""
    known = opened.detail(id)
    if not owner:
        known["files"] = [file | {"path": file["path"].rsplit("/", 1)[-1]} for file in known["files"]]
    return JSONResponse(known, headers={"ETag": f'"{known["version"]}"', "Cache-Control": "private, no-cache"})


def _version(shown: str) -> int:
    plain = shown.strip().removeprefix("W/").strip('"')
    if not plain.isdecimal():
        raise Refusal(400, "invalid", 'If-Match holds the version that was shown, such as "57"')
    return int(plain)


@contextmanager
def _versions() -> Generator[None]:
    """Tell the client which version there is when it had shown another."""
    try:
        yield
    except ChangedMeanwhile as error:
        raise Refusal(412, "changed_meanwhile", str(error), detail={"version": error.version}) from error


def _variant(opened: Open, id: str, variant: str, mime: str) -> Slice:
    with opened.catalog.read() as db:
        digest = lookup.asset(db, lookup.find_asset(db, id)).digest
    path = opened.blobs.find(digest, variant)
    if path is None:
        raise NotFound(f"there is no such picture of {id}; import it again")
    return whole(bytes(path), bytes_=None, mime=mime, etag=f"{digest[:16]}-{variant}")


def _original(opened: Open, id: str) -> Slice:
    with opened.catalog.read() as db:
        row = lookup.asset(db, lookup.find_asset(db, id))
        places = lookup.files_of(db, [row.id])[row.id]
    return _first([f for f in places if f.role == "original"], row.mime, id)


def _clip(opened: Open, id: str) -> Slice:
    with opened.catalog.read() as db:
        row = lookup.asset(db, lookup.find_asset(db, id))
        places = lookup.files_of(db, [row.id])[row.id]
    originals = [f for f in places if f.role == "original"]
    if row.kind == "video":
        return _first(originals, VIDEO_TYPES.get(str(row.mime), str(row.mime)), id)
    if row.motion_bytes:
        photo = _first(originals, row.mime, id)
        fits = row.motion_offset + row.motion_bytes <= photo.length
        if fits:
            return Slice(photo.path, row.motion_offset, row.motion_bytes, "video/mp4", f"{row.digest[:16]}-clip")
    return _first([f for f in places if f.role == "live"], "video/mp4", id)


def _first(places: list[lookup.FileRow], mime: str, id: str) -> Slice:
    """Return the first of these files that is where it should be."""
    missing = NotFound(f"{id} has no such file")
    for file in places:
        try:
            name = file.path.rsplit(b"/", 1)[-1].decode("utf-8", "replace")
            return whole(file.path, bytes_=file.bytes, mime=mime, etag=file.digest[:32], name=name)
        except NotFound as error:
            missing = error
    raise missing


ROUTES = (
    Route("GET", "/libraries/{library}/assets/{id}", asset, LOOK, answers=Detail),
    Route("PUT", "/libraries/{library}/assets/{id}/facts/{task}", correct_fact, CHANGE, answers=Detail),
    Route("DELETE", "/libraries/{library}/assets/{id}/facts/{task}", withdraw_fact, CHANGE, answers=Detail),
    Route("POST", "/libraries/{library}/trash", trash, CHANGE),
    Route("POST", "/libraries/{library}/restore", restore, CHANGE),
    Route("GET", "/libraries/{library}/assets/{id}/thumb", thumb, LOOK, binary=("image/webp",)),
    Route("GET", "/libraries/{library}/assets/{id}/preview", preview, LOOK, binary=("image/jpeg",)),
    Route("GET", "/libraries/{library}/assets/{id}/original", original, LOOK, binary=("image/*", "video/*", OCTETS)),
    Route("GET", "/libraries/{library}/assets/{id}/video", video, LOOK, binary=("video/*",)),
)

"""Uploads: begun, sent in chunks from any byte on, and imported when they are whole."""

import os
from collections.abc import AsyncIterator
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Header, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy import select
from starlette.requests import ClientDisconnect

from albumen.library.folder import Folder
from albumen.rest_api.errors import Refusal
from albumen.rest_api.jobs import Job, State, Unfinished
from albumen.rest_api.resources.jobs import importing
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import UPLOAD, Here
from albumen.rest_api.shapes import Done, Library, Page, Shape
from albumen.rest_api.shelf import Open
from albumen.rest_api.shop import Opened, Parts, Shop
from albumen.rest_api.uploading import CHUNK, Upload, WrongOffset
from albumen.stores.catalog import intake
from albumen.stores.catalog.schema import assets, files

UploadId = Annotated[str, Path(alias="id", pattern="^[0-9a-f]{32}$")]
BODY = {"requestBody": {"required": True, "content": {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}  # fmt: skip


class NewUpload(Shape):
    """A file that is about to be sent."""

    name: str = Field(max_length=1_000, examples=["IMG_1.jpg"])
    bytes: int = Field(ge=1, le=64 << 30, examples=[3145728])
    sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$")
    modified: float | None = Field(None, ge=0, le=4e9, description="When the file was last changed.")


class UploadShown(Shape):
    """An upload, and how far it is."""

    id: str | None
    name: str
    state: str = Field(examples=["open"], description="open, known or done")
    offset: int
    bytes: int
    chunk: int = CHUNK
    asset: str | None = None
    job: str | None = None


def start_upload(library: Library, body: NewUpload, visit: Here, opened: Opened, parts: Parts) -> Response:
    """Begin an upload, unless the library has these bytes already."""
    known = _asset_of(opened, body.sha256)
    if known:
        answer = UploadShown(id=None, name=body.name, state="known", offset=body.bytes, bytes=body.bytes, asset=known)
        return _answer(answer, 200)
    upload = parts.uploads.start(
        opened.library.folder,
        body.name,
        body.bytes,
        account=visit.account.account.id,
        sha256=body.sha256,
        modified=body.modified,
    )
    return _answer(_shown(upload), 201)


def uploads(library: Library, opened: Opened, parts: Parts) -> Page[UploadShown]:
    """List the uploads that are not finished."""
    return Page(items=[_shown(u) for u in parts.uploads.open_ones(opened.library.folder)])


def upload(library: Library, id: UploadId, opened: Opened, parts: Parts) -> UploadShown:
    """Say how far an upload is."""
    return _shown(parts.uploads.find(opened.library.folder, id))


def cancel_upload(library: Library, id: UploadId, opened: Opened, parts: Parts) -> Done:
    """Give an upload up."""
    parts.uploads.cancel(opened.library.folder, id)
    return Done()


async def send_chunk(
    library: Library,
    id: UploadId,
    request: Request,
    offset: Annotated[int, Header(alias="Upload-Offset", ge=0, le=64 << 30)],
    visit: Here,
    opened: Opened,
    parts: Parts,
) -> Response:
    """Go on with an upload; a connection that breaks off loses nothing that arrived."""
    folder = opened.library.folder
    try:
        upload = await receive(parts, folder, id, offset, request.stream())
    except WrongOffset as error:
        raise Refusal(409, "offset", str(error), detail={"offset": error.offset}) from error
    if upload.offset < upload.bytes:
        return _answer(_shown(upload), 200)
    return await to_thread.run_sync(_finish, parts, visit, opened, upload)


async def receive(parts: Shop, folder: Folder, id: str, offset: int, stream: AsyncIterator[bytes]) -> Upload:
    """Write what arrives to disk, and give up what arrives too late or is too much."""
    chunk = await to_thread.run_sync(parts.uploads.receive, folder, id, offset)
    try:
        async for data in stream:
            if data:
                await to_thread.run_sync(chunk.write, data)
    except ClientDisconnect as error:
        raise Refusal(400, "invalid", "the connection broke off; ask how far the upload is and go on") from error
    finally:
        chunk.close()
    return chunk.upload


def _finish(parts: Shop, visit: Here, opened: Open, upload: Upload) -> Response:
    folder = opened.library.folder
    with parts.uploads.finishing:
        parts.uploads.find(folder, upload.id)  # a client that sent the end twice may have been quicker
        digest = parts.uploads.check(folder, upload)
        known = _asset_of(opened, digest)
        if known:
            parts.uploads.cancel(folder, upload.id)
            return _answer(_shown(upload, "known").model_copy(update={"asset": known}), 200)
        kept = parts.uploads.keep(folder, upload).parent
    with opened.catalog.write() as db:
        intake.add_root(db, os.fsencode(kept), managed=True)
    job = _import_of(parts, visit, opened, str(kept))
    return _answer(_shown(upload, "done").model_copy(update={"asset": digest[:16], "job": job.id}), 200)


def _import_of(parts: Shop, visit: Here, opened: Open, folder: str) -> Job:
    """Return the job that will import a folder: one that has not begun yet takes new files along."""
    library, title = visit.held.id, f"uploads of {folder.rsplit('/', 1)[-1]}"
    for job in parts.jobs.of(library):
        if job.kind == "upload" and job.state == State.WAITING and job.title == title:
            return job
    work = importing(parts, library, opened, lambda: [folder])
    about = Unfinished("upload", library, visit.account.account.id, (folder,))
    return parts.jobs.start("upload", title, work, library=library, account=about.account, about=about)


def _asset_of(opened: Open, sha256: str | None) -> str | None:
    """Return the asset of this library that has these bytes, is there, and is not in the trash."""
    if sha256 is None:
        return None
    here = (assets.c.digest == sha256) & (files.c.state == "present") & assets.c.trashed_s.is_(None)
    with opened.catalog.read() as db:
        found = db.execute(select(assets.c.digest).join(files, files.c.asset_id == assets.c.id).where(here)).scalar()
    return found[:16] if found else None


def _shown(upload: Upload, state: str = "open") -> UploadShown:
    return UploadShown(id=upload.id, name=upload.name, state=state, offset=upload.offset, bytes=upload.bytes)


def _answer(shown: Any, status: int) -> Response:
    return JSONResponse(shown.model_dump(mode="json"), status)


ROUTES = (
    Route("POST", "/libraries/{library}/uploads", start_upload, UPLOAD, 201, answers=UploadShown,
          responses={200: {"model": UploadShown, "description": "The library has these bytes already"}}),
    Route("GET", "/libraries/{library}/uploads", uploads, UPLOAD),
    Route("GET", "/libraries/{library}/uploads/{id}", upload, UPLOAD),
    Route("PATCH", "/libraries/{library}/uploads/{id}", send_chunk, UPLOAD, answers=UploadShown, extra=BODY),
    Route("DELETE", "/libraries/{library}/uploads/{id}", cancel_upload, UPLOAD),
)  # fmt: skip

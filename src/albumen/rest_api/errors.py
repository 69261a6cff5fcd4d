"""The one error shape, and what each error of the tree means in HTTP. Nothing else maps errors."""

import re
from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse

from albumen.core import errors
from albumen.rest_api.accounts.store import Taken

STATUSES: tuple[tuple[type[errors.AlbumenError], int], ...] = (
    (errors.SettingsError, 400),
    (errors.QueryError, 400),
    (errors.NotFound, 404),
    (errors.NoLibrary, 404),
    (errors.UnknownModel, 404),
    (errors.ModelError, 503),
    (errors.Unsupported, 415),
    (errors.TooLarge, 413),
    (errors.MediaError, 422),
    (errors.LibraryBusy, 409),
    (Taken, 409),
    (errors.DiskFull, 507),
    (errors.ReadOnly, 507),
)


class Refusal(Exception):
    """Something that only the front door can say: who may not, what does not fit the protocol."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        detail: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.kind, self.message = status, kind, message
        self.detail, self.headers = dict(detail or {}), dict(headers or {})


def refuse(error: errors.AlbumenError) -> Refusal:
    """Return what an error of the tree means in HTTP."""
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    name = "conflict" if isinstance(error, Taken) else type(error).__name__
    return Refusal(status, re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), str(error))


def shaped(refusal: Refusal) -> JSONResponse:
    """Return a refusal as every client gets it."""
    body = {"error": {"kind": refusal.kind, "message": refusal.message, "detail": refusal.detail}}
    headers = {"Cache-Control": "no-store"} | refusal.headers
    return JSONResponse(body, refusal.status, headers)


def not_signed_in() -> Refusal:
    """Return the answer to somebody we do not know."""
    return Refusal(401, "not_signed_in", "sign in first, or send an API key as Authorization: Bearer alb_…")


def no_such_library(library: str | int) -> Refusal:
    """Return the answer for a library that is not there or not theirs: the same for both."""
    return Refusal(404, "not_found", f"you have no library {library}; GET /api/session lists yours")

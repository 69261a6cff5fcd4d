"""The REST API as one ASGI application: every resource's routes, one error shape, one description."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from albumen import __version__
from albumen.core.errors import AlbumenError
from albumen.rest_api.errors import Refusal, refuse, shaped
from albumen.rest_api.resources import (
    accounts,
    assets,
    documents,
    jobs,
    models,
    overview,
    people,
    search,
    session,
    timeline,
    uploads,
)
from albumen.rest_api.routes import Route, install
from albumen.rest_api.rules import COOKIE
from albumen.rest_api.shop import Shop

log = logging.getLogger(__name__)
RESOURCES: tuple[tuple[str, Sequence[Route]], ...] = (
    ("session", session.ROUTES),
    ("accounts", accounts.ROUTES),
    ("timeline", timeline.ROUTES),
    ("assets", assets.ROUTES),
    ("search", search.ROUTES),
    ("documents", documents.ROUTES),
    ("overview", overview.ROUTES),
    ("people", people.ROUTES),
    ("uploads", uploads.ROUTES),
    ("jobs", jobs.ROUTES),
    ("models", models.ROUTES),
)
KINDS = {404: "not_found", 405: "invalid", 413: "too_large"}


def application(shop: Shop) -> FastAPI:
    """Return the API over the parts of a server."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        await to_thread.run_sync(jobs.go_on, shop)
        yield
        shop.events.close()
        await to_thread.run_sync(shop.close)

    app = FastAPI(
        title="Albumen", version=__version__, openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.state.shop = shop
    app.router.redirect_slashes = False
    for tag, routes in RESOURCES:
        install(app, tag, routes)
    app.exception_handlers |= {
        RequestValidationError: _invalid,
        HTTPException: _http,
        AlbumenError: _albumen,
        Refusal: _refusal,
        Exception: _unforeseen,
    }
    description = cache(lambda: JSONResponse(describe(app)).body)  # takes most of a second, and few ask for it
    app.router.add_route("/api/openapi.json", lambda request: Response(description(), media_type="application/json"))
    return app


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description."""
    found = get_openapi(title="Albumen", version=__version__, routes=app.routes)
    found["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "key": {"type": "http", "scheme": "bearer"},
    }
    for path in found["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None) if _own_422(operation) else None
    return found


def _own_422(operation: dict[str, Any]) -> bool:
    """Tell whether the answer is the framework's, whose place our 400 takes."""
    return "HTTPValidationError" in str(operation["responses"].get("422"))


async def _invalid(request: Request, error: Exception) -> Response:
    found: list[dict[str, Any]] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    fields = [{"at": [str(part) for part in one["loc"]], "message": str(one["msg"])} for one in found[:20]]
    first = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found[:1])
    return shaped(Refusal(400, "invalid", first or "the request cannot be understood", detail={"fields": fields}))


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = str(error.detail) if isinstance(error, HTTPException) else "something went wrong"
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return shaped(Refusal(status, KINDS.get(status, "invalid"), message, headers=headers))


async def _albumen(request: Request, error: Exception) -> Response:
    return shaped(refuse(error)) if isinstance(error, AlbumenError) else await _unforeseen(request, error)


async def _refusal(request: Request, error: Exception) -> Response:
    return shaped(error) if isinstance(error, Refusal) else await _unforeseen(request, error)


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path.encode("unicode_escape").decode(), exc_info=error)
    return shaped(Refusal(500, "internal", "something went wrong here; the server's log says what"))

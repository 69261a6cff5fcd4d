"""A route of the API as data: method, path, handler, and the rule of who may ask."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Response

from albumen.rest_api.rules import Rule, Who, guarded
from albumen.rest_api.shapes import Problem

PROBLEMS = {
    400: "The request cannot be understood",
    401: "Nobody is signed in",
    403: "This one may not",
    404: "There is none",
    409: "It does not fit what is there",
    412: "Somebody changed it meanwhile",
    413: "Too much is sent",
    415: "The kind of content is not understood",
    416: "The range lies outside",
    422: "The bytes are not what they should be",
    429: "Too many tries",
    503: "A model is missing",
    507: "There is no room",
}
FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text} for status, text in PROBLEMS.items()
}


@dataclass(frozen=True)
class Route:
    """One route; `path` is below `/api`."""

    method: str
    path: str
    handler: Callable[..., Any]
    rule: Rule
    status: int = 200
    answers: Any = None
    """The shape of the answer, where the handler's annotation does not say it."""
    responses: Mapping[int | str, dict[str, Any]] = field(default_factory=dict[int | str, dict[str, Any]])
    binary: Sequence[str] = ()
    """The types of content, where the answer is no JSON but bytes, of which a part can be asked for."""
    stream: bool = False
    """Whether the answer is a stream of events."""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """More for the OpenAPI description, such as the body of an upload."""


def install(app: FastAPI, tag: str, routes: Sequence[Route]) -> None:
    """Put routes into the application, each guarded by its rule."""
    for route in routes:
        security: list[dict[str, list[str]]] = [] if route.rule.who is Who.ANYONE else [{"session": []}, {"key": []}]
        more: dict[str, Any] = {"response_model": route.answers} if route.answers is not None else {}
        if route.binary or route.stream:
            more |= {"response_model": None, "response_class": Response}
        app.router.add_api_route(
            "/api" + route.path,
            route.handler,
            methods=[route.method],
            status_code=route.status,
            tags=[tag],
            operation_id=route.handler.__name__,
            summary=(route.handler.__doc__ or "").strip().split("\n")[0],
            responses=FAULTS | dict(route.responses) | _bytes(route.binary),
            openapi_extra={"security": security} | dict(route.extra),
            route_class_override=guarded(route.rule),
            **more,
        )


def _bytes(types: Sequence[str]) -> dict[int | str, dict[str, Any]]:
    if not types:
        return {}
    content = {mime: {"schema": {"type": "string", "format": "binary"}} for mime in types}
    return {
        200: {"description": "All of it", "content": content},
        206: {"description": "The part that was asked for", "content": content},
        304: {"description": "You have it already"},
    }

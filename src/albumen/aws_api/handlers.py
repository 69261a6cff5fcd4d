"""Services as tables of operations: which method answers what, and how members become its keyword arguments.

A service is an object whose methods, or those of the objects in its `groups`, are named as operations in snake case.
`IGNORED` names members that may be passed over, `UNSERVED` says why an operation is not there, `DEPARTS` names members
that AWS and its clients fill with values that its enums do not have.
"""

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Unpack, cast, get_args, get_origin, get_type_hints

from albumen.aws_api.errors import Fault, disregarded, internal, invalid, too_large, translate, unserved
from albumen.aws_api.spec import Operation, Spec
from albumen.aws_api.validation import Problem, problems
from albumen.aws_api.wire import Call
from albumen.core.errors import AlbumenError

log = logging.getLogger(__name__)
Method = Callable[..., Mapping[str, object] | None]


@dataclass(frozen=True)
class Handler:
    """A method of a service, the keywords it takes, and the members it may leave unread without changing a result."""

    method: Method
    accepts: frozenset[str]
    ignores: frozenset[str]
    departs: frozenset[str]

    def lets_pass(self, problem: Problem) -> bool:
        """Tell whether a value outside its enum is one that AWS knows all the same."""
        return problem.kind == "enum" and problem.at.rpartition(".")[2].partition("[")[0] in self.departs

    def arguments(self, operation: Operation, members: Mapping[str, object]) -> dict[str, object]:
        """Return keyword arguments; a member that would be disregarded is refused."""
        keywords = {operation.arguments[m]: (m, v) for m, v in members.items()}
        for keyword, (member, _) in keywords.items():
            if keyword not in self.accepts and member not in self.ignores:
                raise disregarded(operation, member)
        return {k: v for k, (_, v) in keywords.items() if k in self.accepts}


class Handlers:
    """All operations that are served."""

    def __init__(self, spec: Spec, services: Mapping[str, object]) -> None:
        self._reasons = {name: _reasons(service) for name, service in services.items()}
        self._table = {
            (operation.service, operation.name): handler
            for name, service in services.items()
            for operation in spec.services[name].values()
            if (handler := _handler(service, operation))
        }

    def serves(self, operation: Operation) -> bool:
        """Tell whether an operation has a method."""
        return (operation.service, operation.name) in self._table

    def reasons(self, service: str) -> Mapping[str, str]:
        """Return why operations of a service are not served."""
        return self._reasons.get(service, {})

    def call(self, operation: Operation, call: Call, members: Mapping[str, object]) -> Mapping[str, object]:
        """Return an operation's result for a request's members, both checked against their shapes."""
        handler = self._table.get((operation.service, operation.name))
        if operation.input is not None:
            for problem in problems(members, operation.input, ""):
                if handler is None or not handler.lets_pass(problem):
                    raise _refusal(operation, problem)
        if handler is None:
            raise unserved(operation, self._reasons.get(operation.service, {}).get(operation.name, ""))
        try:
            result = handler.method(call, **handler.arguments(operation, members)) or {}
        except AlbumenError as error:
            raise _translated(error, operation) from error
        return _checked(operation, result, handler)


def _handler(service: object, operation: Operation) -> Handler | None:
    parts = (service, *getattr(service, "groups", ()))
    method = next((m for p in parts if (m := getattr(p, operation.snake, None))), None)
    if method is None:
        return None
    accepts = _keywords(method)
    unknown = accepts - set(operation.arguments.values())
    if unknown:
        raise TypeError(f"{operation.name} has no members {sorted(unknown)}; rename the keywords of {operation.snake}")
    ignores, departs = (frozenset[str](getattr(service, name, ())) for name in ("IGNORED", "DEPARTS"))
    return Handler(method, accepts, ignores, departs)


def _keywords(method: Method) -> frozenset[str]:
    """Return the keywords of a method, those of a `**given: Unpack[...]` included."""
    named = {n for n, p in inspect.signature(method).parameters.items() if p.kind is p.KEYWORD_ONLY}
    for hint in get_type_hints(method, include_extras=True).values():
        if get_origin(hint) is Unpack:
            named |= set(get_type_hints(get_args(hint)[0]))
    return frozenset(named)


def _reasons(service: object) -> Mapping[str, str]:
    return cast("Mapping[str, str]", getattr(service, "UNSERVED", {}))


def _refusal(operation: Operation, problem: Problem) -> Fault:
    if problem.shape.type_name == "blob" and problem.kind == "max":
        return too_large(operation, "Image size is too large.")
    return invalid(operation, str(problem))


def _translated(error: AlbumenError, operation: Operation) -> Fault:
    fault = translate(error, operation)
    if fault.code == internal(operation).code:
        log.error("%s failed", operation.name, exc_info=error)
    return fault


def _checked(operation: Operation, result: Mapping[str, object], handler: Handler) -> Mapping[str, object]:
    """Return the result, or treat one that departs from its shape as the fault of this server that it is."""
    if operation.output is not None:
        for problem in problems(result, operation.output, ""):
            if handler.lets_pass(problem):
                continue
            log.error("%s answered with a result that departs from its shape: %s", operation.name, problem)
            raise internal(operation)
    return result

"""Which services and operations exist, and which one a request means; all of it read from botocore's models."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

SERVICES = ("rekognition", "textract", "s3", "bedrock-runtime", "bedrock", "sns", "sqs", "sts")
Query = Sequence[tuple[str, str]]
LABEL = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True)
class Operation:
    """One operation of one service, as its model describes it."""

    service: str
    name: str
    protocol: str
    model: OperationModel = field(compare=False, repr=False)

    @cached_property
    def snake(self) -> str:
        """Return the name as a method is called."""
        return xform_name(self.name)

    @cached_property
    def input(self) -> StructureShape | None:
        """Return the shape of a request, or None where there is nothing to say."""
        return _structure(self.model.input_shape)

    @cached_property
    def output(self) -> StructureShape | None:
        """Return the shape of an answer, or None where there is nothing to say."""
        return _structure(self.model.output_shape)

    @cached_property
    def errors(self) -> dict[str, StructureShape]:
        """Return the modelled errors by the code that goes over the wire."""
        shapes = (s for s in self.model.error_shapes if isinstance(s, StructureShape))
        return {_error_code(s): s for s in shapes}

    @cached_property
    def arguments(self) -> dict[str, str]:
        """Return the request's members and the keyword each has in a method."""
        return {} if self.input is None else {name: xform_name(name) for name in self.input.members}

    @property
    def success(self) -> int:
        """Return the HTTP status of an answer."""
        return int(self.model.http.get("responseCode", 200))


@dataclass(frozen=True)
class Route:
    """A REST operation's method and path template, and what else must be in the request to mean it."""

    operation: Operation
    path: re.Pattern[str]
    literals: tuple[tuple[str, str], ...]
    """Query parameters of the template itself, such as `list-type=2` or `uploads`."""
    required_query: frozenset[str]
    required_headers: frozenset[str]

    def fits(self, query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Tell whether everything besides the path is there."""
        return (
            all(k in query and (not v or query[k] == v) for k, v in self.literals)
            and self.required_query <= query.keys()
            and self.required_headers <= headers.keys()
        )

    @property
    def weight(self) -> int:
        """Return how particular this route is: of several that fit, the most particular one is meant."""
        return len(self.literals) + len(self.required_query) + len(self.required_headers)


@dataclass(frozen=True)
class Match:
    """The operation that a request means, and the labels found in its path."""

    operation: Operation
    labels: dict[str, str]


class Spec:
    """The service models of the installed botocore, indexed by how requests name operations."""

    def __init__(self, services: Sequence[str] = SERVICES) -> None:
        loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
        self.models = {s: ServiceModel(loader.load_service_model(s, "service-2"), s) for s in services}
        self.services = {s: dict(_operations(s, m)) for s, m in self.models.items()}
        self._targets = {m.metadata["targetPrefix"]: s for s, m in self.models.items() if "targetPrefix" in m.metadata}
        self._routes = {s: _routes(ops.values()) for s, ops in self.services.items() if s not in self._targets.values()}
        self._versions = {str(m.api_version): s for s, m in self.models.items() if _protocol(m) == "query"}

    def signing_name(self, service: str) -> str:
        """Return the name under which requests to a service are signed."""
        return str(self.models[service].signing_name)

    def target(self, header: str) -> tuple[str, Operation | None]:
        """Return service and operation that an `X-Amz-Target` header names; the service is empty when unknown."""
        prefix, _, name = header.partition(".")
        service = self._targets.get(prefix, "")
        return service, self.services[service].get(name) if service else None

    def action(self, version: str, name: str) -> Operation | None:
        """Return the operation that a form's `Version` and `Action` name."""
        service = self._versions.get(version)
        return self.services[service].get(name) if service else None

    def route(self, service: str, method: str, raw_path: str, query: Query, headers: Mapping[str, str]) -> Match | None:
        """Return the REST operation that a request means, from the path as sent on the wire."""
        given = dict(query)
        best: tuple[int, Match] | None = None
        for route in self._routes[service].get(method, ()):
            found = route.path.fullmatch(raw_path)
            if found and route.fits(given, headers) and (best is None or route.weight > best[0]):
                labels = {k: unquote(v, errors="strict") for k, v in found.groupdict().items()}
                best = route.weight, Match(route.operation, labels)
        return best[1] if best else None


def _structure(shape: Shape | None) -> StructureShape | None:
    return shape if isinstance(shape, StructureShape) else None


def _error_code(shape: StructureShape) -> str:
    return str(shape.metadata.get("error", {}).get("code", shape.name))


def _protocol(model: ServiceModel) -> str:
    return str(model.resolved_protocol)


def _operations(service: str, model: ServiceModel) -> Iterator[tuple[str, Operation]]:
    for name in model.operation_names:
        yield name, Operation(service, name, _protocol(model), model.operation_model(name))


def _routes(operations: Iterable[Operation]) -> dict[str, list[Route]]:
    table: dict[str, list[Route]] = {}
    for operation in operations:
        table.setdefault(str(operation.model.http["method"]), []).append(_route(operation))
    return table


def _route(operation: Operation) -> Route:
    template, _, literals = str(operation.model.http["requestUri"]).partition("?")
    pairs = (part.partition("=") for part in literals.split("&") if part)
    return Route(
        operation=operation,
        path=_pattern(template),
        literals=tuple((k, v) for k, _, v in pairs),
        required_query=_required(operation, "querystring"),
        required_headers=_required(operation, "header"),
    )


def _pattern(template: str) -> re.Pattern[str]:
    """Turn `/{Bucket}/{Key+}` into a pattern; a plain label ends at a slash, a greedy one does not."""
    parts: list[str] = []
    at = 0
    for label in LABEL.finditer(template):
        parts += [re.escape(template[at : label.start()]), f"(?P<{label[1]}>{'.+' if label[2] else '[^/]+'})"]
        at = label.end()
    tail = template[at:].removesuffix("/")
    return re.compile("".join([*parts, re.escape(tail), "/?" if not template.endswith("+}") else ""]), re.DOTALL)


def _required(operation: Operation, location: str) -> frozenset[str]:
    """Return the wire names of the required members that travel in the query or in headers."""
    if operation.input is None:
        return frozenset()
    members = (operation.input.members[m] for m in operation.input.required_members)
    here = (m.serialization["name"] for m in members if m.serialization.get("location") == location)
    return frozenset(name.lower() if location == "header" else name for name in here)

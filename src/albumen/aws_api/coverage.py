"""Which operations are served, as the documentation's table has it."""

from collections.abc import Iterable

from albumen.aws_api.handlers import Handlers
from albumen.aws_api.spec import Spec


def table(spec: Spec, handlers: Handlers, service: str, partly: dict[str, str]) -> str:
    """Return a Markdown table of a service's operations: served, partly and what is missing, or not and why."""
    reasons = handlers.reasons(service)
    rows = [
        _row(n, handlers.serves(o), partly.get(n, ""), reasons.get(n, "")) for n, o in spec.services[service].items()
    ]
    return "\n".join(["| operation | | |", "|---|---|---|", *sorted(rows)])


def names(spec: Spec, handlers: Handlers, service: str) -> str:
    """Return the operations of a service that are served, for services of which only some are."""
    return ", ".join(f"`{n}`" for n, o in sorted(spec.services[service].items()) if handlers.serves(o))


def _row(name: str, served: bool, missing: str, reason: str) -> str:
    state = ("partly" if missing else "served") if served else "not served"
    return f"| `{name}` | {state} | {missing or reason} |"


def replaced(text: str, mark: str, fresh: Iterable[str]) -> str:
    """Return a document with what stands between a pair of marks replaced."""
    start, end = f"<!-- {mark} -->", f"<!-- end {mark} -->"
    head, _, rest = text.partition(start)
    _, _, tail = rest.partition(end)
    return "\n".join([head + start, *fresh, end + tail])

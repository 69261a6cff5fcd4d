"""Writes the table of all routes into the page of the API: `python -m albumen.rest_api.docs docs/rest.md`."""

import sys
from pathlib import Path

from albumen.rest_api.application import RESOURCES
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import Rule, Who

BEGIN, END = "<!-- routes: generated, see albumen.rest_api.docs -->", "<!-- end of routes -->"
WHO = {
    Who.ANYONE: "anybody",
    Who.ACCOUNT: "who is signed in, or a key",
    Who.PERSON: "who signed in with a password",
    Who.OWNER: "an owner of the server",
}


def table() -> str:
    """Return all routes with who may use them, as Markdown."""
    lines = [f"| `{r.method} /api{r.path}` | {_first(r)} | {_who(r.rule)} |" for _, rows in RESOURCES for r in rows]
    return "\n".join(["| route | what it does | for whom |", "|---|---|---|", *lines])


def filled(page: str) -> str:
    """Return a page with its table as it is now."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


def _first(route: Route) -> str:
    return (route.handler.__doc__ or "").strip().split("\n")[0].replace("|", "\\|")


def _who(rule: Rule) -> str:
    if rule.who is not Who.LIBRARY:
        return WHO[rule.who]
    whose = "who may look at the library" if rule.scope == "read" else "the library's owner"
    return f"{whose}; keys need `{rule.scope}`"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(filled(path.read_text("utf-8")), "utf-8")

"""Every route against everybody: a route without a rule, or with another rule than here, fails."""

import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.routing import Route as Plain

from albumen.rest_api.accounts.who import Scope
from albumen.rest_api.application import RESOURCES, application
from albumen.rest_api.jobs import Job
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import Rule, Who
from tests.rest_api.small import Site, make_shop, running, wait_for

CALLERS = ("anonymous", "other", "viewer", "owner", "reader", "writer", "uploader", "screen")
PUBLIC = {
    ("GET", "/server"),
    ("GET", "/health"),
    ("POST", "/setup"),
    ("POST", "/session"),
    ("POST", "/pairings"),
    ("POST", "/pairings/claim"),
}
ROUTES = [route for _, routes in RESOURCES for route in routes]
HERE = {"{library}": "1", "{id}": "ffffffffffffffff", "{number}": "9999", "{month}": "2020-01", "{task}": "labels",
        "{code}": "000000", "{name}": "no.such"}  # fmt: skip
MODES = {"{id}": {"/jobs/{id}": "j999", "/uploads/{id}": "f" * 32}}


def address(route: Route) -> str:
    path = route.path
    for ending, id in MODES["{id}"].items():
        if path.endswith(ending):
            path = path.removesuffix("{id}") + id
    for name, value in HERE.items():
        path = path.replace(name, value)
    return "/api" + path


@pytest.fixture(scope="module")
def callers(site: Site) -> dict[str, httpx.Client]:
    accounts = site.shop.accounts
    screen = accounts.sign_in(1, label="screen", scopes=[Scope.READ])
    clients = {
        "anonymous": site.client(),
        "other": site.signed_in("bob"),
        "viewer": site.signed_in("eve"),
        "owner": site.signed_in("ada"),
        "reader": site.with_key(1, Scope.READ),
        "writer": site.with_key(1, Scope.WRITE),
        "uploader": site.with_key(1, Scope.UPLOAD),
        "screen": site.client(Cookie=f"albumen={screen}"),
    }
    return clients


def expected(rule: Rule, caller: str) -> set[int] | None:
    """Return the refusals that a rule owes a caller; None where it lets them in."""
    if rule.who is Who.ANYONE:
        return None
    if caller == "anonymous":
        return {401}
    scopes = {"reader": {Scope.READ}, "screen": {Scope.READ}, "writer": {Scope.WRITE}, "uploader": {Scope.UPLOAD}}
    has = scopes.get(caller, set(Scope))
    match rule.who:
        case Who.LIBRARY if caller == "other":
            return {404}
        case Who.LIBRARY if rule.scope not in has or (caller == "viewer" and rule.scope is not Scope.READ):
            return {403}
        case Who.OWNER if caller != "owner":
            return {403}
        case Who.PERSON if caller in scopes:
            return {403}
        case _:
            return None


def asked(route: Route, caller: str) -> bool:
    """Refusals are asked of all; what is let in only where it changes nothing, the rest is tested where it is used."""
    quiet = route.method == "GET" and not route.stream
    return route.path != "/session" and (quiet or expected(route.rule, caller) is not None)


CASES = [(route, caller) for route, caller in itertools.product(ROUTES, CALLERS) if asked(route, caller)]


@pytest.mark.parametrize(("route", "caller"), CASES, ids=lambda v: v if isinstance(v, str) else f"{v.method} {v.path}")
def test_every_route_holds_its_rule(route: Route, caller: str, callers: dict[str, httpx.Client]) -> None:
    wanted = expected(route.rule, caller)
    answer = callers[caller].request(route.method, address(route), content=b"{")
    if wanted is not None:
        assert answer.status_code in wanted, answer.text
        assert answer.json()["error"]["kind"] in ("not_signed_in", "forbidden", "not_found")
    else:
        assert answer.status_code in (200, 400, 404), answer.text


def test_only_the_listed_routes_are_for_anyone() -> None:
    assert {(r.method, r.path) for r in ROUTES if r.rule.who is Who.ANYONE} == PUBLIC


def test_every_route_of_a_library_is_ruled_by_it() -> None:
    assert all((r.rule.who is Who.LIBRARY) == r.path.startswith("/libraries/{library}/") for r in ROUTES)


def test_every_change_of_a_library_needs_more_than_looking() -> None:
    loose = [r.path for r in ROUTES if r.rule.who is Who.LIBRARY and r.method != "GET" and r.rule.scope is Scope.READ]
    assert loose == []


def test_the_application_has_no_route_besides_the_table(site: Site) -> None:
    app = application(site.shop)
    guarded = {(m, r.path) for r in app.routes if type(r).__name__ == "Guarded" for m in r.methods}  # type: ignore
    assert guarded == {(r.method, "/api" + r.path) for r in ROUTES}
    others = [r.path for r in app.routes if type(r).__name__ != "Guarded" and isinstance(r, Plain)]
    assert others == ["/api/openapi.json"]
    assert len(app.routes) == len(ROUTES) + 1


def test_not_yours_and_not_there_look_the_same(callers: dict[str, httpx.Client]) -> None:
    theirs, nobodys = (callers["other"].get(f"/api/libraries/{n}/stats") for n in (1, 777))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace("1", "777") == nobodys.text


def test_thumbnails_hold_the_rule_too(callers: dict[str, httpx.Client], ids: list[str]) -> None:
    path = f"/api/libraries/1/assets/{ids[0]}/thumb"
    got = {name: client.get(path).status_code for name, client in callers.items()}
    assert got == {
        "anonymous": 401, "other": 404, "viewer": 200, "owner": 200, "reader": 200, "writer": 403, "uploader": 403,
        "screen": 200,
    }  # fmt: skip


def test_a_revoked_session_is_dead_with_the_next_request(site: Site, ids: list[str]) -> None:
    client = site.signed_in("bob")
    assert client.get("/api/session").status_code == 200
    number = next(s["id"] for s in client.get("/api/sessions").json()["items"] if s["current"])
    assert client.delete(f"/api/sessions/{number}").status_code == 200
    assert client.get("/api/session").status_code == 401


def test_a_viewer_who_is_let_go_is_out_with_the_next_request(site: Site, ada: httpx.Client, ids: list[str]) -> None:
    eve, path = site.signed_in("eve"), f"/api/libraries/1/assets/{ids[0]}/thumb"
    assert eve.get(path).status_code == 200
    assert ada.delete("/api/libraries/1/viewers/3").status_code == 200
    assert eve.get(path).status_code == 404
    assert ada.put("/api/libraries/1/viewers/3").status_code == 200
    assert eve.get(path).status_code == 200


def test_a_key_never_makes_keys_and_never_has_more_than_its_scopes(site: Site) -> None:
    more = {"name": "more", "scopes": ["admin"]}
    assert site.with_key(1, *Scope).post("/api/keys", json=more).status_code == 403
    assert site.with_key(2, Scope.ADMIN).get("/api/accounts").status_code == 403


def test_another_sites_page_changes_nothing(site: Site, ids: list[str]) -> None:
    client = site.signed_in("ada")
    body = {"ids": ids[:1]}
    tries = [
        {"X-Albumen": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ]
    for headers in tries:
        answer = client.post("/api/libraries/1/trash", json=body, headers=headers)
        assert answer.status_code == 403, headers
    assert client.get("/api/libraries/1/stats").json()["trashed"] == 0


def test_a_disabled_account_is_out_at_once_and_the_last_owner_stays(site: Site, ada: httpx.Client) -> None:
    made = ada.post("/api/accounts", json={"name": "mallory", "password": "long enough"}).json()
    client = site.signed_in("mallory", "long enough")
    assert client.get("/api/session").status_code == 200
    assert ada.patch(f"/api/accounts/{made['id']}", json={"disabled": True}).status_code == 200
    assert client.get("/api/session").status_code == 401
    assert ada.patch("/api/accounts/1", json={"disabled": True}).status_code == 400
    assert ada.delete("/api/accounts/1").status_code == 400


def test_set_up_needs_the_code_and_is_closed_after_the_first_owner(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fresh")
    shop = make_shop(folder)
    with running(shop, folder) as fresh:
        client = fresh.client()
        body = {"name": "ada", "password": "correct horse", "code": "wrong"}
        assert client.get("/api/server").json()["setup"] is True
        assert client.post("/api/setup", json=body).status_code == 403
        done = client.post("/api/setup", json=body | {"code": shop.setup_code})
        assert done.status_code == 200
        assert {"httponly", "samesite=strict"} <= set(done.headers["set-cookie"].lower().replace(" ", "").split(";"))
        assert client.post("/api/setup", json=body | {"code": shop.setup_code}).status_code == 409


def test_a_viewer_is_told_no_folder_of_the_server(site: Site, ada: httpx.Client, ids: list[str]) -> None:
    eve, path = site.signed_in("eve"), f"/api/libraries/1/assets/{ids[0]}"
    hers = [file["path"] for file in eve.get(path).json()["files"]]
    whole = [file["path"] for file in ada.get(path).json()["files"]]
    assert all(one.startswith("/") for one in whole)
    assert hers == [one.rsplit("/", 1)[-1] for one in whole]


def test_a_viewer_sees_that_something_is_imported_but_not_from_where(site: Site, ada: httpx.Client) -> None:
    shop, secret = site.shop, {"new": 3, "unreadable": [{"path": "/home/ada/x.jpg", "reason": "zero bytes"}]}
    job = shop.jobs.start("import", "/home/ada", lambda job, told: secret, library=1, account=1)
    wait_for(lambda: job.ended)
    eve, path = site.signed_in("eve"), f"/api/libraries/1/jobs/{job.id}"
    assert ada.get(path).json()["result"] == secret
    assert eve.get(path).json()["result"] == {"new": 3}
    for said in (eve.get(path).text, eve.get("/api/libraries/1/jobs").text):
        assert job.id in said
        assert "/home/ada" not in said


def _events(client: httpx.Client, during: Callable[[], object]) -> list[str]:
    """Return the lines that a listener hears, until the stream ends or tells of the end of a job."""
    heard = list[str]()
    with client.stream("GET", "/api/libraries/1/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 3000"
        during()
        for line in lines:
            heard.append(line)
            if '"state": "done"' in line:
                break
    return heard


def test_a_viewer_hears_of_no_folder_of_the_server(site: Site) -> None:
    def work(job: Job, told: Callable[[int, int, float], None]) -> dict[str, Any]:
        return {"unreadable": [{"path": "/home/ada/x.jpg", "reason": "zero bytes"}]}

    def start() -> None:
        site.shop.jobs.start("import", "/home/ada", work, library=1, account=1)

    assert "/home/ada" in "".join(_events(site.signed_in("ada"), start))
    assert "/home/ada" not in "".join(_events(site.signed_in("eve"), start))


def test_who_may_no_longer_look_hears_nothing_more(site: Site, ada: httpx.Client) -> None:
    def let_go() -> None:
        assert ada.delete("/api/libraries/1/viewers/3").status_code == 200
        site.shop.events.publish(1, "library", {"version": 9})

    assert _events(site.signed_in("eve"), let_go) == [""]
    assert ada.put("/api/libraries/1/viewers/3").status_code == 200


def test_a_session_that_is_ended_hears_nothing_more(site: Site) -> None:
    client = site.signed_in("ada")

    def sign_out() -> None:
        assert site.client(Cookie=client.headers["Cookie"]).delete("/api/session").status_code in (200, 204)
        site.shop.events.publish(1, "library", {"version": 9})

    assert _events(client, sign_out) == [""]

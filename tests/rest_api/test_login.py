"""Signing in: slower for who guesses, the same for names that there are not, and over when it is over."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from albumen.core.errors import SettingsError
from albumen.rest_api.accounts.limits import LONGEST_WAIT, Limits, login_keys
from albumen.rest_api.accounts.passwords import Passwords
from albumen.rest_api.accounts.store import SESSION_SECONDS, Accounts, Taken
from albumen.rest_api.accounts.who import Role, Scope
from tests.rest_api.small import PASSWORD, Site, make_shop, people, running


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_after_five_failures_each_further_try_waits_twice_as_long() -> None:
    clock = Clock()
    limits, keys = Limits(clock), login_keys("ada", "10.0.0.1")
    waits: list[float] = []
    for _ in range(20):
        assert limits.attempt(keys) == 0
        waits.append(max(0.0, limits.attempt(keys)) if len(waits) >= 4 else 0.0)
        clock.now += waits[-1]
    assert waits[:8] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert max(waits) == LONGEST_WAIT
    assert limits.attempt(login_keys("ada", "10.0.0.2")) == 0  # the owner elsewhere is not locked out


def test_guessing_many_names_from_one_place_is_slowed_down_too() -> None:
    limits = Limits(Clock())
    for i in range(20):
        assert limits.attempt(login_keys(f"name{i}", "10.0.0.1")) == 0
    assert limits.attempt(login_keys("another", "10.0.0.1")) > 0


def test_who_succeeds_is_not_slowed_down_and_speeds_up_nobody_else() -> None:
    clock = Clock()
    limits, mine, other = Limits(clock), login_keys("eve", "10.0.0.1"), login_keys("ada", "10.0.0.1")
    for _ in range(30):
        assert limits.attempt(mine) == 0
        limits.succeeded(mine)
    tries = 0
    while limits.attempt(other) == 0:  # signing in oneself in between does not make more guesses free
        tries += 1
        assert limits.attempt(mine) == 0
        limits.succeeded(mine)
    assert tries == 5


def test_guesses_at_the_same_moment_are_all_counted(site: Site) -> None:
    body = {"name": "nobody in particular", "password": "wrong"}
    clients = [site.client() for _ in range(30)]
    with ThreadPoolExecutor(30) as guessers:
        states = list(guessers.map(lambda client: client.post("/api/session", json=body).status_code, clients))
    assert states.count(401) == 5
    assert states.count(429) == 25


def test_too_many_wrong_passwords_answer_429_even_to_the_right_one(site: Site) -> None:
    client = site.client()
    wrong = {"name": "bob", "password": "wrong"}
    answers = [client.post("/api/session", json=wrong).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    right = client.post("/api/session", json={"name": "bob", "password": PASSWORD})
    assert (right.status_code, right.json()["error"]["kind"]) == (429, "too_many_tries")
    assert int(right.headers["retry-after"]) >= 1


def test_a_wrong_name_and_a_wrong_password_answer_alike(site: Site) -> None:
    client = site.client()
    bodies = [{"name": "eve", "password": "wrong"}, {"name": "nobody", "password": "wrong"}]
    answers = [client.post("/api/session", json=body) for body in bodies]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].text == answers[1].text


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(site: Site) -> None:
    answer = site.client().post("/api/session", json={"name": "ada", "password": PASSWORD})
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert "path=/" in flags


def test_a_new_password_ends_all_other_sessions(site: Site) -> None:
    first, second = site.signed_in("eve"), site.signed_in("eve")
    change = {"old": PASSWORD, "new": "another horse"}
    assert first.put("/api/account/password", json=change | {"old": "wrong"}).status_code == 403
    assert first.put("/api/account/password", json=change).status_code == 200
    assert (first.get("/api/session").status_code, second.get("/api/session").status_code) == (200, 401)


def test_a_television_is_paired_once_and_may_only_look(site: Site, ids: list[str]) -> None:
    tv, ada = site.client(), site.signed_in("ada")
    screen = tv.post("/api/pairings").json()
    claim = {"secret": screen["secret"]}
    assert tv.post("/api/pairings/claim", json=claim).status_code == 202
    assert ada.post("/api/pairings/000000/approve").status_code in (404, 200)
    assert ada.post(f"/api/pairings/{screen['code']}/approve").status_code == 200
    claimed = tv.post("/api/pairings/claim", json=claim)
    assert (claimed.status_code, claimed.json()["scopes"]) == (200, ["read"])
    assert tv.get(f"/api/libraries/1/assets/{ids[0]}/preview").status_code == 200
    assert tv.post("/api/libraries/1/trash", json={"ids": ids[:1]}).status_code == 403
    assert tv.put("/api/account/password", json={"old": PASSWORD, "new": "x" * 9}).status_code == 403
    assert site.client().post("/api/pairings/claim", json=claim).status_code == 404


def test_preferences_are_kept_and_bounded(site: Site) -> None:
    ada = site.signed_in("ada")
    assert ada.put("/api/account/preferences", json={"theme": "dark"}).status_code == 200
    assert ada.get("/api/session").json()["preferences"] == {"theme": "dark"}
    assert ada.put("/api/account/preferences", json={"x": "y" * 20_000}).status_code == 400


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path / "accounts.sqlite", clock=Clock())


def test_an_expired_session_is_none(tmp_path: Path) -> None:
    clock = Clock()
    accounts = Accounts(tmp_path / "accounts.sqlite", clock=clock)
    ada = accounts.add("ada", "hash", Role.OWNER, tmp_path)
    secret = accounts.sign_in(ada.id, label="x")
    clock.now += SESSION_SECONDS - 1
    assert accounts.caller(secret, "session") is not None  # seen, so it lives on
    clock.now += SESSION_SECONDS - 1
    assert accounts.caller(secret, "session") is not None
    clock.now += SESSION_SECONDS + 1
    assert accounts.caller(secret, "session") is None
    accounts.close()


def test_what_another_process_revokes_is_dead_at_once(tmp_path: Path) -> None:
    ours, theirs = Accounts(tmp_path / "a.sqlite"), Accounts(tmp_path / "a.sqlite")
    ada = ours.add("ada", "hash", Role.OWNER, tmp_path)
    secret = ours.sign_in(ada.id, label="x")
    caller = ours.caller(secret, "session")
    assert caller is not None and caller.session is not None
    theirs.revoke(ada.id, caller.session, "session")
    assert ours.caller(secret, "session") is None
    ours.close()
    theirs.close()


def test_secrets_are_not_in_the_file(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "a.sqlite")
    ada = accounts.add("ada", Passwords().hash("correct horse"), Role.OWNER, tmp_path)
    secret = accounts.sign_in(ada.id, label="x")
    _, key = accounts.add_key(ada.id, label="k", scopes=[Scope.READ])
    accounts.close()
    bytes_ = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert all(text.encode() not in bytes_ for text in (secret, key, "correct horse"))
    assert b"$argon2id$" in bytes_
    assert (tmp_path / "a.sqlite").stat().st_mode & 0o077 == 0


def test_names_are_taken_once_whatever_their_case(accounts: Accounts, tmp_path: Path) -> None:
    accounts.add("Ada", "hash", Role.OWNER, tmp_path)
    with pytest.raises(Taken, match="another name"):
        accounts.add("ada", "hash", Role.MEMBER, tmp_path / "x")
    with pytest.raises(SettingsError, match="printable"):
        accounts.add("a\nb", "hash", Role.MEMBER, tmp_path / "x")
    accounts.close()


def test_rejects_a_short_password() -> None:
    with pytest.raises(SettingsError, match="8 to 512"):
        Passwords().hash("short")


def test_over_tls_the_cookie_travels_by_tls_only(tmp_path: Path) -> None:
    shop = replace(make_shop(tmp_path), secure=True)
    people(shop)
    with running(shop, tmp_path) as site:
        answer = site.client().post("/api/session", json={"name": "ada", "password": PASSWORD})
        assert "secure" in answer.headers["set-cookie"].lower().split("; ")

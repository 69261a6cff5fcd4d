"""What a restart of the server leaves: uploads to their last byte, sessions, and imports that were not finished."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from albumen.rest_api.jobs import MOST_TRIES, Job, Jobs, State, Unfinished
from tests.fakes import make_photo
from tests.processes import Serve, serve
from tests.rest_api.small import make_shop, people, running, wait_for

U = "/api/libraries/1/uploads"


def stalled(server: Serve, client: httpx.Client, id: str, data: bytes, *, at: int) -> socket.socket:
    """Return a connection on which some bytes were sent of the ten thousand that were promised."""
    host, port = server.address.removeprefix("http://").split(":")
    cookie = f"albumen={client.cookies['albumen']}"
    head = f"PATCH {U}/{id} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\nX-Albumen: 1\r\n"
    line = socket.create_connection((host, int(port)))
    line.sendall(f"{head}Upload-Offset: {at}\r\nContent-Length: 10000\r\n\r\n".encode() + data)
    wait_for(lambda: client.get(f"{U}/{id}").json()["offset"] == at + len(data))
    return line


def test_an_upload_and_a_session_outlive_a_kill_and_an_end(tmp_path: Path) -> None:
    environment = os.environ | {"ALBUMEN_MODELS": str(tmp_path / "models"), "ALBUMEN_FETCH": "no"}
    library = tmp_path / "library"
    with serve(library, environment=environment) as server, closing(server.sign_in()) as ada:
        cookies = dict(ada.cookies)
        id = ada.post(U, json={"name": "a.jpg", "bytes": 10_000}).json()["id"]
        with stalled(server, ada, id, b"x" * 1000, at=0):
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(10)
    with (
        serve(library, environment=environment) as server,
        httpx.Client(base_url=server.address, headers={"X-Albumen": "1"}, cookies=cookies) as ada,
        stalled(server, ada, id, b"y" * 1000, at=1000),
        ada.stream("GET", "/api/libraries/1/events", timeout=20) as events,
    ):
        lines = events.iter_lines()
        assert next(lines) == "retry: 3000"
        server.process.send_signal(signal.SIGTERM)
        assert list(lines) == [""]  # sent away in good order, not cut off
        assert server.process.wait(20) == 0
    assert (library / "uploads" / id / "data").read_bytes() == b"x" * 1000 + b"y" * 1000


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "unfinished.json"


@pytest.fixture
def jobs(ledger: Path) -> Iterator[Jobs]:
    made = Jobs(lambda job: None, ledger)
    yield made
    made.close()


ABOUT = Unfinished("import", 1, 1, ("/photos", "/odd \udcff name"))


def started(jobs: Jobs, work: object = lambda job, told: {}) -> Job:
    return jobs.start("import", "photos", work, library=1, account=1, about=ABOUT)  # type: ignore[arg-type]


def test_what_ended_is_not_begun_again(jobs: Jobs, ledger: Path) -> None:
    def fail(job: object, told: object) -> dict[str, object]:
        raise ValueError("a bad day")

    def last(job: Job, told: object) -> dict[str, object]:
        wait_for(lambda: job.stopping)
        told(1, 2, 0.0)  # type: ignore[operator]
        return {}

    ended = [started(jobs), started(jobs, fail), started(jobs, last)]
    jobs.stop(ended[2])
    wait_for(lambda: all(job.ended for job in ended))
    assert [job.state for job in ended] == [State.DONE, State.FAILED, State.STOPPED]
    wait_for(lambda: Jobs(lambda job: None, ledger).left_over() == [])


def test_what_the_end_of_the_server_cut_off_is_begun_again(jobs: Jobs, ledger: Path) -> None:
    begun = threading.Event()

    def work(job: Job, told: object) -> dict[str, object]:
        begun.set()
        while True:
            time.sleep(0.01)
            told(1, 2, 0.0)  # type: ignore[operator]

    started(jobs, work)
    assert begun.wait(5)
    assert Jobs(lambda job: None, ledger).left_over() == [ABOUT]  # as after a kill
    jobs.close()
    assert Jobs(lambda job: None, ledger).left_over() == [ABOUT]


def test_a_ledger_that_cannot_be_read_stops_nothing(ledger: Path, caplog: pytest.LogCaptureFixture) -> None:
    for damaged in (b"{", b'[{"kind": 1}]', b"[1]", b"\xff"):
        ledger.write_bytes(damaged)
        assert Jobs(lambda job: None, ledger).left_over() == []
    assert "not begun again" in caplog.text


def test_a_ledger_that_cannot_be_written_stops_no_job(
    jobs: Jobs, ledger: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.mkdir()  # as good as a full disk: no file can be put there
    both = [started(jobs), started(jobs)]
    wait_for(lambda: all(job.ended for job in both))
    assert "will not be begun again" in caplog.text


def test_a_library_that_cannot_be_opened_keeps_no_server_from_starting(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    people(shop)
    for held in shop.accounts.libraries(1):
        Path(held.path).mkdir(parents=True, exist_ok=True)
        (Path(held.path) / "catalog.sqlite").mkdir()
    ledger = shop.library / "server" / "unfinished.json"
    ledger.parent.mkdir(parents=True, exist_ok=True)
    ledger.write_text(json.dumps([{"kind": "import", "library": 1, "account": 1, "paths": [], "tries": 0}]))
    with running(shop, tmp_path) as site:
        assert site.signed_in("ada").get("/api/session").is_success
    assert shop.jobs.of(1) == []


def test_the_server_goes_on_with_imports_for_those_who_still_may(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    people(shop)
    make_photo(tmp_path / "photos" / "one.jpg", (10, 200, 30), (64, 48))
    paths = [str(tmp_path / "photos")]
    left = [
        {"kind": "import", "library": 1, "account": 1, "paths": paths, "tries": MOST_TRIES - 1},
        {"kind": "import", "library": 2, "account": 2, "paths": paths, "tries": MOST_TRIES},
        {"kind": "import", "library": 3, "account": 2, "paths": paths, "tries": 0},
    ]
    ledger = shop.library / "server" / "unfinished.json"
    ledger.parent.mkdir(parents=True)
    ledger.write_text(json.dumps(left))
    with running(shop, tmp_path) as site:
        ada = site.signed_in("ada")
        wait_for(lambda: ada.get("/api/libraries/1/timeline").json()["total"] == 1)
        wait_for(lambda: json.loads(ledger.read_text()) == [])
        for name, library in (("bob", 2), ("eve", 3)):
            client = site.signed_in(name)
            assert client.get(f"/api/libraries/{library}/jobs").json()["items"] == []

"""Uploads: in pieces, out of order, broken off, too much, of the wrong bytes, under hostile names."""

import hashlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from albumen.rest_api.uploading import safe_name
from tests.fakes import make_photo
from tests.rest_api.small import Site, make_shop, people, running, wait_for

U = "/api/libraries/1/uploads"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Site]:
    shop = make_shop(tmp_path)
    people(shop)
    with running(shop, tmp_path) as site:
        yield site


@pytest.fixture
def photo(tmp_path: Path) -> bytes:
    return make_photo(tmp_path / "one.jpg", (10, 200, 30), (640, 480)).read_bytes()


def begin(client: httpx.Client, data: bytes, name: str = "a.jpg", **more: object) -> str:
    answer = client.post(U, json={"name": name, "bytes": len(data), **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def chunk(client: httpx.Client, id: str, data: bytes, offset: int) -> httpx.Response:
    return client.patch(f"{U}/{id}", content=data, headers={"Upload-Offset": str(offset)})


def imported(client: httpx.Client, count: int = 1) -> bool:
    return client.get("/api/libraries/1/timeline").json()["total"] == count


def originals(site: Site) -> list[Path]:
    return [p for p in (site.shop.library / "originals").rglob("*") if p.is_file()]


def test_a_file_sent_in_pieces_is_whole_and_imported(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    id = begin(ada, photo, sha256=hashlib.sha256(photo).hexdigest())
    half = len(photo) // 2
    assert chunk(ada, id, photo[:half], 0).json()["offset"] == half
    done = chunk(ada, id, photo[half:], half).json()
    assert (done["state"], done["asset"]) == ("done", hashlib.sha256(photo).hexdigest()[:16])
    wait_for(lambda: imported(ada))
    assert [p.read_bytes() for p in originals(fresh)] == [photo]
    assert ada.get(f"/api/libraries/1/assets/{done['asset']}/original").content == photo
    job = ada.get(f"/api/libraries/1/jobs/{done['job']}").json()
    wait_for(lambda: ada.get(f"/api/libraries/1/jobs/{done['job']}").json()["state"] == "done")
    assert job["kind"] == "upload"
    assert ada.get(U).json()["items"] == []
    again = ada.post(U, json={"name": "b.jpg", "bytes": len(photo), "sha256": hashlib.sha256(photo).hexdigest()})
    assert (again.status_code, again.json()["state"], again.json()["asset"]) == (200, "known", done["asset"])


def test_repeated_reordered_and_dropped_pieces_are_told_where_to_go_on(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    id = begin(ada, photo)
    assert chunk(ada, id, photo[:100], 0).status_code == 200
    for offset in (0, 50, 200):
        answer = chunk(ada, id, photo[:100], offset)
        assert (answer.status_code, answer.json()["error"]["detail"]) == (409, {"offset": 100})
    assert ada.get(f"{U}/{id}").json()["offset"] == 100


def stalled(site: Site, client: httpx.Client, id: str, data: bytes, *, promised: int) -> socket.socket:
    """Return a connection that has sent the beginning of an upload and no more."""
    host, port = site.address.removeprefix("http://").split(":")
    head = f"PATCH {U}/{id} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {client.headers['Cookie']}\r\nX-Albumen: 1\r\n"
    line = socket.create_connection((host, int(port)))
    line.sendall(f"{head}Upload-Offset: 0\r\nContent-Length: {promised}\r\n\r\n".encode() + data)
    wait_for(lambda: client.get(f"{U}/{id}").json()["offset"] == len(data))
    return line


def test_a_client_that_goes_away_loses_nothing_that_arrived(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    id = begin(ada, photo)
    with stalled(fresh, ada, id, photo[:1000], promised=len(photo)):
        pass
    assert ada.get(f"{U}/{id}").json()["offset"] == 1000
    assert chunk(ada, id, photo[1000:], 1000).json()["state"] == "done"
    wait_for(lambda: imported(ada))
    assert [p.read_bytes() for p in originals(fresh)] == [photo]


def test_a_client_that_comes_back_takes_the_place_of_its_dead_connection(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    id = begin(ada, photo)
    with stalled(fresh, ada, id, photo[:1000], promised=len(photo)) as dead:
        assert chunk(ada, id, photo[1000:2000], 1000).json()["offset"] == 2000
        dead.sendall(b"late bytes that must not count")
        dead.settimeout(10)
        assert b"409" in dead.recv(4096).split(b"\r\n")[0]
    assert chunk(ada, id, photo[2000:], 2000).json()["state"] == "done"
    wait_for(lambda: imported(ada))
    assert [p.read_bytes() for p in originals(fresh)] == [photo]


def test_an_end_that_is_sent_twice_at_once_is_kept_once(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    id = begin(ada, photo)
    assert chunk(ada, id, photo[:-1], 0).status_code == 200
    with ThreadPoolExecutor(4) as tries:
        answers = list(tries.map(lambda n: chunk(ada, id, photo[-1:], len(photo) - 1), range(4)))
    assert sum(a.status_code == 200 for a in answers) <= 1
    assert {a.status_code for a in answers} <= {200, 404, 409}
    wait_for(lambda: imported(ada))
    assert [p.read_bytes() for p in originals(fresh)] == [photo]


def test_other_bytes_than_promised_are_refused_and_forgotten(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    id = begin(ada, photo, sha256="0" * 64)
    assert chunk(ada, id, photo, 0).status_code == 422
    assert ada.get(f"{U}/{id}").status_code == 404
    assert originals(fresh) == []


def test_more_bytes_than_promised_are_refused(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    id = begin(ada, photo[:100])
    assert chunk(ada, id, photo, 0).status_code == 413
    big = ada.patch(f"{U}/{id}", content=b"x" * (9 << 20), headers={"Upload-Offset": "0"})
    assert big.status_code == 413
    assert ada.post(U, json={"name": "a", "bytes": 1 << 60}).status_code == 400
    assert ada.post("/api/libraries/1/trash", content=b" " * (2 << 20)).status_code == 413


def test_what_is_no_picture_is_reported_by_the_job(fresh: Site) -> None:
    ada = fresh.signed_in("ada")
    html = b"<html><script>alert(1)</script>"
    job = chunk(ada, begin(ada, html, "page.jpg"), html, 0).json()["job"]
    wait_for(lambda: ada.get(f"/api/libraries/1/jobs/{job}").json()["state"] == "done")
    result = ada.get(f"/api/libraries/1/jobs/{job}").json()["result"]
    assert (result["new"], result["unreadable_count"]) == (0, 1)
    assert "no picture" in result["unreadable"][0]["reason"]


def test_a_full_disk_is_said_as_such_and_the_client_may_come_back(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    id = begin(ada, photo)
    data = fresh.shop.library / "uploads" / id / "data"
    data.unlink()
    data.symlink_to("/dev/full")
    for piece in (photo, photo[:10]):  # more than a buffer holds, and less
        answer = chunk(ada, id, piece, 0)
        assert (answer.status_code, answer.json()["error"]["kind"]) == (507, "disk_full")


def test_the_same_file_from_two_phones_is_one_asset(fresh: Site, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    uploads = [begin(ada, photo) for _ in range(4)]
    with ThreadPoolExecutor(4) as phones:
        states = list(phones.map(lambda id: chunk(ada, id, photo, 0).json()["state"], uploads))
    assert set(states) <= {"done", "known"}
    wait_for(lambda: imported(ada))
    wait_for(lambda: all(j["state"] == "done" for j in ada.get("/api/libraries/1/jobs").json()["items"]))
    assert imported(ada)


def test_an_upload_is_its_librarys_alone(fresh: Site, photo: bytes) -> None:
    ada, bob = fresh.signed_in("ada"), fresh.signed_in("bob")
    id = begin(ada, photo)
    assert bob.get(f"/api/libraries/2/uploads/{id}").status_code == 404
    assert bob.get(f"{U}/{id}").status_code == 404
    known = {"name": "a", "bytes": len(photo), "sha256": hashlib.sha256(photo).hexdigest()}
    chunk(ada, id, photo, 0)
    wait_for(lambda: imported(ada))
    assert bob.post("/api/libraries/2/uploads", json=known).status_code == 201  # says nothing of ada's library


NAMES = [
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\a.jpg", "\\\\host\\share\\a.jpg", "a\0b.jpg",
    "..", ".", "...", "", " ", "CON", "nul.jpg", "COM1.txt", "a" * 300 + ".jpg", "é" * 200 + ".jpg", ".hidden.jpg",
    "-rf.jpg", "a/b/../c.jpg", "%2e%2e%2fa.jpg", "\u202egpj.exe", "a\r\nb.jpg", "\ud800.jpg", "．．／a.jpg",
    "<script>.jpg", "a.jpg ",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leaves_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 200
    assert not set(safe) & set('/\\\0\r\n<>:"|?*\u202e')
    assert safe not in (".", "..")
    assert not safe.startswith(".")
    assert safe.split(".")[0].lower() not in ("con", "nul", "com1")


def test_two_files_of_one_name_are_both_kept(fresh: Site, tmp_path: Path, photo: bytes) -> None:
    ada = fresh.signed_in("ada")
    other = make_photo(tmp_path / "two.jpg", (200, 0, 0), (320, 200)).read_bytes()
    for data in (photo, other):
        chunk(ada, begin(ada, data, "../same.jpg"), data, 0)
    wait_for(lambda: imported(ada, 2))
    assert sorted(p.read_bytes() for p in originals(fresh)) == sorted([photo, other])


def test_events_tell_of_the_import_and_of_something_new(fresh: Site, photo: bytes) -> None:
    ada, heard = fresh.signed_in("ada"), list[str]()
    with ada.stream("GET", "/api/libraries/1/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines) == "retry: 3000"
        other = fresh.signed_in("ada")
        chunk(other, begin(other, photo), photo, 0)
        for line in lines:
            heard.append(line)
            if '"state": "done"' in line:
                break
    assert "event: job" in heard
    assert "event: library" in heard

"""One asset over HTTP: pictures, ranges, corrections, the trash, the timeline, and hostile text that stays text."""

import json
from pathlib import Path

import httpx
import pytest
from PIL import Image

from albumen.rest_api.media import Slice, send
from tests.rest_api.small import Site

L = "/api/libraries/1"


def version(client: httpx.Client, id: str) -> int:
    return client.get(f"{L}/assets/{id}").json()["version"]


def test_the_timeline_and_its_columns_and_shapes_agree(ada: httpx.Client, ids: list[str]) -> None:
    months = ada.get(f"{L}/timeline").json()
    assert [(m["month"], m["count"]) for m in months["months"]] == [("undated", 6)]
    rows = ada.get(f"{L}/timeline/undated").json()
    assert rows["id"] == ids
    assert all(len(rows[name]) == 6 for name in ("w", "h", "taken", "kind", "ms", "colour", "live", "alt"))
    ratios = ada.get(f"{L}/timeline/ratios").json()["months"][0]["ratios"]
    assert ratios == [round(100 * w / h) for w, h in zip(rows["w"], rows["h"], strict=True)]


def test_pages_follow_each_other_without_gap_or_repeat(ada: httpx.Client, ids: list[str]) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = ada.get(f"{L}/assets", params=params).json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids
    assert ada.get(f"{L}/assets", params={"cursor": "ffffffff"}).status_code == 404


@pytest.mark.parametrize(
    ("kind", "mime", "format"), [("thumb", "image/webp", "WEBP"), ("preview", "image/jpeg", "JPEG")]
)
def test_thumbnails_are_pictures_that_a_browser_keeps(
    kind: str, mime: str, format: str, ada: httpx.Client, ids: list[str], tmp_path: Path
) -> None:
    for id in (ids[0], ids[0][:10]):  # the quick way, and the usual one
        answer = ada.get(f"{L}/assets/{id}/{kind}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, mime)
        assert "immutable" in answer.headers["cache-control"]
        (tmp_path / "got").write_bytes(answer.content)
        with Image.open(tmp_path / "got") as picture:
            assert picture.format == format
        tag = {"If-None-Match": answer.headers["etag"]}
        assert ada.get(f"{L}/assets/{id}/{kind}", headers=tag).status_code == 304
        head = ada.head(f"{L}/assets/{id}/{kind}")
        assert (head.content, head.headers["content-length"]) == (b"", answer.headers["content-length"])


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=5-", 206, (5, None)),
        ("bytes=-7", 206, (-7, None)),
        ("bytes=0-99999999", 206, (0, None)),
        ("bytes=99999999-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=9-3", 200, None),
        ("bytes=-", 200, None),
        ("bytes=a-b", 200, None),
        ("items=0-9", 200, None),
        ("bytes=" + ",".join(f"{i}-{i + 1}" for i in range(500)), 200, None),
        ("bytes=" + "9" * 400 + "-", 200, None),
    ],
)
def test_parts_of_a_file_are_what_was_asked_for(
    asked: str, status: int, span: tuple[int, int | None] | None, ada: httpx.Client, ids: list[str]
) -> None:
    whole = ada.get(f"{L}/assets/{ids[0]}/original").content
    answer = ada.get(f"{L}/assets/{ids[0]}/original", headers={"Range": asked})
    assert answer.status_code == status
    if status == 206 and span:
        assert answer.content == whole[span[0] : span[1]]
        assert answer.headers["content-range"].endswith(f"/{len(whole)}")
    if status == 200:
        assert answer.content == whole


def test_a_part_of_another_version_is_all_of_this_one(ada: httpx.Client, ids: list[str]) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert ada.get(f"{L}/assets/{ids[0]}/original", headers=headers).status_code == 200


def test_a_clip_inside_a_file_is_sent_alone_and_no_byte_beside_it(tmp_path: Path) -> None:
    import asyncio

    (tmp_path / "motion.jpg").write_bytes(b"photo" + b"clip!" + b"tail")
    part = Slice(bytes(tmp_path / "motion.jpg"), 5, 5, "video/mp4", "tag")

    async def body(asked: str) -> bytes:
        answer = send(part, {"range": asked})
        return b"".join([bytes(piece) async for piece in answer.body_iterator])  # type: ignore[attr-defined]

    assert asyncio.run(body("")) == b"clip!"
    assert asyncio.run(body("bytes=1-200")) == b"lip!"


def test_a_file_that_changed_or_went_is_not_sent(site: Site, ada: httpx.Client, ids: list[str]) -> None:
    place = Path(ada.get(f"{L}/assets/{ids[0]}").json()["files"][0]["path"])
    kept = place.read_bytes()
    try:
        place.write_bytes(b"something else")
        answer = ada.get(f"{L}/assets/{ids[0]}/original")
        assert answer.status_code == 404
        assert "changed" in answer.json()["error"]["message"]
        place.unlink()
        assert ada.get(f"{L}/assets/{ids[0]}/original").status_code == 404
    finally:
        place.write_bytes(kept)


def test_a_photo_without_a_clip_has_no_video(ada: httpx.Client, ids: list[str]) -> None:
    assert ada.get(f"{L}/assets/{ids[0]}/video").status_code == 404


def test_a_correction_outranks_the_models_is_found_and_can_be_taken_back(ada: httpx.Client, ids: list[str]) -> None:
    id = ids[1]
    shown = {"If-Match": f'"{version(ada, id)}"'}
    answer = ada.put(f"{L}/assets/{id}/facts/labels", json={"value": ["cabin", "lake"]}, headers=shown)
    assert answer.status_code == 200
    assert answer.json()["facts"][0] == {"task": "labels", "card": "owner", "value": [["cabin", 1.0], ["lake", 1.0]]}
    found = ada.get(f"{L}/search", params={"q": "tag:cabin"}).json()
    assert [item["row"]["id"] for item in found["items"]] == [id]
    shown = {"If-Match": f'"{version(ada, id)}"'}
    taken_back = ada.delete(f"{L}/assets/{id}/facts/labels", headers=shown).json()
    assert all(fact["card"] != "owner" for fact in taken_back["facts"])
    assert ada.get(f"{L}/search", params={"q": "tag:cabin"}).json()["items"] == []


def test_a_corrected_time_moves_the_asset_and_taking_it_back_moves_it_back(ada: httpx.Client, ids: list[str]) -> None:
    id = ids[2]
    for moment in ("2019-07-14T18:00:00", "2020-01-01T00:00:00"):  # the second must not pass for the file's word
        shown = {"If-Match": str(version(ada, id))}
        assert ada.put(f"{L}/assets/{id}/facts/taken", json={"value": moment}, headers=shown).status_code == 200
    assert ada.get(f"{L}/timeline/2020-01").json()["id"] == [id]
    ada.delete(f"{L}/assets/{id}/facts/taken", headers={"If-Match": str(version(ada, id))})
    assert "taken" not in ada.get(f"{L}/assets/{id}").json()
    assert [m["month"] for m in ada.get(f"{L}/timeline").json()["months"]] == ["undated"]


def test_of_two_tabs_the_second_is_told_and_writes_nothing(ada: httpx.Client, ids: list[str]) -> None:
    id = ids[3]
    shown = {"If-Match": str(version(ada, id))}
    assert ada.put(f"{L}/assets/{id}/facts/caption", json={"value": "first"}, headers=shown).status_code == 200
    second = ada.put(f"{L}/assets/{id}/facts/caption", json={"value": "second"}, headers=shown)
    assert (second.status_code, second.json()["error"]["kind"]) == (412, "changed_meanwhile")
    assert second.json()["error"]["detail"]["version"] == version(ada, id)
    captions = [f["value"] for f in ada.get(f"{L}/assets/{id}").json()["facts"] if f["task"] == "caption"]
    assert captions == ["first"]


@pytest.mark.parametrize(
    ("task", "value"),
    [
        ("rating", 6), ("rating", True), ("rating", "5"), ("labels", "cabin"), ("labels", [""]), ("labels", [1]),
        ("taken", "yesterday"), ("taken", "2019-07-14T18:00:00+02:00"), ("position", {"lat": 91, "lon": 0}),
        ("position", {"lat": 1}), ("caption", None), ("caption", "x" * 6_000), ("tags", ["x"] * 501),
    ],
)  # fmt: skip
def test_rejects_corrections_that_mean_nothing(task: str, value: object, ada: httpx.Client, ids: list[str]) -> None:
    shown = {"If-Match": str(version(ada, ids[0]))}
    answer = ada.put(f"{L}/assets/{ids[0]}/facts/{task}", json={"value": value}, headers=shown)
    assert answer.status_code == 400, answer.text


HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "=cmd|'/c calc'!A1",
           "'; DROP TABLE assets; --", "a\r\nSet-Cookie: x=1", "\u202egnp.exe", "[x](javascript:alert(1))"]  # fmt: skip


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_comes_back_as_text(payload: str, ada: httpx.Client, ids: list[str]) -> None:
    id = ids[4]
    for task, value in (("caption", payload), ("tags", [payload])):
        shown = {"If-Match": str(version(ada, id))}
        answer = ada.put(f"{L}/assets/{id}/facts/{task}", json={"value": value}, headers=shown)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers
    facts = {f["task"]: f["value"] for f in answer.json()["facts"] if f["card"] == "owner"}
    assert facts["caption"] == payload.strip()
    assert ada.get(f"{L}/search", params={"q": payload}).status_code == 200
    assert ada.get(f"{L}/stats").json()["assets"] == 6


def test_trash_hides_and_restore_brings_back_in_the_same_place(ada: httpx.Client, ids: list[str]) -> None:
    assert ada.post(f"{L}/trash", json={"ids": [ids[2], ids[2]]}).json() == {"count": 1}
    assert ids[2] not in ada.get(f"{L}/timeline/undated").json()["id"]
    assert ada.get(f"{L}/timeline", params={"trashed": True}).json()["total"] == 1
    assert ada.get(f"{L}/assets", params={"trashed": True}).json()["items"][0]["id"] == ids[2]
    assert ada.post(f"{L}/restore", json={"ids": [ids[2]]}).json() == {"count": 1}
    assert ada.get(f"{L}/timeline/undated").json()["id"] == ids


def test_positions_become_points_of_the_map(ada: httpx.Client, ids: list[str]) -> None:
    for id, lat, lon in ((ids[0], 41.9, 12.5), (ids[1], 41.901, 12.501), (ids[5], -33.9, 151.2)):
        shown = {"If-Match": str(version(ada, id))}
        value = {"value": {"lat": lat, "lon": lon}}
        assert ada.put(f"{L}/assets/{id}/facts/position", json=value, headers=shown).status_code == 200
    far = ada.get(f"{L}/map", params={"zoom": 3}).json()
    assert ([c["count"] for c in far["clusters"]], far["total"]) == ([2, 1], 3)
    near = ada.get(f"{L}/map", params={"west": 12, "south": 41, "east": 13, "north": 42, "zoom": 20}).json()
    assert ([c["count"] for c in near["clusters"]], near["total"]) == ([1, 1], 2)
    across = ada.get(f"{L}/map", params={"west": 150, "south": -90, "east": -170, "north": 90, "zoom": 3}).json()
    assert [c["id"] for c in across["clusters"]] == [ids[5]]


def test_a_slideshow_with_the_same_seed_is_the_same(ada: httpx.Client) -> None:
    shows = [[i["id"] for i in ada.get(f"{L}/slideshow", params={"seed": s}).json()["items"]] for s in (1, 1, 2)]
    assert shows[0] == shows[1] != shows[2]


def test_every_answer_of_an_error_has_the_one_shape(ada: httpx.Client) -> None:
    gets = (f"{L}/assets/zz", "/api/nowhere", f"{L}/assets/ffffff", "/api/libraries/x/stats")
    for method, path in (*(("GET", path) for path in gets), ("PUT", "/api/health"), ("POST", f"{L}/trash")):
        answer = ada.request(method, path)
        assert answer.status_code in (400, 404, 405)
        assert set(answer.json()["error"]) == {"kind", "message", "detail"}, answer.text


def test_the_description_names_every_route_and_its_security(ada: httpx.Client) -> None:
    found = json.loads(ada.get("/api/openapi.json").text)
    operations = [op for path in found["paths"].values() for op in path.values()]
    assert len({op["operationId"] for op in operations}) == len(operations) > 45
    assert all("security" in op and op["summary"] for op in operations)
    assert "HTTPValidationError" not in str(found["paths"])

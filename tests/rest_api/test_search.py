"""Search over HTTP: parts and reasons as data, parts that only rank when asked to, and pages."""

import httpx

L = "/api/libraries/1"


def test_parts_and_reasons_are_data_and_english(ada: httpx.Client, ids: list[str]) -> None:
    said = {"kind": "only_photos", "values": {}, "text": "only photos"}
    found = ada.get(f"{L}/search", params={"q": "kind:photo"}).json()
    part = {"index": 0, "kind": "kind", "text": "kind:photo", "role": "filter", "means": said, "relaxed": False}
    assert found["parts"] == [part]
    assert (found["sure"], [hit["reasons"] for hit in found["items"]]) == (6, [[said]] * 6)
    assert {hit["row"]["id"] for hit in found["items"]} == set(ids)


def test_a_part_that_is_relaxed_ranks_and_no_longer_excludes(ada: httpx.Client, ids: list[str]) -> None:
    nothing = ada.get(f"{L}/search", params={"q": "kind:video"}).json()
    assert (nothing["items"], nothing["sure"], nothing["maybe"]) == ([], 0, 0)
    relaxed = ada.get(f"{L}/search", params={"q": "kind:video", "relax": [0, 99]}).json()
    part = relaxed["parts"][0]
    assert (part["role"], part["relaxed"], part["means"]["text"]) == ("score", True, "preferably only videos")
    assert len(relaxed["items"]) == 6


def test_pages_of_results_follow_each_other(ada: httpx.Client, ids: list[str]) -> None:
    first = ada.get(f"{L}/search", params={"q": "kind:photo", "limit": 4}).json()
    rest = ada.get(f"{L}/search", params={"q": "kind:photo", "limit": 4, "cursor": first["next"]}).json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [4, 2, None]
    assert {hit["row"]["id"] for hit in first["items"] + rest["items"]} == set(ids)
    assert ada.get(f"{L}/search", params={"q": "kind:photo", "cursor": "x"}).status_code == 400

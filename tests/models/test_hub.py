"""The hub path, end to end, against a local server that misbehaves in every way we know."""

import re
import socket
import threading
import time

import numpy as np
import pytest

from albumen.core.errors import HashMismatch, SourceUnavailable
from albumen.models.pool import Pool
from albumen.models.sources.hub import Patience
from albumen.models.store import ModelStore

QUICK = Patience(connect=1.0, silence=0.4, window=0.5, slowest=1024, tries=2)
CONTENT = np.random.default_rng(1).bytes(300_000)


@pytest.fixture
def store(tmp_path, hub):
    return ModelStore(tmp_path / "models", hub=hub.url, patience=QUICK)


def left_behind(store):
    """Names of everything outside the cache."""
    return [p for p in store.folder.rglob("*") if p.is_file() and ".cache" not in p.parts]


def test_fetches_and_runs_small_towers(hub, store, make_card, towers, truth):
    image, text = towers(seed=1), towers(seed=2)
    card = make_card(vision__onnx=(image, hub.add("vision.onnx", image)), text__onnx=(text, hub.add("text.onnx", text)))
    pool = Pool(store)
    x = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)
    for name, seed in (("vision.onnx", 1), ("text.onnx", 2)):
        np.testing.assert_allclose(pool.session(card, name).run({"x": x})["y"], truth(x, seed=seed), atol=1e-5)
    pool.close()
    assert store.verify(card) == []


def test_resumes_within_one_call_after_a_cut_connection(hub, store, make_card, answer):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    hub.faults = [answer.cut(100_000), answer.cut(50_000)]
    assert store.ensure(card)["a.bin"].read_bytes() == CONTENT
    assert hub.ranges == [None, "bytes=100000-", "bytes=150000-"]


def test_resumes_in_a_later_process(hub, store, make_card, answer, tmp_path):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    hub.faults = [answer.cut(100_000), answer.status(503), answer.status(503)]
    with pytest.raises(SourceUnavailable, match=r"a\.bin of model tower\.test could not be fetched.*broke off"):
        store.ensure(card)
    assert left_behind(store) == []
    later = ModelStore(tmp_path / "models", hub=hub.url, patience=QUICK)
    assert later.ensure(card)["a.bin"].read_bytes() == CONTENT
    assert hub.ranges[-1] == "bytes=100000-"


def test_starts_over_when_the_partial_download_was_of_other_bytes(hub, store, make_card, answer):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    hub.faults = [
        lambda self, c: answer.cut(100_000)(self, b"x" * len(c)),
        answer.status(500),
        answer.status(500),
    ]
    with pytest.raises(SourceUnavailable):
        store.ensure(card)
    assert store.ensure(card)["a.bin"].read_bytes() == CONTENT
    assert hub.ranges[-2:] == ["bytes=100000-", None]


def test_follows_redirects_and_keeps_the_token_from_other_hosts(hub, tmp_path, make_card, answer):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    elsewhere = hub.url.replace("127.0.0.1", "localhost")
    hub.faults = [answer.redirect(f"{elsewhere}/cdn/a.bin")]
    store = ModelStore(tmp_path, hub=hub.url, token="secret", patience=QUICK)
    store.ensure(card)
    assert [(path, token) for path, _, token in hub.asked] == [
        ("/acme/towers/resolve/main/a.bin", "Bearer secret"),
        ("/cdn/a.bin", None),
    ]


def test_a_redirect_loop_ends(hub, store, make_card, answer):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    hub.faults = [answer.redirect("/cdn/a.bin")] * 50
    with pytest.raises(SourceUnavailable, match="redirects"):
        store.ensure(card)


def test_says_when_the_hub_has_no_such_file(hub, store, make_card):
    card = make_card(a__bin=(CONTENT, "hf:acme/towers@main/gone.bin"))
    with pytest.raises(SourceUnavailable, match=r"hf:acme/towers@main/gone\.bin: the hub has no such file \(404\)"):
        store.ensure(card)
    assert len(hub.asked) == 1, "a plain no is not asked again"


def test_says_when_the_hub_wants_a_token(hub, store, make_card, answer):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    hub.faults = [answer.status(401)]
    with pytest.raises(SourceUnavailable, match="wants a token"):
        store.ensure(card)


def test_refuses_other_bytes_than_the_card_promises(hub, store, make_card, answer):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    hub.files["a.bin"] = CONTENT[::-1]
    with pytest.raises(HashMismatch, match=r"gave bytes that hash to \w{12}… instead of \w{12}… for a\.bin"):
        store.ensure(card)
    assert left_behind(store) == []
    assert not store.installed(card)


def test_refuses_a_file_that_ends_early_although_the_length_agrees(hub, store, make_card):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    hub.files["a.bin"] = CONTENT[:1000]
    with pytest.raises(HashMismatch, match="gave 1000 bytes instead of 300000"):
        store.ensure(card)
    assert left_behind(store) == []


def test_takes_the_next_source_when_the_first_is_wrong(hub, store, make_card):
    bad, good = hub.add("bad.bin", b"?" * 10), hub.add("good.bin", CONTENT)
    assert store.ensure(make_card(a__bin=(CONTENT, bad, good)))["a.bin"].read_bytes() == CONTENT


@pytest.mark.parametrize("slowness", ["silent", "trickling"])
def test_a_stalling_hub_is_given_up_in_bounded_time(hub, store, make_card, answer, slowness):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    hub.faults = [answer.trickle(2.0 if slowness == "silent" else 0.05)] * 2
    hub.files["b"] = b""
    started = time.monotonic()
    hub.faults += [answer.status(500)] * 9
    with pytest.raises(SourceUnavailable, match="broke off"):
        store.ensure(card)
    assert time.monotonic() - started < 5


def test_a_hub_that_is_gone_costs_seconds_once(tmp_path, make_card):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    store = ModelStore(tmp_path, hub=f"http://127.0.0.1:{port}", patience=QUICK)
    for name in ("one.test", "two.test"):
        with pytest.raises(SourceUnavailable, match=rf"model hub http://127\.0\.0\.1:{port} cannot be reached"):
            store.ensure(make_card(name, a__bin=(CONTENT, "hf:acme/towers@main/a.bin")))


def test_a_hub_that_never_answers_is_waited_for_once(tmp_path, make_card):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        store = ModelStore(tmp_path, hub=f"http://127.0.0.1:{mute.getsockname()[1]}", patience=QUICK)
        times = []
        for name in ("one.test", "two.test"):
            started = time.monotonic()
            with pytest.raises(SourceUnavailable, match="cannot be reached"):
                store.ensure(make_card(name, a__bin=(CONTENT, "hf:acme/towers@main/a.bin")))
            times.append(time.monotonic() - started)
    assert times[0] < 4
    assert times[1] < 0.3


def test_reports_progress_up_to_the_whole_size(hub, tmp_path, make_card):
    seen = []
    store = ModelStore(tmp_path, hub=hub.url, progress=seen.append, patience=QUICK)
    store.ensure(make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT))))
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert (seen[0].done, seen[-1].done, seen[-1].total) == (0, len(CONTENT), len(CONTENT))


def test_an_unpinned_file_is_held_to_the_first_download(hub, store, make_card):
    card = make_card(a__bin=(200_000, hub.add("a.bin", CONTENT)))
    assert not card.pinned
    assert store.pin(card, card.files[0]) is None
    store.ensure(card)
    assert re.fullmatch("[0-9a-f]{64}", store.pin(card, card.files[0]) or "")
    store.remove(card)
    hub.files["a.bin"] = CONTENT[::-1]
    with pytest.raises(HashMismatch, match="instead of"):
        store.ensure(card)


def test_an_unpinned_file_is_checked_against_the_hash_that_the_hub_names(hub, store, make_card):
    card = make_card(a__bin=(200_000, hub.add("a.bin", CONTENT)))
    hub.promise = True
    hub.faults = [
        lambda self, c: (self.headed(200, len(c), X_Linked_Etag='"' + "0" * 64 + '"'), self.wfile.write(c))
    ] * 2
    with pytest.raises(HashMismatch, match="000000000000"):
        store.ensure(card)
    assert store.ensure(card)["a.bin"].read_bytes() == CONTENT


def test_two_threads_fetch_a_model_once(hub, store, make_card):
    card = make_card(a__bin=(CONTENT, hub.add("a.bin", CONTENT)))
    threads = [threading.Thread(target=store.ensure, args=(card,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hub.asked) == 1

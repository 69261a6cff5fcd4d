"""The pool loads once, shares, and puts away what was unused longest."""

import threading
import time

import numpy as np
import pytest

from albumen.core.errors import SourceUnavailable, UnknownModel
from albumen.models.pool import Pool
from albumen.models.store import ModelStore


class FakeRuntime:
    """Counts how often it was opened and closed."""

    def __init__(self, log, name):
        self.log, self.name = log, name
        log.append(f"open {name}")

    def run(self, inputs):
        assert f"close {self.name}" not in self.log[self.log.index(f"open {self.name}") :][-1:]
        return {"y": inputs[""]}

    def close(self):
        self.log.append(f"close {self.name}")


@pytest.fixture
def log():
    return []


@pytest.fixture
def cards(make_card, tmp_path):
    (tmp_path / "w").write_bytes(b"w" * 1_000_000)
    return [make_card(f"m{k}.test", model__onnx=(b"w" * 1_000_000, f"file:{tmp_path}/w")) for k in range(3)]


@pytest.fixture
def pool_of(log, tmp_path):
    def make(**options):
        return Pool(ModelStore(tmp_path / "models"), opener=lambda path, card: FakeRuntime(log, card.name), **options)

    return make


def test_many_threads_load_a_model_once(pool_of, cards, log):
    pool = pool_of()
    threads = [threading.Thread(target=lambda: pool.session(cards[0], "model.onnx").load()) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log == ["open m0.test"]
    assert pool.session(cards[0], "model.onnx") is pool.session(cards[0], "model.onnx")


def test_the_longest_unused_is_put_away_and_comes_back(pool_of, cards, log):
    pool = pool_of(budget_mb=4.5)  # a model counts twice its file: two fit
    first, second = pool.session(cards[0], "model.onnx"), pool.session(cards[1], "model.onnx")
    first.load()
    second.load()
    first.run({"": 1})
    pool.session(cards[2], "model.onnx").load()
    assert log == ["open m0.test", "open m1.test", "open m2.test", "close m1.test"]
    assert second.run({"": 7}) == {"y": 7}
    assert log[-2:] == ["open m1.test", "close m0.test"]


def test_a_model_larger_than_the_budget_still_runs(pool_of, cards):
    assert pool_of(budget_mb=0.1).session(cards[0], "model.onnx").run({"": 3}) == {"y": 3}


def test_a_running_model_is_not_put_away(cards, tmp_path):
    running, release, closed = threading.Event(), threading.Event(), []

    class Slow:
        def run(self, inputs):
            running.set()
            release.wait(5)
            assert not closed
            return {}

        def close(self):
            closed.append(time.monotonic())

    pool = Pool(ModelStore(tmp_path / "models"), budget_mb=0.1, opener=lambda path, card: Slow())
    worker = threading.Thread(target=pool.session(cards[0], "model.onnx").run, args=({"": 1},))
    worker.start()
    running.wait(5)
    pool.session(cards[1], "model.onnx").load()
    assert closed == []
    release.set()
    worker.join()


def test_closing_frees_everything(pool_of, cards, log):
    pool = pool_of()
    for card in cards:
        pool.session(card, "model.onnx").load()
    pool.close()
    assert sorted(log[3:]) == ["close m0.test", "close m1.test", "close m2.test"]


def test_a_load_that_failed_is_tried_again(make_card, tmp_path, towers, truth):
    card = make_card(model__onnx=(towers(), f"file:{tmp_path}/late.onnx"))
    pool = Pool(ModelStore(tmp_path / "models"))
    with pytest.raises(SourceUnavailable):
        pool.session(card, "model.onnx").load()
    (tmp_path / "late.onnx").write_bytes(towers())
    x = np.ones((1, 8), np.float32)
    np.testing.assert_allclose(pool.session(card, "model.onnx").run({"": x})["y"], truth(x), atol=1e-5)


def test_a_file_that_the_card_lacks_is_refused(pool_of, cards):
    with pytest.raises(UnknownModel, match=r"model m0\.test has no file 'labels\.txt'; it has model\.onnx"):
        pool_of().path(cards[0], "labels.txt")


def test_a_data_file_is_fetched_and_its_place_told(pool_of, cards):
    assert pool_of().path(cards[0], "model.onnx").stat().st_size == 1_000_000

"""Engines agree with the truth, batches and sizes vary, threads share, and choosing an engine is a pure decision."""

import resource
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from albumen.core.errors import MissingExtra, ModelError
from albumen.models.card import Drift
from albumen.models.runtimes import Plan, choose_engine, choose_precision, installed_engines, open_runtime
from albumen.models.runtimes.onnx import OnnxRuntime
from albumen.models.runtimes.openvino import OpenVino, sizes_vary

ALL = frozenset({"openvino", "onnx", "litert"})
ENGINES = pytest.mark.parametrize("engine", [OpenVino, OnnxRuntime])


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@ENGINES
def test_an_engine_gives_what_the_model_computes_for_every_batch(engine, tmp_path, towers, truth):
    runtime = engine(saved(tmp_path / "t.onnx", towers()), Plan())
    for n in (1, 5, 2):
        x = np.random.default_rng(n).normal(size=(n, 8)).astype(np.float32)
        np.testing.assert_allclose(runtime.run({"x": x})["y"], truth(x), atol=1e-5)
        np.testing.assert_allclose(runtime.run({"": x})["y"], truth(x), atol=1e-5)
    runtime.close()


@ENGINES
def test_outputs_stay_after_the_next_run(engine, tmp_path, towers, truth):
    runtime = engine(saved(tmp_path / "t.onnx", towers()), Plan())
    x = np.ones((1, 8), np.float32)
    first = runtime.run({"": x})["y"]
    runtime.run({"": -x})
    np.testing.assert_allclose(first, truth(x), atol=1e-5)


@ENGINES
def test_an_input_that_is_not_contiguous_is_read_right(engine, tmp_path, towers, truth):
    runtime = engine(saved(tmp_path / "t.onnx", towers()), Plan())
    x = np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32).T[::2]
    np.testing.assert_allclose(runtime.run({"": x})["y"], truth(x), atol=1e-5)


@ENGINES
def test_threads_share_a_model(engine, tmp_path, towers, truth):
    runtime = engine(saved(tmp_path / "t.onnx", towers()), Plan(at_once=2))
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(40):
            x = rng.normal(size=(rng.integers(1, 6), 8)).astype(np.float32)
            if not np.allclose(runtime.run({"": x})["y"], truth(x), atol=1e-5):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@ENGINES
def test_a_run_that_fails_leaves_the_model_usable(engine, tmp_path, towers, truth):
    runtime = engine(saved(tmp_path / "t.onnx", towers()), Plan(at_once=1))
    for _ in range(3):
        with pytest.raises(Exception):  # noqa: B017 - each engine has its own
            runtime.run({"": np.ones((1, 9), np.float32)})
    x = np.ones((1, 8), np.float32)
    np.testing.assert_allclose(runtime.run({"": x})["y"], truth(x), atol=1e-5)


@ENGINES
def test_a_file_that_is_no_model_is_named(engine, tmp_path):
    with pytest.raises(ModelError, match=r"t\.onnx cannot be opened by O"):
        engine(saved(tmp_path / "t.onnx", b"no model"), Plan())


def test_a_fixed_batch_is_opened_up_where_the_plan_says_so(tmp_path, towers, truth):
    path = saved(tmp_path / "t.onnx", towers(batch=1))
    x = np.random.default_rng(0).normal(size=(4, 8)).astype(np.float32)
    np.testing.assert_allclose(OpenVino(path, Plan(batch=True)).run({"": x})["y"], truth(x), atol=1e-5)


def test_memory_stays_bounded_when_the_batch_varies(tmp_path, towers):
    runtime = OpenVino(saved(tmp_path / "t.onnx", towers(inputs=2048, dim=64)), Plan(shapes=8))
    for n in range(1, 100):
        runtime.run({"": np.zeros((n, 2048), np.float32)})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for n in range(1, 600):
        runtime.run({"": np.zeros((1 + n % 100, 2048), np.float32)})
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # KB


@pytest.mark.parametrize(
    ("suffix", "wanted", "found", "engine"),
    [
        (".onnx", None, ALL, "openvino"),
        (".onnx", "onnx", ALL, "onnx"),
        (".onnx", None, frozenset({"onnx"}), "onnx"),
        (".tflite", None, ALL, "litert"),
        (".tflite", "openvino", ALL, "openvino"),
        (".tflite", None, frozenset({"openvino"}), "openvino"),
    ],
)
def test_the_engine_follows_the_file_the_card_and_what_is_installed(suffix, wanted, found, engine):
    assert choose_engine(suffix, wanted, found) == engine


def test_a_missing_engine_says_what_to_install():
    with pytest.raises(MissingExtra, match="install litert or openvino"):
        choose_engine(".tflite", None, frozenset({"onnx"}))
    with pytest.raises(MissingExtra, match="install onnx"):
        choose_engine(".onnx", "onnx", frozenset({"openvino"}))


def test_an_unknown_kind_of_file_is_refused():
    with pytest.raises(ModelError, match=r"no runtime opens \.pth files"):
        choose_engine(".pth", None, ALL)


def test_bf16_is_used_only_where_the_cpu_has_it_and_the_card_stands_it(make_card):
    plain = make_card(a=(b"1", "file:a"))
    careful = make_card(a=(b"1", "file:a"), options={"precision": "f32"})
    has, lacks = frozenset({"FP32", "BF16"}), frozenset({"FP32", "INT8"})

    def drifting(worst):
        return plain.model_copy(update={"drift": (Drift(precision="bf16", mean=0.999, worst=worst, images=32),)})

    assert choose_precision(plain, has) == "bf16"
    assert choose_precision(plain, lacks) == "f32"
    assert choose_precision(careful, has) == "f32"
    assert choose_precision(drifting(0.995), has) == "bf16"
    assert choose_precision(drifting(0.97), has) == "f32"


def test_a_model_fed_many_sizes_runs_on_onnx_runtime_unless_the_card_bounds_them(tmp_path, make_card, towers):
    onnx = pytest.importorskip("onnx")
    model = onnx.load_from_string(towers())
    for value in (model.graph.input[0], model.graph.output[0]):
        value.type.tensor_type.shape.dim[1].dim_param = "m"
    free, fixed = saved(tmp_path / "free.onnx", model.SerializeToString()), saved(tmp_path / "f.onnx", towers())
    assert (sizes_vary(free), sizes_vary(fixed)) == (True, False)
    assert {"openvino", "onnx", "litert"} <= installed_engines()

    def kind(path, **options):
        return type(open_runtime(path, make_card(a=(b"1", "file:a"), options={"precision": "f32"} | options))).__name__

    assert kind(fixed) == "OpenVino"
    assert kind(free) == "OnnxRuntime"
    assert kind(free, shapes=8) == "OpenVino"
    assert kind(free, engine="openvino") == "OpenVino"
    assert kind(fixed, engine_f32="onnx") == "OnnxRuntime"


def test_openvino_tells_nobody_that_it_was_imported(tmp_path):
    code = (
        "import sys; from albumen.models.runtimes.openvino import capabilities; capabilities();"
        "assert sys.modules['openvino_telemetry'] is None"
    )
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert list(tmp_path.iterdir()) == [], "its statistics client keeps an identity in the home folder"

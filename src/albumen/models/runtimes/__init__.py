"""Runtimes: each file here is the only place that imports its engine, and `open_runtime` chooses among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from albumen.core.errors import MissingExtra, ModelError
from albumen.models.card import Card

Tensor = NDArray[np.generic]
Engine = Literal["openvino", "onnx", "litert"]
Precision = Literal["f32", "bf16"]

DRIFT_ALLOWED = 0.99
"""A card whose measured worst cosine in bf16 is below this runs in fp32."""


class Runtime(Protocol):
    """One loaded model. It may be shared by threads: `run` is safe to call from several at once."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the names of the model's inputs."""
        ...

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """Return every output by name. An input named "" is the model's only input."""
        ...

    def close(self) -> None:
        """Free the model's memory; `run` must not be called afterwards."""
        ...


@dataclass(frozen=True)
class Plan:
    """How a model is to be run."""

    threads: int = 2
    precision: Precision = "f32"
    throughput: bool = False
    """Serve several callers side by side rather than one as fast as can be."""
    at_once: int = 2
    """Calls that may be inside the model at the same time; each costs its own working memory."""
    batch: bool = False
    """Let the first dimension of every input vary, where the file fixes it."""
    shapes: int = 64
    """Input shapes that stay prepared."""


def open_runtime(path: Path, card: Card, *, threads: int = 2, throughput: bool = False) -> Runtime:
    """Open one file of a card on the engine that suits the file, the card and the machine.

    The card's options may say `engine`, `engine_f32` (only where the CPU lacks bf16), `precision`, `batch`, `shapes`;
    see `Plan`.
    """
    options = card.options
    engine = choose_engine(path.suffix, options.get("engine"), found := installed_engines())
    plan = Plan(
        threads=threads,
        precision=choose_precision(card, _capabilities() if engine == "openvino" else frozenset()),
        throughput=throughput,
        batch=bool(options.get("batch", False)),
        shapes=int(options.get("shapes", 64)),
    )
    if path.suffix == ".onnx" and "engine" not in options:
        if "gpu" in found and (session := _on_gpu(path, plan)):
            return session
        if engine == "openvino" and "onnx" in found and plan.precision == "f32" and "shapes" not in options:
            engine = choose_engine(path.suffix, options.get("engine_f32") or _by_sizes(path), found)
    return _open(engine, path, plan)


def choose_engine(suffix: str, wanted: str | None, found: frozenset[str]) -> Engine:
    """Return the engine for a file: the one the card wants, else the first installed one that is good at its kind."""
    order: dict[str, tuple[Engine, ...]] = {
        ".onnx": ("openvino", "onnx"),
        ".xml": ("openvino",),
        ".tflite": ("litert", "openvino"),
    }
    if suffix not in order:
        raise ModelError(f"no runtime opens {suffix or 'nameless'} files; there are {', '.join(order)}")
    for engine in order[suffix]:
        if engine in found and wanted in (None, engine):
            return engine
    raise MissingExtra(f"no engine for {suffix} files is installed; install {wanted or ' or '.join(order[suffix])}")


def choose_precision(card: Card, capabilities: frozenset[str]) -> Precision:
    """Return bf16 where the CPU computes it and the card neither forbids it nor was seen to drift too far, else f32."""
    drifts = any(d.precision == "bf16" and d.worst < DRIFT_ALLOWED for d in card.drift)
    return "bf16" if "BF16" in capabilities and card.options.get("precision") != "f32" and not drifts else "f32"


def installed_engines() -> frozenset[str]:
    """Return the engines whose packages are installed, and `gpu` where ONNX Runtime is built for one."""
    packages = {"openvino": "openvino", "onnx": "onnxruntime", "litert": "ai_edge_litert"}
    found = {engine for engine, package in packages.items() if find_spec(package)}
    if "onnx" in found and Path("/dev/nvidiactl").exists():
        from albumen.models.runtimes.onnx import gpu_package

        found |= {"gpu"} if gpu_package() else set()
    return frozenset(found)


def _on_gpu(path: Path, plan: Plan) -> Runtime | None:
    from albumen.models.runtimes.onnx import OnnxRuntime

    session = OnnxRuntime(path, plan, gpu=True)
    return session if session.on_gpu else session.close()


def _by_sizes(path: Path) -> Engine:
    """Return ONNX Runtime for a model that is fed many sizes.

    Measured on a text detector fed 60 sizes: OpenVINO grew by 190 MB and took 1.7 times as long, ONNX Runtime by 26.
    """
    from albumen.models.runtimes.openvino import sizes_vary

    return "onnx" if sizes_vary(path) else "openvino"


def _capabilities() -> frozenset[str]:
    from albumen.models.runtimes.openvino import capabilities

    return capabilities()


def _open(engine: Engine, path: Path, plan: Plan) -> Runtime:
    match engine:
        case "openvino":
            from albumen.models.runtimes.openvino import OpenVino

            return OpenVino(path, plan)
        case "litert":
            from albumen.models.runtimes.litert import LiteRT

            return LiteRT(path, plan)
        case "onnx":
            from albumen.models.runtimes.onnx import OnnxRuntime

            return OnnxRuntime(path, plan)

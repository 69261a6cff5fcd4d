"""ONNX, TFLite and IR files on OpenVINO; `Any` stands for what its binding leaves untyped.

OpenVINO reports every import to a statistics service unless the package for that is absent, so here it is made so.
"""

import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

sys.modules.setdefault("openvino_telemetry", None)  # pyright: ignore[reportArgumentType, reportCallIssue]

import openvino as ov  # noqa: E402

from albumen.core.errors import ModelError  # noqa: E402
from albumen.models.runtimes import Plan, Tensor  # noqa: E402


class OpenVino:
    """One model compiled for the CPU."""

    def __init__(self, path: Path, plan: Plan) -> None:
        core: Any = ov.Core()
        try:
            model = core.read_model(path)
            if plan.batch:
                model.reshape({i: _any_batch(i.get_partial_shape()) for i in model.inputs})
            self._model: Any = core.compile_model(model, "CPU", _config(plan))
        except RuntimeError as error:
            raise ModelError(f"{path.name} cannot be opened by OpenVINO: {error}") from error
        self.inputs: tuple[str, ...] = tuple(i.get_any_name() for i in self._model.inputs)
        self._names: list[list[str]] = [sorted(o.get_names()) or [str(k)] for k, o in enumerate(self._model.outputs)]
        self._idle: list[Any] = []
        self._turns = threading.BoundedSemaphore(plan.at_once)

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """Return every output by each of its names."""
        fed = {(name or 0): np.ascontiguousarray(value) for name, value in inputs.items()}
        with self._request() as request:
            request.infer(fed, share_inputs=True)
            # the request's own memory is written again by the next run
            found = [np.array(request.get_output_tensor(k).data) for k in range(len(self._names))]
        return {name: array for names, array in zip(self._names, found, strict=True) for name in names}

    def close(self) -> None:
        """Free the compiled model."""
        self._idle.clear()
        self._model = None

    @contextmanager
    def _request(self) -> Generator[Any]:
        with self._turns:
            request = self._idle.pop() if self._idle else self._model.create_infer_request()
            yield request
            self._idle.append(request)


def capabilities() -> frozenset[str]:
    """Return what the CPU is good at, in OpenVINO's words, such as BF16."""
    core: Any = ov.Core()
    return frozenset(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))


def sizes_vary(path: Path) -> bool:
    """Return whether any input of the model takes other sizes than its batch's; nothing is compiled."""
    core: Any = ov.Core()
    shapes: list[Any] = [i.get_partial_shape() for i in core.read_model(path).inputs]
    return any(s.rank.is_dynamic or any(s[k].is_dynamic for k in range(1, len(s))) for s in shapes)


def _any_batch(shape: Any) -> Any:
    shape[0] = ov.Dimension(-1)
    return shape


def _config(plan: Plan) -> dict[str, Any]:
    return {
        "INFERENCE_NUM_THREADS": plan.threads,
        "PERFORMANCE_HINT": "THROUGHPUT" if plan.throughput else "LATENCY",
        "NUM_STREAMS": plan.at_once if plan.throughput else 1,
        "INFERENCE_PRECISION_HINT": plan.precision,
        # one entry a shape seen: the engine's own 5000 let memory grow with every new shape
        "CPU_RUNTIME_CACHE_CAPACITY": plan.shapes,
    }

"""ONNX files on ONNX Runtime, on the CPU or an NVIDIA GPU; `Any` stands for what its binding leaves untyped."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from albumen.core.errors import ModelError
from albumen.models.runtimes import Plan, Tensor

ort: Any = onnxruntime


class OnnxRuntime:
    """One session; ONNX Runtime itself lets threads share it."""

    def __init__(self, path: Path, plan: Plan, *, gpu: bool = False) -> None:
        ort.disable_telemetry_events()
        options = ort.SessionOptions()
        options.intra_op_num_threads = plan.threads
        options.log_severity_level = 3
        options.enable_mem_pattern = False  # patterns are kept for every shape seen
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        wanted = (["CUDAExecutionProvider"] if gpu else []) + ["CPUExecutionProvider"]
        try:
            self._session: Any = ort.InferenceSession(str(path), options, providers=wanted)
        except _failures() as error:
            raise ModelError(f"{path.name} cannot be opened by ONNX Runtime: {error}") from error
        self.inputs: tuple[str, ...] = tuple(i.name for i in self._session.get_inputs())
        self._outputs: list[str] = [o.name for o in self._session.get_outputs()]

    @property
    def on_gpu(self) -> bool:
        """Return whether the session runs on a GPU; a driver may be missing although the package is there."""
        return "CUDAExecutionProvider" in self._session.get_providers()

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """Return every output by name."""
        fed = {name or self.inputs[0]: np.ascontiguousarray(value) for name, value in inputs.items()}
        return dict(zip(self._outputs, self._session.run(None, fed), strict=True))

    def close(self) -> None:
        """Free the session."""
        self._session = None


def gpu_package() -> bool:
    """Return whether the installed ONNX Runtime was built for NVIDIA GPUs."""
    return "CUDAExecutionProvider" in ort.get_available_providers()


def _failures() -> tuple[type[Exception], ...]:
    state: Any = import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    return (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.NoSuchFile, state.NotImplemented)

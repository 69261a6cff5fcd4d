"""TFLite files on LiteRT; `Any` stands for what its binding leaves untyped."""

import os
import tempfile
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter  # pyright: ignore

from albumen.core.errors import ModelError
from albumen.models.runtimes import Plan, Tensor

CHATTER = b"INFO: "
"""How the lines begin that LiteRT writes to standard error and offers no switch for."""
STDERR = threading.Lock()
"""There is one standard error, so one at a time may turn it aside."""


@contextmanager
def without_chatter() -> Generator[None]:
    """Keep what native code says for information off standard error; warnings and errors come through, a bit later."""
    with STDERR, tempfile.TemporaryFile() as kept:
        own = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(own, 2)
            os.close(own)
            kept.seek(0)
            os.write(2, b"".join(line for line in kept if not line.startswith(CHATTER)))


class LiteRT:
    """Interpreters of one model: an interpreter serves one thread at a time, so each that runs has its own."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self._path = path
        self._plan = plan
        self._idle: list[Any] = [self._open()]
        self.inputs: tuple[str, ...] = tuple(d["name"] for d in self._idle[0].get_input_details())
        self._turns = threading.BoundedSemaphore(plan.at_once)

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """Return every output by name."""
        with self._interpreter() as interpreter:
            details = {d["name"]: d for d in interpreter.get_input_details()}
            first = next(iter(details))
            self._resize(interpreter, {details[name or first]["index"]: np.shape(v) for name, v in inputs.items()})
            for name, value in inputs.items():
                interpreter.set_tensor(details[name or first]["index"], np.ascontiguousarray(value))
            interpreter.invoke()
            return {d["name"]: interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()}

    def close(self) -> None:
        """Free the interpreters."""
        self._idle.clear()

    def _open(self) -> Any:
        try:
            with without_chatter():
                interpreter: Any = Interpreter(model_path=str(self._path), num_threads=self._plan.threads)
                interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self._path.name} cannot be opened by LiteRT: {error}") from error
        return interpreter

    def _resize(self, interpreter: Any, wanted: Mapping[int, tuple[int, ...]]) -> None:
        now = {d["index"]: tuple(int(n) for n in d["shape"]) for d in interpreter.get_input_details()}
        if any(now[index] != shape for index, shape in wanted.items()):
            for index, shape in wanted.items():
                interpreter.resize_tensor_input(index, shape)
            interpreter.allocate_tensors()

    @contextmanager
    def _interpreter(self) -> Generator[Any]:
        with self._turns:
            interpreter = self._idle.pop() if self._idle else self._open()
            yield interpreter
            self._idle.append(interpreter)

"""Runtimes: each file here is the only place that imports its engine."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.generic]


class Runtime(Protocol):
    """One loaded model. It may be shared by threads: `run` is safe to call from several at once."""

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """Return every output by name. An input named "" is the model's only input."""
        ...

    def close(self) -> None:
        """Free the model's memory; `run` must not be called afterwards."""
        ...

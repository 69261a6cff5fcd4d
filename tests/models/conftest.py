"""A local server that plays the model hub, faults included, and small cards and ONNX towers made on the spot."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from albumen.models.card import Card

onnx = pytest.importorskip("onnx")


@dataclass
class FakeHub:
    """What the hub has, the faults it commits next (one a request), and what it was asked."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Callable[["Answer", bytes], None]] = field(default_factory=list)
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    promise: bool = False

    def add(self, path: str, content: bytes) -> str:
        """Put a file up, and return its source address."""
        self.files[path] = content
        return f"hf:acme/towers@main/{path}"

    @property
    def ranges(self) -> list[str | None]:
        return [wanted for _, wanted, _ in self.asked]


class Answer(BaseHTTPRequestHandler):
    """One answer of the fake hub."""

    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def log_message(self, *args: object) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        self.headed(200, 0)

    def do_GET(self) -> None:
        path = self.path.removeprefix("/acme/towers/resolve/main/").removeprefix("/cdn/")
        self.hub.asked.append((self.path, self.headers.get("Range"), self.headers.get("Authorization")))
        if path not in self.hub.files:
            return self.headed(404, 0)
        content = self.hub.files[path]
        fault = self.hub.faults.pop(0) if self.hub.faults else Answer.whole
        fault(self, content)

    def headed(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def whole(self, content: bytes) -> None:
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        if start >= len(content):
            return self.headed(416, 0)
        extra = {"X_Linked_Etag": f'"{hashlib.sha256(content).hexdigest()}"'} if self.hub.promise else {}
        self.headed(206 if start else 200, len(content) - start, **extra)
        self.wfile.write(content[start:])

    @staticmethod
    def cut(after: int) -> Callable[["Answer", bytes], None]:
        """Promise everything and hang up early."""

        def fault(self: Answer, content: bytes) -> None:
            start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
            self.headed(206 if start else 200, len(content) - start)
            self.wfile.write(content[start : start + after])
            self.close_connection = True

        return fault

    @staticmethod
    def status(code: int) -> Callable[["Answer", bytes], None]:
        return lambda self, content: self.headed(code, 0)

    @staticmethod
    def redirect(to: str) -> Callable[["Answer", bytes], None]:
        return lambda self, content: self.headed(302, 0, Location=to)

    @staticmethod
    def trickle(pause: float) -> Callable[["Answer", bytes], None]:
        """Send a byte now and then."""

        def fault(self: Answer, content: bytes) -> None:
            self.headed(200, len(content))
            for k in range(len(content)):
                try:
                    self.wfile.write(content[k : k + 1])
                except OSError:
                    break
                time.sleep(pause)
            self.close_connection = True

        return fault

    @staticmethod
    def other(content: bytes) -> Callable[["Answer", bytes], None]:
        """Send other bytes than there should be."""
        return lambda self, _: self.whole(content)


class Server(ThreadingHTTPServer):
    """Remembers nothing of clients that hang up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet."""


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    server = Server(("127.0.0.1", 0), type("Bound", (Answer,), {"hub": fake}))
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def answer() -> type[Answer]:
    return Answer


MakeCard = Callable[..., Card]


@pytest.fixture
def make_card() -> MakeCard:
    """Return a maker of cards whose files are given as name=(content or None when unpinned, size, *sources)."""

    def make(name: str = "tower.test", *, options: dict[str, object] | None = None, **files: object) -> Card:
        entries = []
        for stem, (content, *sources) in files.items():  # type: ignore[misc]
            pinned = isinstance(content, bytes)
            entry = {"name": stem.replace("__", "."), "bytes": len(content) if pinned else content, "sources": sources}
            entries.append(entry | ({"sha256": hashlib.sha256(content).hexdigest()} if pinned else {}))
        fixed = {"title": "A test", "task": "embed", "family": "test", "tier": "quality", "licence": "MIT"}
        return Card.model_validate(
            {"name": name, **fixed, "provenance": "Made here.", "files": entries, "options": options or {}}
        )

    return make


def tower(*, inputs: int = 8, dim: int = 4, seed: int = 0, batch: str | int = "n") -> bytes:
    """Return a tiny ONNX model: y = tanh(x W)."""
    weights = np.random.default_rng(seed).normal(size=(inputs, dim)).astype(np.float32)
    h = onnx.helper
    graph = h.make_graph(
        [h.make_node("MatMul", ["x", "w"], ["xw"]), h.make_node("Tanh", ["xw"], ["y"])],
        "tower",
        [h.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [batch, inputs])],
        [h.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [batch, dim])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


def tower_truth(x: np.ndarray, *, inputs: int = 8, dim: int = 4, seed: int = 0) -> np.ndarray:
    """Return what the tower must give."""
    weights = np.random.default_rng(seed).normal(size=(inputs, dim)).astype(np.float32)
    return np.tanh(x @ weights)


@pytest.fixture
def towers(tmp_path: Path) -> Callable[..., bytes]:
    return tower


@pytest.fixture
def truth() -> Callable[..., np.ndarray]:
    return tower_truth

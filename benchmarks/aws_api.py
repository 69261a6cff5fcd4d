"""Overhead of the AWS-compatible API over calling its parts directly, and face search over 100,000 faces.

Run: `python benchmarks/aws_api.py`. Models are stand-ins that take no time, so that only the API is measured.
"""

import base64
import http.client
import io
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from PIL import Image as Pillow

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from albumen.aws_api.application import app
from albumen.aws_api.services.rekognition.gallery import Face, Gallery, NewFace, Place
from albumen.aws_api.services.rekognition.labels import Labels
from albumen.aws_api.services.rekognition.matrix import Matrices
from albumen.aws_api.services.rekognition.pictures import Pictures
from albumen.aws_api.signature import Key
from albumen.aws_api.wire import Call
from albumen.web.running import run
from tests.aws_api import aws_fakes

OPEN, SIGNED = 4797, 4798
ROUNDS = 60
NAMES = {OPEN: "unsigned", SIGNED: "signed  "}


class OneKey:
    """Knows one access key."""

    def find(self, access_key: str) -> Key | None:
        """Return it."""
        return Key("secret", "000000000000") if access_key == "AKIDEXAMPLE" else None


def megabyte() -> bytes:
    """Return a JPEG of about a million bytes."""
    noise = np.random.default_rng(1).integers(0, 255, (450, 660, 3), np.uint8)
    out = io.BytesIO()
    Pillow.fromarray(noise).resize((1320, 900)).save(out, "JPEG", quality=93)
    return out.getvalue()


def serve(folder: str, port: int) -> None:
    """Serve over HTTP until ended."""
    gateway = app(Path(folder), aws_fakes.tasks(), keys=OneKey() if port == SIGNED else None)
    run(gateway, host="127.0.0.1", port=port, tls=None, on_ready=lambda: None)


def headers(port: int, body: bytes) -> Mapping[str, str]:
    """Return the headers of a request, signed as boto3 does."""
    plain = {"X-Amz-Target": "RekognitionService.DetectLabels", "Content-Type": "application/x-amz-json-1.1"}
    request = AWSRequest("POST", f"http://127.0.0.1:{port}/", headers=plain, data=body)
    SigV4Auth(Credentials("AKIDEXAMPLE", "secret"), "rekognition", "us-east-1").add_auth(request)
    return dict(request.headers) if port == SIGNED else plain


def seconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def overhead() -> None:
    """Alternate direct calls and calls over HTTP on one connection a server; print the medians."""
    data = megabyte()
    labels = Labels(aws_fakes.tasks(), Pictures())
    body = json.dumps({"Image": {"Bytes": base64.b64encode(data).decode()}}).encode()
    connections = {p: (http.client.HTTPConnection("127.0.0.1", p), headers(p, body)) for p in NAMES}

    def ask(port: int) -> None:
        connection, given = connections[port]
        connection.request("POST", "/", body, dict(given))
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200

    times: dict[int, list[float]] = {0: [], OPEN: [], SIGNED: []}
    for _ in range(ROUNDS + 10):
        times[0].append(seconds(lambda: labels.detect_labels(Call("0", "0"), image={"Bytes": data})))
        for port in NAMES:
            times[port].append(seconds(lambda port=port: ask(port)))
    middle = {k: 1000 * statistics.median(t[10:]) for k, t in times.items()}
    print(f"{len(data):,} bytes, p50 of {ROUNDS}: direct {middle[0]:.1f} ms")
    for port, name in NAMES.items():
        least = 1000 * (min(times[port]) - min(times[0]))
        print(f"  {name} over HTTP {middle[port]:.1f} ms, overhead {middle[port] - middle[0]:.1f} ms", end="")
        print(f", between the quickest of each {least:.1f} ms")


def search(count: int = 100_000) -> None:
    """Fill a collection and search it: after a start without a file, after one with a file, and again and again."""
    place = Place("0", "c")
    vectors = np.random.default_rng(1).standard_normal((count, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with tempfile.TemporaryDirectory() as folder:
        gallery = Gallery(Path(folder) / "faces.sqlite")
        gallery.create_collection(place)
        faces = (Face(f"{i:032x}", "i", None, None, 99.0, (0.0, 0.0, 1.0, 1.0)) for i in range(count))
        found = [NewFace(f, "d", v) for f, v in zip(faces, vectors, strict=True)]
        filled = seconds(lambda: gallery.add(place, found))
        first: list[float] = []
        matrices = Matrices(gallery, Path(folder) / "faces")
        for _ in range(2):
            matrices = Matrices(gallery, Path(folder) / "faces")
            first.append(seconds(lambda m=matrices: m.nearest(place, vectors[0], 80)))
            matrices.start()
            matrices.stop()
        then = [seconds(lambda v=v: matrices.nearest(place, v, 80)) for v in vectors[:50]]
    print(
        f"{count:,} faces: filled in {filled:.1f} s; first search {1000 * first[1]:.0f} ms with the file that is ",
        end="",
    )
    print(
        f"written at the start, {1000 * first[0]:.0f} ms without; then {1000 * statistics.median(then):.1f} ms", end=""
    )
    print(f" (p50 of 50), at most {1000 * max(then):.1f} ms")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        servers = [multiprocessing.Process(target=serve, args=(f"{folder}/{p}", p), daemon=True) for p in NAMES]
        for server in servers:
            server.start()
        time.sleep(5)
        overhead()
        for server in servers:
            server.terminate()
    search()

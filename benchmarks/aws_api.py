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
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from albumen.aws_api.application import app
from albumen.aws_api.services.rekognition.gallery import Face, Gallery, NewFace, Place
from albumen.aws_api.services.rekognition.labels import Labels
from albumen.aws_api.services.rekognition.matrix import Matrices
from albumen.aws_api.services.rekognition.pictures import Pictures
from albumen.aws_api.serving import run
from albumen.aws_api.wire import Call
from tests.aws_api import aws_fakes

PORT = 4797
ROUNDS = 60


def megabyte() -> bytes:
    """Return a JPEG of about a million bytes."""
    noise = np.random.default_rng(1).integers(0, 255, (450, 660, 3), np.uint8)
    out = io.BytesIO()
    Pillow.fromarray(noise).resize((1320, 900)).save(out, "JPEG", quality=93)
    return out.getvalue()


def serve(folder: str) -> None:
    """Serve over HTTP until ended."""
    run(app(Path(folder), aws_fakes.tasks()), host="127.0.0.1", port=PORT)


def overhead() -> None:
    """Alternate direct calls and calls over HTTP on one connection; print the medians."""
    data = megabyte()
    labels = Labels(aws_fakes.tasks(), Pictures())
    body = json.dumps({"Image": {"Bytes": base64.b64encode(data).decode()}}).encode()
    headers = {"X-Amz-Target": "RekognitionService.DetectLabels", "Content-Type": "application/x-amz-json-1.1"}
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    direct: list[float] = []
    served: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        labels.detect_labels(Call("0", "0"), image={"Bytes": data})
        direct.append(time.perf_counter() - start)
        start = time.perf_counter()
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        answer.read()
        served.append(time.perf_counter() - start)
        assert answer.status == 200
    least = 1000 * (min(served) - min(direct))
    a, b = (1000 * statistics.median(t) for t in (direct, served))
    print(f"{len(data):,} bytes: direct {a:.1f} ms, over HTTP {b:.1f} ms, overhead {b - a:.1f} ms (p50 of {ROUNDS}),")
    print(f"{least:.1f} ms between the quickest of each")


def search(count: int = 100_000) -> None:
    """Fill a collection and search it."""
    with tempfile.TemporaryDirectory() as folder:
        gallery = Gallery(Path(folder) / "faces.sqlite")
        place = Place("0", "c")
        gallery.create_collection(place)
        vectors = np.random.default_rng(1).standard_normal((count, 128)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        faces = (Face(f"{i:032x}", "i", None, None, 99.0, (0.0, 0.0, 1.0, 1.0)) for i in range(count))
        start = time.perf_counter()
        gallery.add(place, [NewFace(f, "d", v) for f, v in zip(faces, vectors, strict=True)])
        filled = time.perf_counter() - start
        matrices = Matrices(gallery)
        start = time.perf_counter()
        matrices.nearest(place, vectors[0], 80)
        first = time.perf_counter() - start
        times: list[float] = []
        for v in vectors[:50]:
            start = time.perf_counter()
            matrices.nearest(place, v, 80)
            times.append(time.perf_counter() - start)
    print(f"{count:,} faces: filled in {filled:.1f} s, first search {1000 * first:.0f} ms, ", end="")
    print(f"then {1000 * statistics.median(times):.1f} ms (p50 of 50)")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        server = multiprocessing.Process(target=serve, args=(folder,), daemon=True)
        server.start()
        time.sleep(4)
        overhead()
        server.terminate()
    search()

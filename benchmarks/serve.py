"""How fast the server is: thumbnails a second, the timeline of 100,000 assets, and memory over many requests.

Run `python -m benchmarks.serve`. It uses wrk where the system has it, else eight connections of its own.
"""

import argparse
import hashlib
import io
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
from PIL import Image
from sqlalchemy import insert

from albumen.library.folder import Folder
from albumen.stores.blobs import Blobs
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, facts, files, roots

PASSWORD = "a password for measuring"
OURS = {"X-Albumen": "1"}
PICTURES = 500
"""Assets that have thumbnails."""
WRK = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at], {["Cookie"] = "%s"})
end
"""


def make_library(folder: Path, count: int) -> list[str]:
    """Write a library of synthetic assets over twenty years and return the ids of those with thumbnails."""
    library, random = Folder(folder), np.random.default_rng(1)
    library.create()
    catalog = Catalog(library.catalog)
    digests = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(count)]
    taken = np.sort(random.integers(1_000_000_000, 1_700_000_000, count))
    landscape = random.random(count) < 0.7
    rows = [
        {
            "id": i + 1, "digest": digests[i], "kind": "photo", "mime": "image/jpeg", "bytes": 3_000_000,
            "width": 4032 if landscape[i] else 3024, "height": 3024 if landscape[i] else 4032,
            "taken_s": float(taken[i]),
            "taken": time.strftime("%Y-%m-%dT%H:%M:%S.000", time.gmtime(int(taken[i]))), "details": {}, "added_s": 0.0,
            "lat": float(random.uniform(-60, 60)), "lon": float(random.uniform(-180, 180)), "changed": i // 16 + 1,
        }
        for i in range(count)
    ]  # fmt: skip
    shares = {"red": 0.2, "green": 0.3, "blue": 0.5}
    with catalog.write() as db:
        db.execute(insert(roots).values(id=1, path=b"/photos", managed=False, online=True))
        db.execute(insert(assets), rows)
        places = [dict(asset_id=r["id"], root_id=1, path=f"/photos/{r['id']}.jpg".encode(), digest=r["digest"],
                       role="original", bytes=3_000_000, mtime_ns=0, state="present") for r in rows]  # fmt: skip
        db.execute(insert(files), places)
        said = [dict(asset_id=r["id"], task="colours", card="colours", value=shares, at_s=0.0) for r in rows]
        db.execute(insert(facts), said)
    catalog.close()
    return [_thumbnails(Blobs(library.thumbnails), digest, random) for digest in digests[:PICTURES]]


def _thumbnails(blobs: Blobs, digest: str, random: np.random.Generator) -> str:
    noise = random.integers(0, 255, (18, 25, 3), np.uint8)
    for name, size, form in (("250.webp", (333, 250), "WEBP"), ("1440.jpg", (1440, 1080), "JPEG")):
        data = io.BytesIO()
        Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(data, form, quality=80)
        blobs.put(digest, name, data.getvalue())
    return digest[:16]


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, int]]:
    """Run `albumen serve` in a process of its own; yields its address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "password").write_text(PASSWORD)
    words = ["--library", str(folder), "serve", "--owner", "bench", "--password-file", str(folder / "password")]
    command = [sys.executable, "-c", "from albumen.cli.main import main; main()", *words, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(lambda: httpx.get(f"{address}/api/health").status_code == 200)
        try:
            yield address, process.pid
        finally:
            process.terminate()


def _wait(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", told)[0]) / 1024


def load(address: str, paths: list[str], cookie: str, seconds: float, folder: Path) -> float:
    """Ask for the paths in turn as fast as answers come; return requests a second."""
    if shutil.which("wrk") is None:
        return _own_load(address, paths, cookie, seconds)
    (folder / "paths").write_text("\n".join(paths))
    (folder / "load.lua").write_text(WRK % (folder / "paths", cookie))
    command = ["wrk", "-t1", "-c16", f"-d{seconds:.0f}s", "-s", str(folder / "load.lua"), address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(said)
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def _own_load(address: str, paths: list[str], cookie: str, seconds: float) -> float:
    counts = [0] * 8
    end = time.monotonic() + seconds

    def ask(n: int) -> None:
        with httpx.Client(base_url=address, headers={"Cookie": cookie}) as client:
            while time.monotonic() < end:
                assert client.get(paths[counts[n] % len(paths)]).status_code == 200
                counts[n] += 1

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(len(counts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def timed(client: httpx.Client, path: str, times: int = 9) -> dict[str, float]:
    """Return milliseconds of the first answer and the median of those after it, and kilobytes."""
    took: list[float] = []
    size = 0
    for _ in range(times):
        start = time.perf_counter()
        size = len(client.get(path).raise_for_status().content)
        took.append((time.perf_counter() - start) * 1e3)
    return {
        "first_ms": round(took[0], 1),
        "median_ms": round(statistics.median(took[1:]), 1),
        "kB": round(size / 1e3, 1),
    }


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--requests", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "library"
        ids = make_library(folder, given.assets)
        with server(folder) as (address, pid), httpx.Client(base_url=address, headers=OURS, timeout=60) as client:
            client.post("/api/session", json={"name": "bench", "password": PASSWORD}).raise_for_status()
            print(json.dumps(measure(client, address, pid, ids, given, Path(name)), indent=1))


def measure(
    client: httpx.Client, address: str, pid: int, ids: list[str], given: argparse.Namespace, folder: Path
) -> dict[str, object]:
    """Return every figure."""
    base, cookie = "/api/libraries/1", f"albumen={client.cookies['albumen']}"
    month = client.get(f"{base}/timeline").json()["months"][5]["month"]
    found: dict[str, object] = {"assets": given.assets}
    for path in ("/timeline", "/timeline/ratios", f"/timeline/{month}", f"/assets/{ids[0]}", "/map?zoom=4", "/stats"):
        found[path.replace(month, "month").replace(ids[0], "id")] = timed(client, base + path)
    for kind in ("thumb", "preview"):
        paths = [f"{base}/assets/{id}/{kind}" for id in ids]
        found[f"{kind}s a second"] = round(load(address, paths, cookie, given.seconds, folder))
    found["health a second"] = round(load(address, ["/api/health"], cookie, 3, folder))
    found["memory_mb"] = memory_over(address, pid, ids, cookie, given.requests, folder)
    return found


def memory_over(address: str, pid: int, ids: list[str], cookie: str, requests: int, folder: Path) -> dict[str, float]:
    """Return the server's memory after each fifth of many requests."""
    paths = [f"/api/libraries/1/assets/{id}/{kind}" for id in ids for kind in ("thumb", "preview")]
    paths += ["/api/libraries/1/timeline", "/api/session"]
    seen, done = {"0": round(memory_mb(pid), 1)}, 0
    while done < requests:
        seconds = 8.0
        done += round(load(address, paths, cookie, seconds, folder) * seconds)
        seen[str(done)] = round(memory_mb(pid), 1)
    return seen


if __name__ == "__main__":
    main()

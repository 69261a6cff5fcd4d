"""How fast the server answers over a library of 100,000 assets, each figure by a command of its own.

    python -m benchmarks.serve search|timeline|thumbnails|memory [--assets 100000] [--folder DIR]

The library is made once in the folder (about a minute) and used again. Load comes from wrk where the system has it,
else from eight connections of our own.
"""

import argparse
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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.serve_library import PICTURES, digest_of, make_library

PASSWORD = "a password for measuring"
OURS = {"X-Albumen": "1"}
BASE = "/api/libraries/1"
SENTENCES = (
    "dog", "cat on a chair", "red bus in London", "two people", "bicycle", "boat in summer", "a horse in the snow",
    "birthday cake", "umbrella 2014", "pizza in Rome", "car at night", "Person 4", "Person 7 in Berlin", "grandmother",
    "dog in Kyoto last year", "sunset over the sea", "photos from Oslo", "people walking", "a table with food",
    "landscape photos with a car", "Hund am Strand", "gato en la silla", "IMG_004211", "winter in Lisbon",
)  # fmt: skip
WRK = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at], {["Cookie"] = "%s"})
end
"""


@dataclass(frozen=True)
class Site:
    """A running server with somebody signed in."""

    client: httpx.Client
    address: str
    pid: int
    scratch: Path

    @property
    def cookie(self) -> str:
        """Return the session's cookie."""
        return f"albumen={self.client.cookies['albumen']}"


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Run `albumen serve` in a process of its own and sign in."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as scratch:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        (Path(scratch) / "password").write_text(PASSWORD)
        shutil.rmtree(folder / "server", ignore_errors=True)  # the account of the last run
        words = ["--library", str(folder), "serve", "--owner", "bench", "--password-file", f"{scratch}/password"]
        command = [sys.executable, "-c", "from albumen.cli.main import main; main()", *words, "--port", str(port)]
        address = f"http://127.0.0.1:{port}"
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                _wait(process, lambda: httpx.get(f"{address}/api/health").status_code == 200)
                with httpx.Client(base_url=address, headers=OURS, timeout=60) as client:
                    client.post("/api/session", json={"name": "bench", "password": PASSWORD}).raise_for_status()
                    client.get(f"{BASE}/search?q=dog").raise_for_status()  # what the start loads beside is loaded then
                    yield Site(client, address, process.pid, Path(scratch))
            finally:
                process.terminate()


def _wait(process: subprocess.Popen[bytes], holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def search(at: Site, given: argparse.Namespace) -> dict[str, Any]:
    """Ask each sentence three times, a page of 60 results each, then four clients at once."""
    _took(at.client, "search", q="Hund")  # the second model is loaded by the first sentence in its languages
    took = [_took(at.client, "search", q=sentence, limit=60) for _ in range(3) for sentence in SENTENCES]
    slowest = sorted(zip(took, SENTENCES * 3, strict=True), reverse=True)[:3]
    with ThreadPoolExecutor(4) as clients:
        together = list(clients.map(lambda s: _took(at.client, "search", q=s, limit=60), SENTENCES * 2))
    return {
        "search": _spread(took),
        "slowest": [[s, round(ms)] for ms, s in slowest],
        "four clients at once": _spread(together),
        "memory MB": memory_mb(at.pid),
    }


def timeline(at: Site, given: argparse.Namespace) -> dict[str, Any]:
    """Ask for what the grid's first page needs, the first time and then nine times more."""
    months = at.client.get(f"{BASE}/timeline").json()["months"]
    found: dict[str, Any] = {}
    for path in ("timeline", "timeline/ratios", f"timeline/{months[0]['month']}", "assets?limit=100", "map?zoom=4",
                 "people", "stats", f"assets/{digest_of(1)[:16]}"):  # fmt: skip
        took = [_took(at.client, path) for _ in range(10)]
        found[path] = {"first ms": round(took[0], 1), "median ms": round(statistics.median(took[1:]), 1)}
    return found | {"memory MB": memory_mb(at.pid)}


def thumbnails(at: Site, given: argparse.Namespace) -> dict[str, Any]:
    """Ask for thumbnails and previews as fast as answers come."""
    found = {}
    for kind in ("thumb", "preview"):
        paths = [f"{BASE}/assets/{digest_of(n + 1)[:16]}/{kind}" for n in range(PICTURES)]
        found[f"{kind}s a second"] = round(load(at, paths, given.seconds))
    return found | {"health a second": round(load(at, ["/api/health"], 3))}


def memory(at: Site, given: argparse.Namespace) -> dict[str, Any]:
    """Say the server's memory as it goes through many requests of every kind that only looks."""
    ids = [digest_of(n + 1)[:16] for n in range(PICTURES)]
    months = at.client.get(f"{BASE}/timeline").json()["months"]
    paths = [f"{BASE}/assets/{id}/{kind}" for id in ids for kind in ("thumb", "preview")]
    paths += [f"{BASE}/assets/{id}" for id in ids[:100]] + [f"{BASE}/timeline/{m['month']}" for m in months[:20]]
    paths += [f"{BASE}/timeline", "/api/session"] * 10
    paths += [f"{BASE}/search?q={re.sub(' ', '%20', s)}" for s in SENTENCES[:2]]
    load(at, paths, 6)
    seen, done = {"0": memory_mb(at.pid)}, 0
    while done < given.requests:
        done += round(load(at, paths, 10) * 10)
        seen[f"{done:,}"] = memory_mb(at.pid)
    return {"MB after so many requests": seen}


def _took(client: httpx.Client, path: str, **query: str | int) -> float:
    """Return the milliseconds of one answer."""
    started = time.perf_counter()
    client.get(f"{BASE}/{path}", params=query or None).raise_for_status()
    return (time.perf_counter() - started) * 1e3


def _spread(took: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(took, n=20)
    return {"p50 ms": round(cuts[9], 1), "p95 ms": round(cuts[18], 1), "worst ms": round(max(took), 1)}


def memory_mb(pid: int) -> int:
    """Return the resident memory of a process."""
    told = Path(f"/proc/{pid}/status").read_text()
    return round(int(re.findall(r"VmRSS:\s+(\d+)", told)[0]) / 1024)


def load(at: Site, paths: list[str], seconds: float) -> float:
    """Ask for the paths in turn as fast as answers come; return requests a second."""
    if shutil.which("wrk") is None:
        return _own_load(at, paths, seconds)
    (at.scratch / "paths").write_text("\n".join(paths))
    (at.scratch / "load.lua").write_text(WRK % (at.scratch / "paths", at.cookie))
    command = ["wrk", "-t1", "-c16", "--timeout", "20s", f"-d{seconds:.0f}s"]
    command += ["-s", str(at.scratch / "load.lua"), at.address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(said)
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def _own_load(at: Site, paths: list[str], seconds: float) -> float:
    counts, end = [0] * 8, time.monotonic() + seconds

    def ask(n: int) -> None:
        with httpx.Client(base_url=at.address, headers={"Cookie": at.cookie}) as client:
            while time.monotonic() < end:
                client.get(paths[counts[n] % len(paths)]).raise_for_status()
                counts[n] += 1

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(len(counts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


MEASURES = {"search": search, "timeline": timeline, "thumbnails": thumbnails, "memory": memory}


def main() -> None:
    """Measure one thing and print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=MEASURES)
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "albumen-benchmark")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--requests", type=int, default=100_000)
    given = parser.parse_args()
    make_library(given.folder / str(given.assets), given.assets)
    with site(given.folder / str(given.assets)) as at:
        print(json.dumps({"assets": given.assets, given.what: MEASURES[given.what](at, given)}, indent=1))


if __name__ == "__main__":
    main()

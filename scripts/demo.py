"""Shows Albumen at work on real photographs: imports them into `demo/`, searches them, and opens the browser.

Where nobody looks at a terminal, as in a pipeline, it checks that the page and a search answer, and ends.
"""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from scripts.demo_photos import fill

DEMO = Path("demo")
PHOTOS, LIBRARY, PASSWORD = DEMO / "photos", DEMO / "library", DEMO / "password.txt"
ALBUMEN = str(Path(sys.executable).with_name("albumen"))
OWNER = "demo"
SEARCHES = (
    "a cat",
    "a cup of coffee",
    "motorcycle in a garage",
    "a palace by the water",
    "photos from Rome in summer 2019",
    'a sign that says "platform"',
    "videos",
    "ein Motorrad",
    "a submarine",
)


@dataclass(frozen=True)
class Served:
    """A running server, and the owner's session on it."""

    url: str
    cookie: str | None

    def ask(self, path: str, body: object = None) -> Any:
        """Return what the API answers."""
        with _request(self.url, path, body, self.cookie) as answer:
            return json.load(answer)


def albumen(*arguments: str) -> None:
    """Run the command as a user would, and show it."""
    print(f"\n$ albumen {' '.join(repr(a) if ' ' in a else a for a in arguments)}", flush=True)
    done = subprocess.run([ALBUMEN, "--library", str(LIBRARY), *arguments], check=False)
    if done.returncode not in (0, 8):
        sys.exit(done.returncode)


@contextmanager
def served() -> Iterator[Served]:
    """Serve the library on a free port of this machine; the first time, make the owner's account."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [ALBUMEN, "--library", str(LIBRARY), "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as server:
        try:
            said = _first_line(server)
            _wait(port)
            yield _signed_in(f"http://127.0.0.1:{port}", said)
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)


def _first_line(server: "subprocess.Popen[str]") -> str:
    """Return what the server says when it is ready; it says why if it cannot be."""
    line = server.stdout.readline() if server.stdout else ""
    if "http" not in line:
        sys.exit(f"the server did not start: {line.strip()}")
    return line


def _wait(port: int, seconds: float = 60) -> None:
    """Wait until somebody listens on a port: the server says its address a moment before."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"nobody listens on port {port}")


def _signed_in(url: str, said: str) -> Served:
    """Sign in with the demo's own password, or with none if the owner has chosen another."""
    if not PASSWORD.exists():
        PASSWORD.write_text(secrets.token_hex(6))
        PASSWORD.chmod(0o600)
    login = {"name": OWNER, "password": PASSWORD.read_text().strip()}
    code = re.search(r"#setup=(\S+)", said)
    path, body = ("/api/setup", login | {"code": code.group(1)}) if code else ("/api/session", login)
    try:
        with _request(url, path, body) as answer:
            return Served(url, answer.headers["Set-Cookie"])
    except urllib.error.HTTPError:
        return Served(url, None)


def _request(url: str, path: str, body: object = None, cookie: str | None = None) -> Any:
    headers = {"X-Albumen": "1", "Content-Type": "application/json", "Cookie": (cookie or "").split(";")[0]}
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(url + path, data, headers), timeout=60)


@contextmanager
def ticket(site: Served) -> Iterator[str]:
    """Give out an address that works once: it hands the owner's session to the browser that opens it."""
    path = f"/{secrets.token_urlsafe(16)}"

    class Once(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Hand the session over, the first time."""
            self.send_response(302)
            if self.path == path and cookies:
                self.send_header("Set-Cookie", cookies.pop())  # cookies of a host are the same on all its ports
            self.send_header("Location", site.url + "/")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the address is a secret."""

    cookies = [site.cookie] if site.cookie else []
    with HTTPServer(("127.0.0.1", 0), Once) as door:
        threading.Thread(target=door.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{door.server_port}{path}"
        door.shutdown()


def open_window(address: str) -> bool:
    """Open the default browser where there is a screen; one that would take over the terminal is not wanted."""
    screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(screen) and webbrowser.open(address)


def show(site: Served) -> None:
    """Open the browser, say where the library is, and wait for Ctrl-C."""
    with ticket(site) as address:
        shown = open_window(address)
        print(f"\nThe library is {'open in your browser' if shown else 'in the browser'}: {site.url}/")
        print(f"  signed in at once, one time:  {address}")
        print(
            f"  or as {OWNER} with the password {PASSWORD.read_text()}" if site.cookie else "  with your own password"
        )
        print("Ctrl-C stops it.", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("\nstopped; make demo starts it again", flush=True)


def check(site: Served) -> None:
    """See that the page and a search answer, and say so."""
    with _request(site.url, "/") as page:
        if b'<div id="app">' not in page.read():
            sys.exit("the web app is not in the page")
    library = site.ask("/api/session")["libraries"][0]["id"]
    found = site.ask(f"/api/libraries/{library}/search?q=a+cat")
    if not found["sure"]:
        sys.exit("the server found no cat")
    print(f"\nthe web app answers at {site.url}/, and a search finds {found['sure']} cats for sure", flush=True)


def main() -> None:
    """Fetch, make, import, search, serve."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server that was started ends too
    print("fetching photographs from scikit-image, scikit-learn and Matplotlib", flush=True)
    fill(PHOTOS, DEMO / "sources")
    albumen("import", str(PHOTOS))
    for sentence in SEARCHES:
        albumen("search", "--limit", "3", sentence)
    albumen("stats")
    with served() as site:
        (show if sys.stdin.isatty() and sys.stdout.isatty() else check)(site)


if __name__ == "__main__":
    main()

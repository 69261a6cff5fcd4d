"""Kills work on a library at chosen moments, and compares what is left of libraries."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import text

from albumen.library.folder import Folder
from tests.fakes import import_into, open_stores

KILLED = textwrap.dedent(
    """
    import importlib, json, os, signal, sys, threading
    from pathlib import Path
    from albumen.library.folder import Folder

    def run(work, library, photos, steps):
        count = 0
        def trace(frame, event, argument):
            # a moment is a call into the product, so that every step of the work is among them
            nonlocal count
            if event in ("call", "c_call") and "albumen" in frame.f_code.co_filename:
                count += 1
                if count == steps:
                    os.kill(os.getpid(), signal.SIGKILL)
        threading.setprofile(trace)  # the thread that stores
        sys.setprofile(trace)
        work(Folder(Path(library)), Path(photos))
        sys.setprofile(None)
        Path(library, "steps").write_text(str(count))

    # a fresh fork for each run: the modules are loaded once, and no thread runs yet
    for line in sys.stdin:
        module, name, *rest = json.loads(line)
        work = getattr(importlib.import_module(module), name)
        child = os.fork()
        if not child:
            run(work, *rest)
            os._exit(0)
        print(os.waitpid(child, 0)[1], flush=True)
    """
)


Work = Callable[[Folder, Path], object]


class Killing(Protocol):
    """Works on a library in another process, which kills itself at a step, and returns its wait status."""

    def __call__(self, library: Path, photos: Path, steps: int, *, work: Work = import_into) -> int: ...


@contextmanager
def killer() -> Generator[Killing]:
    """Yield what works in another process, which kills itself at that step, and returns its wait status."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        sent, answers = process.stdin, process.stdout
        assert sent and answers

        def run(library: Path, photos: Path, steps: int, *, work: Work = import_into) -> int:
            sent.write(json.dumps([work.__module__, work.__name__, str(library), str(photos), steps]) + "\n")
            sent.flush()
            return int(answers.readline())

        yield run
        sent.close()


def contents(library: Path) -> tuple[object, ...]:
    stores = open_stores(Folder(library))
    with stores.catalog.read() as db:
        tables = [
            "SELECT digest, kind, width, height FROM assets ORDER BY digest",
            "SELECT f.path, a.digest, f.role, f.state FROM files f JOIN assets a ON a.id = asset_id ORDER BY path",
            "SELECT a.digest, task, card, value FROM facts JOIN assets a ON a.id = asset_id ORDER BY 1, 2, 3",
            "SELECT a.digest, written, tags, filename FROM docs JOIN assets a ON a.id = docs.rowid ORDER BY 1",
            "SELECT a.digest, count(*) FROM frames JOIN assets a ON a.id = asset_id GROUP BY 1 ORDER BY 1",
            "SELECT id, age, (SELECT min(o.id) FROM faces o WHERE o.person_id = f.person_id) FROM faces f ORDER BY 1",
            "SELECT count(*) FROM people",
            "SELECT asset_id, kind, pages, read, vendor, total, currency, day FROM documents ORDER BY 1",
            "SELECT asset_id, cents FROM amounts ORDER BY 1, 2",
        ]
        rows = tuple(tuple(map(tuple, db.execute(text(sql)).all())) for sql in tables)
        sql = "SELECT a.digest, f.id FROM frames f JOIN assets a ON a.id = asset_id ORDER BY 1"
        vectors = tuple((d, stores.frames.get([i]).round(3).tobytes()) for d, i in db.execute(text(sql)))
    thumbnails = tuple(sorted((b.digest, b.variant, b.path.read_bytes()) for b in stores.blobs))
    return *rows, vectors, thumbnails

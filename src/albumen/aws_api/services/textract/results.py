"""What jobs found: a file a page of the document, so that neither making nor giving out holds more than a few pages."""

import itertools
import json
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from albumen.jobs.queue import Json

Rows = list[Json]


class Results:
    """The folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, job: str, page: int, rows: Rows) -> int:
        """Keep what a page gave, at once and as a whole; return how many rows that is."""
        path = self._path(job, page)
        path.parent.mkdir(exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(rows, ensure_ascii=False, separators=(",", ":")), "utf-8")
        os.replace(draft, path)
        return len(rows)

    def rows(self, job: str, counts: Sequence[int], start: int, end: int) -> Rows:
        """Return the rows from `start` up to `end`, counted over all pages; `counts` says how many each page has."""
        found: Rows = []
        for page, (count, after) in enumerate(zip(counts, itertools.accumulate(counts), strict=True), 1):
            before = after - count
            if before < end and start < after:
                found += self._read(job, page)[max(0, start - before) : end - before]
        return found

    def forget(self, older_than_seconds: float) -> None:
        """Remove what jobs gave long ago."""
        since = time.time() - older_than_seconds
        for folder in self._folder.iterdir():
            if folder.stat().st_mtime < since:
                shutil.rmtree(folder, ignore_errors=True)

    def _read(self, job: str, page: int) -> Rows:
        return cast("Rows", json.loads(self._path(job, page).read_text("utf-8")))

    def _path(self, job: str, page: int) -> Path:
        return self._folder / job / f"{page}.json"

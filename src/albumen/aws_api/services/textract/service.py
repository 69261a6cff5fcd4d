"""Textract put together: operations that answer at once, and jobs on stored documents."""

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Protocol

from albumen.aws_api.services.rekognition.gallery import Gallery
from albumen.aws_api.services.rekognition.notices import Subscribers
from albumen.aws_api.services.rekognition.service import Coverage
from albumen.aws_api.services.rekognition.tasks import ReadsPages
from albumen.aws_api.services.rekognition.tokens import Tokens
from albumen.aws_api.services.textract.later import Later
from albumen.aws_api.services.textract.papers import Limits, Objects, Papers
from albumen.aws_api.services.textract.results import Results
from albumen.aws_api.services.textract.stored import Buckets, Stored
from albumen.aws_api.services.textract.sync import AtOnce
from albumen.jobs.queue import Jobs
from albumen.jobs.worker import Worker


@cache
def coverage() -> Coverage:
    """Return what is not served."""
    text = resources.files(__name__.rpartition(".")[0]).joinpath("data/coverage.toml").read_text("utf-8")
    return Coverage(**tomllib.loads(text))


class Storage(Objects, Buckets, Protocol):
    """Where documents are read from and results written to."""


def today() -> date:
    """Return the day that it is in Greenwich."""
    return datetime.now(UTC).date()


class Textract:
    """All served operations, found by name in the groups they belong to."""

    DEPARTS = frozenset({"ValueType"})
    """AWS writes Date where its model has DATE, and clients compare with that."""

    def __init__(
        self,
        reader: ReadsPages | None,
        folder: Path,
        *,
        objects: Storage | None = None,
        limits: Limits | None = None,
        topics: Subscribers | None = None,
        workers: int = 1,
        today: Callable[[], date] = today,
    ) -> None:
        papers, jobs = Papers(objects, limits), Jobs(folder / "textract.sqlite")
        results, tokens = Results(folder / "textract"), Tokens(Gallery(folder / "faces.sqlite"))
        stored = Stored(jobs, papers, results, tokens=tokens, topics=topics or Subscribers(), buckets=objects)
        later = Later(reader, stored)
        self.workers = (Worker(jobs, later.works(), threads=workers),)
        self.UNSERVED = coverage().unserved
        self.groups: tuple[object, ...] = (AtOnce(reader, papers, today), later)

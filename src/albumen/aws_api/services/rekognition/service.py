"""Rekognition put together: each group of operations from the parts that it needs."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Protocol

from albumen.aws_api.services.rekognition.bulk import Bulk, Writer
from albumen.aws_api.services.rekognition.collections import Collections
from albumen.aws_api.services.rekognition.faces import FaceAnalysis, FaceOperations
from albumen.aws_api.services.rekognition.gallery import Gallery
from albumen.aws_api.services.rekognition.labels import Labels
from albumen.aws_api.services.rekognition.matrix import Matrices
from albumen.aws_api.services.rekognition.moderation import Moderation, Version
from albumen.aws_api.services.rekognition.notices import Subscribers
from albumen.aws_api.services.rekognition.pictures import Limits, Pictures
from albumen.aws_api.services.rekognition.pictures import Objects as Readable
from albumen.aws_api.services.rekognition.ppe import Protection
from albumen.aws_api.services.rekognition.segments import Segments
from albumen.aws_api.services.rekognition.stored import Files, Stored
from albumen.aws_api.services.rekognition.tags import Tags
from albumen.aws_api.services.rekognition.tasks import Tasks
from albumen.aws_api.services.rekognition.text import Text
from albumen.aws_api.services.rekognition.tokens import Tokens
from albumen.aws_api.services.rekognition.users import Users
from albumen.aws_api.services.rekognition.videos import Videos
from albumen.jobs.queue import Jobs
from albumen.jobs.worker import Worker


@dataclass(frozen=True)
class Coverage:
    """Operations that are not served or served in part, each with a clause that says why or what is missing."""

    unserved: dict[str, str]
    partly: dict[str, str]


@cache
def coverage() -> Coverage:
    """Return what is not served."""
    text = resources.files(__name__.rpartition(".")[0]).joinpath("data/coverage.toml").read_text("utf-8")
    return Coverage(**tomllib.loads(text))


class Objects(Readable, Files, Writer, Protocol):
    """Where pictures, videos and results are kept."""


class Rekognition:
    """All served operations, found by name in the groups they belong to."""

    def __init__(
        self,
        tasks: Tasks,
        folder: Path,
        *,
        objects: Objects | None = None,
        limits: Limits | None = None,
        taxonomy: Version = "v7",
        topics: Subscribers | None = None,
        workers: int = 1,
    ) -> None:
        pictures, gallery, analysis = Pictures(objects, limits), Gallery(folder / "faces.sqlite"), FaceAnalysis(tasks)
        tags, tokens, jobs = Tags(gallery), Tokens(gallery), Jobs(folder / "jobs.sqlite")
        matrices = Matrices(gallery, folder / "faces")
        collections = Collections(analysis, pictures, gallery, matrices, tags)
        labels, moderation = Labels(tasks, pictures), Moderation(tasks, pictures, taxonomy)
        stored = Stored(jobs, objects, tokens, topics or Subscribers())
        videos = Videos(stored, tasks, labels, analysis, moderation, collections)
        segments, bulk = Segments(stored), Bulk(jobs, tokens, pictures, moderation, objects)
        self.workers = matrices, Worker(jobs, {**videos.works(), **segments.works(), **bulk.works()}, threads=workers)
        self.UNSERVED = coverage().unserved
        faces = FaceOperations(analysis, pictures), Protection(tasks, analysis, pictures), collections, tags
        users = Users(analysis, pictures, gallery, collections)
        self.groups = (labels, *faces, users, Text(tasks, pictures), moderation, videos, segments, bulk)

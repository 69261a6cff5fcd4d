"""Rekognition put together: each group of operations from the parts that it needs."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from albumen.aws_api.services.rekognition.collections import Collections
from albumen.aws_api.services.rekognition.faces import FaceAnalysis, FaceOperations
from albumen.aws_api.services.rekognition.gallery import Gallery
from albumen.aws_api.services.rekognition.labels import Labels
from albumen.aws_api.services.rekognition.matrix import Matrices
from albumen.aws_api.services.rekognition.moderation import Moderation, Version
from albumen.aws_api.services.rekognition.pictures import Limits, Objects, Pictures
from albumen.aws_api.services.rekognition.tags import Tags
from albumen.aws_api.services.rekognition.tasks import Tasks
from albumen.aws_api.services.rekognition.text import Text
from albumen.aws_api.services.rekognition.users import Users


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
    ) -> None:
        pictures, gallery, analysis = Pictures(objects, limits), Gallery(folder / "faces.sqlite"), FaceAnalysis(tasks)
        tags = Tags(gallery)
        collections = Collections(analysis, pictures, gallery, Matrices(gallery), tags)
        self.UNSERVED = coverage().unserved
        self.groups: tuple[object, ...] = (
            Labels(tasks, pictures),
            FaceOperations(analysis, pictures),
            Text(tasks, pictures),
            Moderation(tasks, pictures, taxonomy),
            collections,
            Users(analysis, pictures, gallery, collections),
            tags,
        )

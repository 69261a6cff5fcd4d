"""DetectModerationLabels: a moderation model and a classifier, read through a taxonomy that is data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from albumen.aws_api.services.rekognition.geometry import percent
from albumen.aws_api.services.rekognition.ontology import number
from albumen.aws_api.services.rekognition.pictures import ImageRef, Pictures
from albumen.aws_api.services.rekognition.tasks import Tasks, need
from albumen.aws_api.wire import Call
from albumen.core.arrays import Floats, Image

Version = Literal["v6", "v7"]
NUMBERS = {"v6": "6.1", "v7": "7.0"}
LEAST = 50.0


@dataclass(frozen=True)
class Evidence:
    """What speaks for a label: the moderation model, or classes of the classifier."""

    label: str
    by_model: bool
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Taxonomy:
    """Labels with their parents, and what can be told of them."""

    version: Version
    parents: Mapping[str, str]
    evidence: Sequence[Evidence]

    def lineage(self, name: str) -> list[str]:
        """Return a label and its ancestors, nearest first."""
        chain = [name]
        while parent := self.parents[chain[-1]]:
            chain.append(parent)
        return chain


@cache
def taxonomy(version: Version) -> Taxonomy:
    """Return a version of the taxonomy."""
    data = tomllib.loads(
        resources.files(__name__.rpartition(".")[0]).joinpath("data/moderation.toml").read_text("utf-8")
    )
    found = [Evidence(e[version], "model" in e, tuple(e.get("classes", ()))) for e in data["evidence"]]
    return Taxonomy(version, data[version], found)


class Moderation:
    """DetectModerationLabels."""

    def __init__(self, tasks: Tasks, pictures: Pictures, version: Version) -> None:
        self._tasks, self._pictures, self._taxonomy = tasks, pictures, taxonomy(version)

    def detect_moderation_labels(
        self, call: Call, *, image: ImageRef, min_confidence: float = LEAST
    ) -> dict[str, object]:
        """Say what in a picture may not be for everyone."""
        pixels = self._pictures.open(call.account, image)
        return {"ModerationLabels": self.moderate(pixels, min_confidence), "ModerationModelVersion": self.version}

    @property
    def version(self) -> str:
        """Return the taxonomy's version as responses have it."""
        return NUMBERS[self._taxonomy.version]

    def moderate(self, pixels: Image, least: float) -> list[dict[str, object]]:
        """Return the labels of at least a confidence, each with its ancestors, the surest first."""
        score = float(need(self._tasks.moderator, "moderating pictures").score([pixels])[0])
        tagger = self._tasks.tagger
        probabilities = tagger.probabilities([pixels])[0] if tagger else None
        return labels(self._taxonomy, score, probabilities, self._tasks.classes, least)


def labels(
    known: Taxonomy, score: float, probabilities: Floats | None, classes: tuple[str, ...], least: float
) -> list[dict[str, object]]:
    """Return moderation labels from a model's score and class probabilities."""
    found: dict[str, float] = {}
    for item in known.evidence:
        confidence = score if item.by_model else _share(item.classes, probabilities, classes)
        for name in known.lineage(item.label):
            found[name] = max(found.get(name, 0.0), percent(confidence))
    kept = {n: c for n, c in found.items() if c >= least and c > 0}
    order = sorted(kept, key=lambda n: (-kept[n], len(known.lineage(n)), n))
    return [_described(known, n, kept[n]) for n in order]


def _share(names: Sequence[str], probabilities: Floats | None, classes: tuple[str, ...]) -> float:
    if probabilities is None:
        return 0.0
    return float(sum(probabilities[number(name, classes)] for name in names))


def _described(known: Taxonomy, name: str, confidence: float) -> dict[str, object]:
    return {
        "Name": name,
        "ParentName": known.parents[name],
        "Confidence": confidence,
        "TaxonomyLevel": len(known.lineage(name)),
    }

"""DetectLabels: a classifier and an object detector, read through the ontology."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition.geometry import bounding_box, percent
from albumen.aws_api.services.rekognition.ontology import Label, Ontology, ontology
from albumen.aws_api.services.rekognition.pictures import ImageRef, Pictures
from albumen.aws_api.services.rekognition.properties import crop_colours, properties
from albumen.aws_api.services.rekognition.tasks import Tasks, need
from albumen.aws_api.wire import Call
from albumen.core.arrays import Floats, Image
from albumen.core.findings import Objects

VERSION = "3.0"
LEAST = 55.0
MOST = 1000
LEAST_INSTANCE = 50.0


class GeneralLabels(TypedDict, total=False):
    """Which labels to keep."""

    LabelInclusionFilters: list[str]
    LabelExclusionFilters: list[str]
    LabelCategoryInclusionFilters: list[str]
    LabelCategoryExclusionFilters: list[str]


class ImageSettings(TypedDict, total=False):
    """How much to say of colours."""

    MaxDominantColors: int


class Settings(TypedDict, total=False):
    """Settings of DetectLabels."""

    GeneralLabels: GeneralLabels
    ImageProperties: ImageSettings


@dataclass(frozen=True)
class Found:
    """A label with its confidence, 0 to 100, and where it was seen."""

    label: Label
    confidence: float
    boxes: Floats  # (n, 4)
    scores: Floats  # (n,)


class Labels:
    """DetectLabels."""

    def __init__(self, tasks: Tasks, pictures: Pictures) -> None:
        self._tasks, self._pictures = tasks, pictures

    def detect_labels(
        self,
        call: Call,
        *,
        image: ImageRef,
        max_labels: int = MOST,
        min_confidence: float = LEAST,
        features: Sequence[str] = ("GENERAL_LABELS",),
        settings: Settings | None = None,
    ) -> dict[str, object]:
        """Say what a picture shows, as labels, as image properties, or both."""
        general, wants_properties = "GENERAL_LABELS" in features, "IMAGE_PROPERTIES" in features
        chosen = settings or {}
        _check(chosen, general=general, properties=wants_properties)
        pixels = self._pictures.open(call.account, image)
        colours = chosen.get("ImageProperties", {}).get("MaxDominantColors", 10) if wants_properties else 0
        answer: dict[str, object] = {}
        seen = self.things(pixels)
        if general:
            found = self.find(pixels, seen, min_confidence)
            kept = filtered(found, chosen.get("GeneralLabels", {}))[:max_labels]
            answer = {"Labels": [described(f, pixels, colours) for f in kept], "LabelModelVersion": VERSION}
        if wants_properties:
            answer["ImageProperties"] = properties(pixels, seen.boxes, self._tasks.quality, most=colours)
        return answer

    def things(self, pixels: Image) -> Objects:
        """Return the things that the detector finds."""
        return need(self._tasks.detector, "finding objects").detect([pixels])[0]

    def find(self, pixels: Image, seen: Objects, least: float) -> list[Found]:
        """Return the labels of at least a confidence, the surest first, ancestors before descendants."""
        probabilities = need(self._tasks.tagger, "labelling pictures").probabilities([pixels])[0]
        return combine(ontology(self._tasks.classes), probabilities, seen, least)


def combine(known: Ontology, probabilities: Floats, seen: Objects, least: float) -> list[Found]:
    """Return labels from class probabilities and objects; what speaks for a label speaks for its ancestors too.

    Classes exclude one another, so their probabilities add up; an object is as sure as it is.
    """
    scores = _by_classes(known, probabilities)
    for name, score in zip(seen.names, seen.scores, strict=True):
        for label in known.lineage(known.by_object[name]):
            scores[label] = max(scores.get(label, 0.0), float(score))
    kept = {name: percent(s) for name, s in scores.items() if percent(s) >= least}
    found = [_found(known, name, confidence, seen) for name, confidence in kept.items()]
    return sorted(found, key=lambda f: (-f.confidence, len(f.label.parents), f.label.name))


def _by_classes(known: Ontology, probabilities: Floats) -> dict[str, float]:
    scores: dict[str, float] = {}
    for number in np.flatnonzero(probabilities >= 0.002):
        meant = {label for name in known.by_class.get(int(number), ()) for label in known.lineage(name)}
        for label in meant:
            scores[label] = scores.get(label, 0.0) + float(probabilities[number])
    return scores


def _found(known: Ontology, name: str, confidence: float, seen: Objects) -> Found:
    at = [
        i for i, n in enumerate(seen.names) if known.by_object[n] == name and percent(seen.scores[i]) >= LEAST_INSTANCE
    ]
    return Found(known.labels[name], confidence, seen.boxes[at], seen.scores[at])


def filtered(found: Sequence[Found], how: GeneralLabels) -> list[Found]:
    """Return the labels that the filters keep; exclusion wins over inclusion."""
    names, categories = how.get("LabelInclusionFilters", []), how.get("LabelCategoryInclusionFilters", [])
    no_names, no_categories = how.get("LabelExclusionFilters", []), how.get("LabelCategoryExclusionFilters", [])
    included = [
        f for f in found if not (names or categories) or f.label.name in names or f.label.category in categories
    ]
    return [f for f in included if f.label.name not in no_names and f.label.category not in no_categories]


def described(found: Found, pixels: Image, colours: int) -> dict[str, object]:
    """Return a label as a response has it."""
    return named(found) | {
        "Instances": [_instance(b, s, pixels, colours) for b, s in zip(found.boxes, found.scores, strict=True)]
    }


def named(found: Found) -> dict[str, object]:
    """Return a label without its instances."""
    return {
        "Name": found.label.name,
        "Confidence": found.confidence,
        "Parents": [{"Name": p} for p in found.label.parents],
        "Aliases": [{"Name": a} for a in found.label.aliases],
        "Categories": [{"Name": found.label.category}],
    }


def _instance(box: Floats, score: float, pixels: Image, colours: int) -> Mapping[str, object]:
    place: dict[str, object] = {"BoundingBox": bounding_box(box), "Confidence": percent(score)}
    return place | ({"DominantColors": crop_colours(pixels, box, colours)} if colours else {})


def _check(settings: Settings, *, general: bool, properties: bool) -> None:
    """Refuse settings for a feature that was not asked for."""
    for member, feature, asked in (
        ("GeneralLabels", "GENERAL_LABELS", general),
        ("ImageProperties", "IMAGE_PROPERTIES", properties),
    ):
        if member in settings and not asked:
            sentence = f"Request has invalid parameters: Settings.{member} needs the feature {feature}."
            raise Fault("InvalidParameterException", sentence)

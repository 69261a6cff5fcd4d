"""DetectProtectiveEquipment: people, their heads and faces, and what a classifier sees worn there."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np

from albumen.aws_api.services.rekognition.faces import FaceAnalysis, crop
from albumen.aws_api.services.rekognition.geometry import bounding_box, percent
from albumen.aws_api.services.rekognition.ontology import number
from albumen.aws_api.services.rekognition.pictures import MIB, ImageRef, Pictures
from albumen.aws_api.services.rekognition.tasks import Tasks, need
from albumen.aws_api.wire import Call
from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces

VERSION = "1.0"
MOST_PERSONS = 15
LEAST_PERSON = 0.5
LEAST_WORN = 0.3
WORN: Mapping[str, tuple[str, ...]] = {
    "FACE_COVER": ("mask", "gasmask", "oxygen mask", "ski mask"),
    "HEAD_COVER": ("crash helmet", "football helmet", "pickelhaube", "bearskin", "cowboy hat", "sombrero", "bonnet"),
}
"""Classes that are evidence for something worn."""
PARTS = {"FACE": "FACE_COVER", "HEAD": "HEAD_COVER"}
Answer = dict[str, object]


class Summarization(TypedDict, total=False):
    """What to summarise."""

    MinConfidence: float
    RequiredEquipmentTypes: list[str]


class Protection:
    """DetectProtectiveEquipment."""

    def __init__(self, tasks: Tasks, analysis: FaceAnalysis, pictures: Pictures) -> None:
        self._tasks, self._analysis, self._pictures = tasks, analysis, pictures

    def detect_protective_equipment(
        self, call: Call, *, image: ImageRef, summarization_attributes: Summarization | None = None
    ) -> Answer:
        """Say who wears something over face or head."""
        pixels = self._pictures.open(call.account, image, most=4 * MIB, least_pixels=64)
        seen = need(self._tasks.detector, "finding people").detect([pixels])[0]
        at = [i for i, n in enumerate(seen.names) if n == "person" and seen.scores[i] >= LEAST_PERSON][:MOST_PERSONS]
        faces = self._analysis.find(pixels)
        persons = [self._person(pixels, n, seen.boxes[i], float(seen.scores[i]), faces) for n, i in enumerate(at)]
        answer: Answer = {"ProtectiveEquipmentModelVersion": VERSION, "Persons": persons}
        return answer | ({"Summary": summary(persons, summarization_attributes)} if summarization_attributes else {})

    def _person(self, pixels: Image, person: int, box: Floats, score: float, faces: Faces) -> Answer:
        own = next((i for i, b in enumerate(faces.boxes) if _within(b, box)), None)
        parts = [] if own is None else self._parts(pixels, faces.boxes[own], float(faces.scores[own]))
        return {"Id": person, "BoundingBox": bounding_box(box), "Confidence": percent(score), "BodyParts": parts}

    def _parts(self, pixels: Image, face: Floats, score: float) -> list[Answer]:
        around = head(face)
        probabilities = need(self._tasks.tagger, "telling what is worn").probabilities([crop(pixels, around)])[0]
        boxes = {"FACE": face, "HEAD": np.array([*around[:3], face[1]], np.float32)}
        worn = {part: self._worn(probabilities, kind, boxes[part]) for part, kind in PARTS.items()}
        return [{"Name": p, "Confidence": percent(score), "EquipmentDetections": w} for p, w in worn.items()]

    def _worn(self, probabilities: Floats, kind: str, box: Floats) -> list[Answer]:
        share = float(sum(probabilities[number(c, self._tasks.classes)] for c in WORN[kind]))
        if share < LEAST_WORN:
            return []
        covers = {"Value": True, "Confidence": percent(share)}
        found: Answer = {"Type": kind, "BoundingBox": bounding_box(box), "Confidence": percent(share)}
        return [found | {"CoversBodyPart": covers}]


def head(face: Floats) -> Floats:
    """Return the box of a head around the box of its face."""
    left, top, right, bottom = face
    width, height = right - left, bottom - top
    grown = [left - 0.25 * width, top - 0.6 * height, right + 0.25 * width, bottom + 0.15 * height]
    return np.clip(np.array(grown, np.float32), 0, 1)


def summary(persons: Sequence[Answer], how: Summarization) -> Answer:
    """Sort people into those who wear all that is required, those who do not, and those of whom one cannot tell."""
    least = max(50.0, how.get("MinConfidence", 50.0))
    required = set(how.get("RequiredEquipmentTypes", []))
    lists: dict[str, list[object]] = {"With": [], "Without": [], "Unknown": []}
    for person in persons:
        lists[_verdict(person, required, least)].append(person["Id"])
    return {
        "PersonsWithRequiredEquipment": lists["With"],
        "PersonsWithoutRequiredEquipment": lists["Without"],
        "PersonsIndeterminate": lists["Unknown"],
    }


def _verdict(person: Answer, required: set[str], least: float) -> str:
    parts = {str(p["Name"]): p for p in _list(person["BodyParts"])}
    visible = {kind for part, kind in PARTS.items() if part in parts}
    worn = {str(e["Type"]) for p in parts.values() for e in _list(p["EquipmentDetections"]) if _sure(e, least)}
    if required <= worn:
        return "With"
    return "Without" if required - worn <= visible else "Unknown"


def _sure(found: Answer, least: float) -> bool:
    confidence = found["Confidence"]
    return isinstance(confidence, float) and confidence >= least


def _list(value: object) -> list[Answer]:
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]


def _within(face: Floats, person: Floats) -> bool:
    x, y = (face[0] + face[2]) / 2, (face[1] + face[3]) / 2
    return bool(person[0] <= x <= person[2] and person[1] <= y <= person[3])

"""Operations on stored videos that look at frames: labels, faces, face search, text, moderation and people."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Unpack, cast

import numpy as np

from albumen.aws_api.services.rekognition.collections import Collections, shown
from albumen.aws_api.services.rekognition.faces import FaceAnalysis
from albumen.aws_api.services.rekognition.film import Facts, Frame
from albumen.aws_api.services.rekognition.gallery import Place
from albumen.aws_api.services.rekognition.geometry import bounding_box
from albumen.aws_api.services.rekognition.labels import VERSION as LABELS
from albumen.aws_api.services.rekognition.labels import GeneralLabels, Labels, Settings, described, filtered
from albumen.aws_api.services.rekognition.moderation import Moderation
from albumen.aws_api.services.rekognition.stored import (
    EVERY_MS,
    Common,
    Rows,
    Stored,
    frame_by_frame,
    page,
    segments,
)
from albumen.aws_api.services.rekognition.tasks import Tasks, need
from albumen.aws_api.services.rekognition.text import VERSION as TEXT
from albumen.aws_api.services.rekognition.text import Filters, detections
from albumen.aws_api.services.rekognition.tracks import Boxes, People
from albumen.aws_api.wire import Call
from albumen.core.arrays import Floats
from albumen.jobs.queue import Job, Json
from albumen.jobs.worker import Steps, Work

PERSON = "person"
SAME_PERSON = 80.0


class Videos:
    """Start and Get of each kind of job."""

    def __init__(
        self,
        stored: Stored,
        tasks: Tasks,
        labels: Labels,
        analysis: FaceAnalysis,
        moderation: Moderation,
        collections: Collections,
    ) -> None:
        self._stored, self._tasks, self._labels = stored, tasks, labels
        self._analysis, self._moderation, self._collections = analysis, moderation, collections

    def works(self) -> Mapping[str, Work]:
        """Return the work of each kind of job."""
        kinds: Mapping[str, Callable[[Job, Path, Facts, Steps], Json]] = {
            "LabelDetection": self._see_labels,
            "FaceDetection": self._see_faces,
            "FaceSearch": self._search_faces,
            "TextDetection": self._see_text,
            "ContentModeration": self._see_moderation,
            "PersonTracking": self._track_people,
        }
        return {kind: self._stored.work(kind, do) for kind, do in kinds.items()}

    # labels

    def start_label_detection(
        self,
        call: Call,
        *,
        min_confidence: float = 50.0,
        features: Sequence[str] = ("GENERAL_LABELS",),
        settings: Settings | None = None,
        **given: Unpack[Common],
    ) -> Json:
        """Begin to label a video's frames."""
        general = (settings or {}).get("GeneralLabels", {})
        return self._stored.start(call, "LabelDetection", given, {"least": min_confidence, "filters": general})

    def _see_labels(self, job: Job, path: Path, known: Facts, steps: Steps) -> Json:
        least, how = cast("float", job.request["least"]), cast("GeneralLabels", job.request["filters"])

        def look(frame: Frame) -> Rows:
            found = self._labels.find(frame.pixels, self._labels.things(frame.pixels), least)
            return [{"Timestamp": frame.ms, "Label": described(f, frame.pixels, 0)} for f in filtered(found, how)]

        return {"rows": frame_by_frame(path, steps, look)}

    def get_label_detection(
        self,
        call: Call,
        *,
        job_id: str,
        max_results: int = 0,
        next_token: str | None = None,
        sort_by: str = "TIMESTAMP",
        aggregate_by: str = "TIMESTAMPS",
    ) -> Json:
        """Answer with a page of labels."""
        _, result, about = self._stored.get(call, "LabelDetection", job_id)
        rows, more = page(_aggregated(result, "Label", sort_by, aggregate_by), next_token, max_results)
        how = {"SortBy": sort_by, "AggregateBy": aggregate_by}
        return about | {"Labels": rows, "NextToken": more, "LabelModelVersion": LABELS, "GetRequestMetadata": how}

    # moderation

    def start_content_moderation(self, call: Call, *, min_confidence: float = 50.0, **given: Unpack[Common]) -> Json:
        """Begin to moderate a video's frames."""
        return self._stored.start(call, "ContentModeration", given, {"least": min_confidence})

    def _see_moderation(self, job: Job, path: Path, known: Facts, steps: Steps) -> Json:
        least = cast("float", job.request["least"])

        def look(frame: Frame) -> Rows:
            found = self._moderation.moderate(frame.pixels, least)
            return [{"Timestamp": frame.ms, "ModerationLabel": label} for label in found]

        return {"rows": frame_by_frame(path, steps, look)}

    def get_content_moderation(
        self,
        call: Call,
        *,
        job_id: str,
        max_results: int = 0,
        next_token: str | None = None,
        sort_by: str = "TIMESTAMP",
        aggregate_by: str = "TIMESTAMPS",
    ) -> Json:
        """Answer with a page of moderation labels."""
        _, result, about = self._stored.get(call, "ContentModeration", job_id)
        rows, more = page(_aggregated(result, "ModerationLabel", sort_by, aggregate_by), next_token, max_results)
        how = {"SortBy": sort_by, "AggregateBy": aggregate_by}
        version = {"ModerationModelVersion": self._moderation.version, "GetRequestMetadata": how}
        return about | version | {"ModerationLabels": rows, "NextToken": more}

    # text

    def start_text_detection(self, call: Call, *, filters: Filters | None = None, **given: Unpack[Common]) -> Json:
        """Begin to read what is written in a video."""
        return self._stored.start(call, "TextDetection", given, {"filters": dict(filters or {})})

    def _see_text(self, job: Job, path: Path, known: Facts, steps: Steps) -> Json:
        reader, how = need(self._tasks.reader, "reading text"), cast("Filters", job.request["filters"])

        def look(frame: Frame) -> Rows:
            found = detections(reader.read([frame.pixels])[0], how)
            return [{"Timestamp": frame.ms, "TextDetection": d} for d in found]

        return {"rows": frame_by_frame(path, steps, look)}

    def get_text_detection(
        self, call: Call, *, job_id: str, max_results: int = 0, next_token: str | None = None
    ) -> Json:
        """Answer with a page of text."""
        _, result, about = self._stored.get(call, "TextDetection", job_id)
        rows, more = page(_rows(result), next_token, max_results)
        return about | {"TextDetections": rows, "NextToken": more, "TextModelVersion": TEXT}

    # faces

    def start_face_detection(self, call: Call, *, face_attributes: str = "DEFAULT", **given: Unpack[Common]) -> Json:
        """Begin to find the faces in a video."""
        return self._stored.start(call, "FaceDetection", given, {"attributes": face_attributes})

    def _see_faces(self, job: Job, path: Path, known: Facts, steps: Steps) -> Json:
        attributes = [str(job.request["attributes"])]

        def look(frame: Frame) -> Rows:
            details = self._analysis.details(frame.pixels, self._analysis.find(frame.pixels), attributes)
            return [{"Timestamp": frame.ms, "Face": d} for d in details]

        return {"rows": frame_by_frame(path, steps, look)}

    def get_face_detection(
        self, call: Call, *, job_id: str, max_results: int = 0, next_token: str | None = None
    ) -> Json:
        """Answer with a page of faces."""
        _, result, about = self._stored.get(call, "FaceDetection", job_id)
        rows, more = page(_rows(result), next_token, max_results)
        return about | {"Faces": rows, "NextToken": more}

    # face search

    def start_face_search(
        self, call: Call, *, collection_id: str, face_match_threshold: float = 80.0, **given: Unpack[Common]
    ) -> Json:
        """Begin to look for the faces of a collection in a video."""
        self._collections.place(call, collection_id)
        request: Json = {"collection": collection_id, "threshold": face_match_threshold}
        return self._stored.start(call, "FaceSearch", given, request)

    def _search_faces(self, job: Job, path: Path, known: Facts, steps: Steps) -> Json:
        place = Place(job.owner, str(job.request["collection"]))
        threshold = cast("float", job.request["threshold"])

        def look(frame: Frame) -> Rows:
            found = self._analysis.find(frame.pixels)
            vectors, details = self._analysis.vectors(frame.pixels, found), self._analysis.details(frame.pixels, found)
            matches = [shown(self._collections.matches(place, v, 10, threshold)) for v in vectors]
            return [
                {"Timestamp": frame.ms, "Face": d, "FaceMatches": m, "vector": v.tolist()}
                for d, m, v in zip(details, matches, vectors, strict=True)
            ]

        rows = frame_by_frame(path, steps, look)
        people = People(need(self._tasks.face_scale, "comparing faces").cosine(SAME_PERSON))
        numbers = people.number(np.array([r["vector"] for r in rows], np.float32))
        return {"rows": [_person(row, n) for row, n in zip(rows, numbers, strict=True)]}

    def get_face_search(
        self,
        call: Call,
        *,
        job_id: str,
        max_results: int = 0,
        next_token: str | None = None,
        sort_by: str = "TIMESTAMP",
    ) -> Json:
        """Answer with a page of people whose faces were found."""
        return self._people(call, "FaceSearch", job_id, sort_by, next_token, max_results)

    # people

    def start_person_tracking(self, call: Call, **given: Unpack[Common]) -> Json:
        """Begin to follow the people in a video."""
        return self._stored.start(call, "PersonTracking", given, {})

    def _track_people(self, job: Job, path: Path, known: Facts, steps: Steps) -> Json:
        def look(frame: Frame) -> Rows:
            seen = self._labels.things(frame.pixels)
            at = [i for i, n in enumerate(seen.names) if n == PERSON and seen.scores[i] >= 0.5]
            return [{"Timestamp": frame.ms, "box": seen.boxes[i].tolist()} for i in at]

        rows = frame_by_frame(path, steps, look)
        return {"rows": _numbered(rows)}

    def get_person_tracking(
        self,
        call: Call,
        *,
        job_id: str,
        max_results: int = 0,
        next_token: str | None = None,
        sort_by: str = "TIMESTAMP",
    ) -> Json:
        """Answer with a page of people and where they are."""
        return self._people(call, "PersonTracking", job_id, sort_by, next_token, max_results)

    def _people(self, call: Call, kind: str, job_id: str, sort_by: str, token: str | None, most: int) -> Json:
        _, result, about = self._stored.get(call, kind, job_id)
        found = _rows(result)
        if sort_by == "INDEX":
            found = sorted(found, key=lambda r: cast("int", cast("Json", r["Person"])["Index"]))
        rows, more = page(found, token, most)
        return about | {"Persons": rows, "NextToken": more}


def _rows(result: Json) -> Rows:
    return cast("Rows", result.get("rows", []))


def _aggregated(result: Json, member: str, sort_by: str, aggregate_by: str) -> Rows:
    rows = _rows(result)
    if aggregate_by == "SEGMENTS" and rows:
        duration = cast("int", cast("Json", result["video"])["DurationMillis"])
        rows = segments(rows, member, EVERY_MS, duration)
    if sort_by == "NAME":
        return sorted(rows, key=lambda r: str(cast("Json", r[member])["Name"]))
    return rows


def _person(row: Json, number: int) -> Json:
    face = cast("Json", row["Face"])
    person: Json = {"Index": number, "BoundingBox": face["BoundingBox"], "Face": face}
    return {"Timestamp": row["Timestamp"], "Person": person, "FaceMatches": row["FaceMatches"]}


def _numbered(rows: Rows) -> Rows:
    """Give the people of all frames their numbers, frame by frame."""
    boxes = Boxes()
    answer: Rows = []
    for ms in dict.fromkeys(cast("int", r["Timestamp"]) for r in rows):
        here: Floats = np.array([r["box"] for r in rows if r["Timestamp"] == ms], np.float32).reshape(-1, 4)
        for number, box in zip(boxes.number(ms, here), here, strict=True):
            answer.append({"Timestamp": ms, "Person": {"Index": number, "BoundingBox": bounding_box(box)}})
    return answer

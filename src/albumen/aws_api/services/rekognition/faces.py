"""DetectFaces and CompareFaces, and the details of a face that other operations answer with too."""

from collections.abc import Sequence

import numpy as np

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition.geometry import bounding_box, percent
from albumen.aws_api.services.rekognition.pictures import ImageRef, Pictures
from albumen.aws_api.services.rekognition.tasks import Quality, Tasks, need
from albumen.aws_api.services.rekognition.traits import Claim, Traits
from albumen.aws_api.wire import Call
from albumen.core.arrays import Bools, Floats, Image
from albumen.core.findings import Faces
from albumen.vision.faces.pose import Pose, from_landmarks

MOST_FACES = 100
NO_FACE = "Request has invalid parameters: there are no faces in the image. Should be at least one."
POINTS = ("eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight")
"""Names of the five landmarks in our order; AWS says left and right as the viewer sees them."""
ATTRIBUTES = {
    "AGE_RANGE": "AgeRange",
    "BEARD": "Beard",
    "EYEGLASSES": "Eyeglasses",
    "EYES_OPEN": "EyesOpen",
    "EYE_DIRECTION": "EyeDirection",
    "FACE_OCCLUDED": "FaceOccluded",
    "GENDER": "Gender",
    "MOUTH_OPEN": "MouthOpen",
    "MUSTACHE": "Mustache",
    "SMILE": "Smile",
    "SUNGLASSES": "Sunglasses",
}
DEFAULT = frozenset({"BoundingBox", "Confidence", "Pose", "Quality", "Landmarks"})


class FaceAnalysis:
    """Finds faces in pixels and describes them; shared by all operations that deal with faces."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks

    def find(self, pixels: Image) -> Faces:
        """Return the faces of a picture, the largest first, at most a hundred."""
        found = need(self.tasks.face_finder, "finding faces").detect([pixels])[0]
        return take(found, np.argsort(-areas(found), kind="stable")[:MOST_FACES])

    def vectors(self, pixels: Image, faces: Faces) -> Floats:
        """Return a vector a face."""
        return need(self.tasks.face_embedder, "comparing faces").embed(pixels, faces)

    def similarities(self, cosines: Floats) -> Floats:
        """Return what cosines mean, 0 to 100."""
        return need(self.tasks.face_scale, "comparing faces").percent(cosines.astype(np.float32))

    def details(self, pixels: Image, faces: Faces, attributes: Sequence[str] = ()) -> list[dict[str, object]]:
        """Return each face as a response has it, with the attributes asked for that a model here can tell."""
        wanted = wanted_members(attributes)
        extra = bool(wanted - DEFAULT) and self.tasks.face_reader is not None and len(faces) > 0
        reader = self.tasks.face_reader
        traits = reader.read(pixels, faces) if extra and reader else [Traits()] * len(faces)
        qualities = self.qualities(pixels, faces)
        poses = [t.pose or from_landmarks(pixels, p) for t, p in zip(traits, faces.landmarks, strict=True)]
        parts = zip(traits, qualities, poses, strict=True)
        rows = (_detail(faces, i, t, q, p) for i, (t, q, p) in enumerate(parts))
        return [{k: v for k, v in row.items() if k in wanted} for row in rows]

    def qualities(self, pixels: Image, faces: Faces) -> list[Quality | None]:
        """Return each face's quality, None where nothing here measures it."""
        measure = self.tasks.quality
        return [measure(crop(pixels, box)) if measure else None for box in faces.boxes]


class FaceOperations:
    """DetectFaces and CompareFaces."""

    def __init__(self, analysis: FaceAnalysis, pictures: Pictures) -> None:
        self._analysis, self._pictures = analysis, pictures

    def detect_faces(
        self, call: Call, *, image: ImageRef, attributes: Sequence[str] = ("DEFAULT",)
    ) -> dict[str, object]:
        """Describe the faces in a picture."""
        pixels = self._pictures.open(call.account, image)
        return {"FaceDetails": self._analysis.details(pixels, self._analysis.find(pixels), attributes)}

    def compare_faces(
        self,
        call: Call,
        *,
        source_image: ImageRef,
        target_image: ImageRef,
        similarity_threshold: float = 80.0,
        quality_filter: str = "NONE",
    ) -> dict[str, object]:
        """Compare the largest face of one picture with those of another."""
        source, target = (self._pictures.open(call.account, i) for i in (source_image, target_image))
        asked, others = (self._faces(p, quality_filter) for p in (source, target))
        first = take(asked, np.array([0]))
        vector = self._analysis.vectors(source, first)[0]
        likeness = self._analysis.similarities(self._analysis.vectors(target, others) @ vector)
        faces = self._analysis.details(target, others)
        order = [int(i) for i in np.argsort(-likeness, kind="stable")]
        matched = [i for i in order if likeness[i] >= similarity_threshold]
        return {
            "SourceImageFace": {k: v for k, v in _place(first, 0).items()},
            "FaceMatches": [{"Similarity": _similarity(likeness[i]), "Face": faces[i]} for i in matched],
            "UnmatchedFaces": [faces[i] for i in order if i not in matched],
        }

    def _faces(self, pixels: Image, quality_filter: str) -> Faces:
        found = self._analysis.find(pixels)
        found = take(found, np.flatnonzero(good_enough(found, pixels, quality_filter)))
        if not len(found):
            raise Fault("InvalidParameterException", NO_FACE)
        return found


def wanted_members(attributes: Sequence[str]) -> frozenset[str]:
    """Return the members that a list of attributes asks for."""
    if "ALL" in attributes:
        return DEFAULT | set(ATTRIBUTES.values())
    return DEFAULT | {ATTRIBUTES[a] for a in attributes if a in ATTRIBUTES}


def areas(faces: Faces) -> Floats:
    """Return the area of each face's box (n,)."""
    return np.prod(faces.boxes[:, 2:] - faces.boxes[:, :2], axis=1)


def take(faces: Faces, at: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> Faces:
    """Return some of the faces, in the order given."""
    return Faces(faces.scores[at], faces.boxes[at], faces.landmarks[at])


def crop(pixels: Image, box: Floats) -> Image:
    """Return the pixels inside a box, at least one."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = (np.clip(box, 0, 1) * np.array([width, height, width, height])).astype(int)
    return pixels[min(top, height - 1) : max(bottom, top + 1), min(left, width - 1) : max(right, left + 1)]


LEAST = {"NONE": (0.0, 0), "LOW": (0.6, 20), "AUTO": (0.7, 30), "MEDIUM": (0.8, 40), "HIGH": (0.9, 60)}
"""By quality filter: the least confidence, and the least short side of a face in pixels."""


def good_enough(faces: Faces, pixels: Image, quality_filter: str) -> Bools:
    """Return which faces a quality filter lets pass."""
    score, side = LEAST[quality_filter]
    return (faces.scores >= score) & (short_sides(faces, pixels) >= side)


def short_sides(faces: Faces, pixels: Image) -> Floats:
    """Return the shorter side of each face in pixels."""
    height, width = pixels.shape[:2]
    return ((faces.boxes[:, 2:] - faces.boxes[:, :2]) * np.array([width, height])).min(axis=1).astype(np.float32)


def _similarity(value: float) -> float:
    return float(min(100.0, max(0.0, value)))


def _place(faces: Faces, i: int) -> dict[str, object]:
    return {"BoundingBox": bounding_box(faces.boxes[i]), "Confidence": percent(faces.scores[i])}


def _detail(faces: Faces, i: int, traits: Traits, quality: Quality | None, pose: Pose) -> dict[str, object]:
    answer = _place(faces, i) | {
        "Landmarks": _landmarks(faces.landmarks[i], traits),
        "Pose": {"Roll": pose.roll, "Yaw": pose.yaw, "Pitch": pose.pitch},
    }
    if quality:
        answer["Quality"] = {"Brightness": quality.brightness, "Sharpness": quality.sharpness}
    return answer | _attributes(traits)


def _landmarks(points: Floats, traits: Traits) -> list[dict[str, object]]:
    five = {n: (float(x), float(y)) for n, (x, y) in zip(POINTS, points, strict=True)}
    return [{"Type": n, "X": x, "Y": y} for n, (x, y) in (five | dict(traits.landmarks)).items()]


def _attributes(traits: Traits) -> dict[str, object]:
    answer: dict[str, object] = {name: _claim(claim) for name, claim in traits.claims.items()}
    if traits.age:
        answer["AgeRange"] = {"Low": traits.age[0], "High": traits.age[1]}
    if traits.male is not None:
        value = "Male" if traits.male >= 0.5 else "Female"
        answer["Gender"] = {"Value": value, "Confidence": percent(max(traits.male, 1 - traits.male))}
    if traits.gaze:
        yaw, pitch, confidence = traits.gaze
        answer["EyeDirection"] = {"Yaw": yaw, "Pitch": pitch, "Confidence": percent(confidence)}
    return answer


def _claim(claim: Claim) -> dict[str, object]:
    return {"Value": claim.value, "Confidence": percent(claim.confidence)}

"""Collections and the faces in them."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition import pages
from albumen.aws_api.services.rekognition.faces import LEAST, NO_FACE, FaceAnalysis, good_enough, short_sides, take
from albumen.aws_api.services.rekognition.gallery import Face, Gallery, NewFace, Place
from albumen.aws_api.services.rekognition.geometry import bounding_box
from albumen.aws_api.services.rekognition.matrix import Matrices
from albumen.aws_api.services.rekognition.pictures import ImageRef, Pictures
from albumen.aws_api.services.rekognition.tags import Tags
from albumen.aws_api.wire import Call
from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces

MODEL_VERSION = "7.0"
DEFAULT_PAGE = 1000
Answer = dict[str, object]


def arn(call: Call, collection: str) -> str:
    """Return a collection's name as AWS writes it, which lacks the usual beginning."""
    return f"aws:rekognition:{call.region}:{call.account}:collection/{collection}"


class Collections:
    """The operations on collections and single faces."""

    def __init__(
        self, analysis: FaceAnalysis, pictures: Pictures, gallery: Gallery, matrices: Matrices, tags: Tags
    ) -> None:
        self._analysis, self._pictures = analysis, pictures
        self._gallery, self._matrices, self._tags = gallery, matrices, tags

    def create_collection(self, call: Call, *, collection_id: str, tags: Mapping[str, str] | None = None) -> Answer:
        """Make an empty collection."""
        if not self._gallery.create_collection(Place(call.account, collection_id)):
            raise Fault("ResourceAlreadyExistsException", f"The collection id: {collection_id} already exists")
        if tags:
            self._tags.tag_resource(call, resource_arn=arn(call, collection_id), tags=tags)
        return {"StatusCode": 200, "CollectionArn": arn(call, collection_id), "FaceModelVersion": MODEL_VERSION}

    def describe_collection(self, call: Call, *, collection_id: str) -> Answer:
        """Say how much is in a collection."""
        created, faces, users = self._about(call, collection_id)
        return {
            "FaceCount": faces,
            "UserCount": users,
            "FaceModelVersion": MODEL_VERSION,
            "CollectionARN": arn(call, collection_id),
            "CreationTimestamp": datetime.fromtimestamp(created, UTC),
        }

    def list_collections(self, call: Call, *, next_token: str | None = None, max_results: int = 0) -> Answer:
        """List the account's collections."""
        limit = max_results or DEFAULT_PAGE
        found = self._gallery.collections(call.account, pages.position(next_token), limit + 1)
        shown = found[:limit]
        more = pages.token(shown[-1]) if len(found) > limit else None
        return {"CollectionIds": shown, "FaceModelVersions": [MODEL_VERSION] * len(shown), "NextToken": more}

    def delete_collection(self, call: Call, *, collection_id: str) -> Answer:
        """Remove a collection with its faces and users."""
        place = self.place(call, collection_id)
        self._gallery.delete_collection(place)
        self._matrices.forget(place)
        self._tags.forget(call, arn(call, collection_id))
        return {"StatusCode": 200}

    def index_faces(
        self,
        call: Call,
        *,
        collection_id: str,
        image: ImageRef,
        external_image_id: str | None = None,
        detection_attributes: Sequence[str] = ("DEFAULT",),
        max_faces: int = 0,
        quality_filter: str = "AUTO",
    ) -> Answer:
        """Keep the faces of a picture."""
        place = self.place(call, collection_id)
        data = self._pictures.data(call.account, image)
        pixels = self._pictures.pixels(data)
        found = self._analysis.find(pixels)
        details = self._analysis.details(pixels, found, detection_attributes)
        reasons = _unfit(found, pixels, quality_filter, max_faces)
        chosen = [i for i, why in enumerate(reasons) if not why]
        digest = hashlib.sha256(data).hexdigest()
        kept = self._keep(place, pixels, take(found, np.array(chosen, np.intp)), digest, external_image_id)
        return {
            "FaceRecords": [{"Face": face(f), "FaceDetail": details[i]} for f, i in zip(kept, chosen, strict=True)],
            "FaceModelVersion": MODEL_VERSION,
            "UnindexedFaces": [{"Reasons": why, "FaceDetail": details[i]} for i, why in enumerate(reasons) if why],
        }

    def _keep(self, place: Place, pixels: Image, faces: Faces, digest: str, external: str | None) -> list[Face]:
        """Return the faces as kept; those that the same picture gave before are not kept twice."""
        before = {_rounded(f.box): f for f in self._gallery.known(place, digest, external)}
        image = next((f.image for f in before.values()), str(uuid.uuid4()))
        vectors = self._analysis.vectors(pixels, faces)
        fresh: list[NewFace] = []
        kept: list[Face] = []
        for box, score, vector in zip(faces.boxes, faces.scores, vectors, strict=True):
            left, top, right, bottom = (float(v) for v in box)
            corners = (left, top, right, bottom)
            new = Face(str(uuid.uuid4()), image, external, None, 100 * float(score), corners)
            kept.append(before.get(_rounded(corners), new))
            if kept[-1] is new:
                fresh.append(NewFace(new, digest, vector))
        self._gallery.add(place, fresh)
        return kept

    def list_faces(
        self,
        call: Call,
        *,
        collection_id: str,
        next_token: str | None = None,
        max_results: int = 0,
        user_id: str | None = None,
        face_ids: Sequence[str] = (),
    ) -> Answer:
        """List the faces of a collection."""
        place, limit = self.place(call, collection_id), max_results or DEFAULT_PAGE
        found = self._gallery.faces(place, after=pages.number(next_token), limit=limit + 1, user=user_id, ids=face_ids)
        shown = found[:limit]
        more = pages.token(shown[-1][0]) if len(found) > limit else None
        return {"Faces": [face(f) for _, f in shown], "FaceModelVersion": MODEL_VERSION, "NextToken": more}

    def delete_faces(self, call: Call, *, collection_id: str, face_ids: Sequence[str]) -> Answer:
        """Remove faces that belong to no user."""
        place = self.place(call, collection_id)
        found = {f.id: f for _, f in self._gallery.faces(place, ids=list(face_ids))}
        gone = [i for i in dict.fromkeys(face_ids) if i in found and not found[i].user]
        self._matrices.forget(place, self._gallery.delete(place, gone))
        failed = [_not_deleted(i, found.get(i)) for i in dict.fromkeys(face_ids) if i not in gone]
        return {"DeletedFaces": gone or None, "UnsuccessfulFaceDeletions": failed}

    def search_faces(
        self, call: Call, *, collection_id: str, face_id: str, max_faces: int = 80, face_match_threshold: float = 80.0
    ) -> Answer:
        """Find faces like one of the collection."""
        place = self.place(call, collection_id)
        if self._gallery.face(place, face_id) is None:
            raise Fault("InvalidParameterException", f"Request has invalid parameters: faceId {face_id} was not found.")
        vector = self._gallery.vectors_of(place, [face_id])[0]
        matches = self.matches(place, vector, max_faces + 1, face_match_threshold)
        others = [m for m in matches if m[0].id != face_id][:max_faces]
        return {"SearchedFaceId": face_id, "FaceMatches": shown(others), "FaceModelVersion": MODEL_VERSION}

    def search_faces_by_image(
        self,
        call: Call,
        *,
        collection_id: str,
        image: ImageRef,
        max_faces: int = 80,
        face_match_threshold: float = 80.0,
        quality_filter: str = "NONE",
    ) -> Answer:
        """Find faces like the largest of a picture."""
        place = self.place(call, collection_id)
        pixels = self._pictures.open(call.account, image)
        found = self._analysis.find(pixels)
        best = take(found, np.flatnonzero(good_enough(found, pixels, quality_filter))[:1])
        if not len(best):
            raise Fault("InvalidParameterException", NO_FACE)
        matches = self.matches(place, self._analysis.vectors(pixels, best)[0], max_faces, face_match_threshold)
        return {
            "SearchedFaceBoundingBox": bounding_box(best.boxes[0]),
            "SearchedFaceConfidence": 100 * float(best.scores[0]),
            "FaceMatches": shown(matches),
            "FaceModelVersion": MODEL_VERSION,
        }

    def matches(self, place: Place, vector: Floats, limit: int, threshold: float) -> list[tuple[Face, float]]:
        """Return the faces of a collection that are like a vector, the likest first, with similarities."""
        near = self._matrices.nearest(place, vector, limit)
        likeness = self._analysis.similarities(np.array([c for _, c in near], np.float32))
        passed = [(n, float(s)) for (n, _), s in zip(near, likeness, strict=True) if s >= threshold]
        known = self._gallery.numbered(place, [n for n, _ in passed]) if passed else {}
        return [(known[n], s) for n, s in passed if n in known]

    def place(self, call: Call, collection_id: str) -> Place:
        """Return a collection, or refuse one that is not there."""
        self._about(call, collection_id)
        return Place(call.account, collection_id)

    def _about(self, call: Call, collection_id: str) -> tuple[float, int, int]:
        about = self._gallery.collection(Place(call.account, collection_id))
        if about is None:
            raise Fault("ResourceNotFoundException", f"The collection id: {collection_id} does not exist")
        return about


def face(kept: Face) -> Answer:
    """Return a face of a collection as responses have it."""
    return {
        "FaceId": kept.id,
        "BoundingBox": bounding_box(np.array(kept.box, np.float32)),
        "ImageId": kept.image,
        "ExternalImageId": kept.external,
        "Confidence": min(100.0, kept.confidence),
        "IndexFacesModelVersion": MODEL_VERSION,
        "UserId": kept.user,
    }


def shown(matches: Sequence[tuple[Face, float]]) -> list[Answer]:
    """Return matches as responses have them."""
    return [{"Similarity": s, "Face": face(f)} for f, s in matches]


def _rounded(box: tuple[float, float, float, float]) -> tuple[float, ...]:
    return tuple(round(v, 4) for v in box)


def _unfit(found: Faces, pixels: Image, quality_filter: str, most: int) -> list[list[str]]:
    """Return for each face why it is not kept; nothing for those that are, which are the largest that are good."""
    passed = good_enough(found, pixels, quality_filter)
    reasons = [[] if ok else _reasons(found, i, pixels, quality_filter) for i, ok in enumerate(passed)]
    good = [i for i, why in enumerate(reasons) if not why]
    for i in good[most:] if most else []:
        reasons[i] = ["EXCEEDS_MAX_FACES"]
    return reasons


def _reasons(found: Faces, i: int, pixels: Image, quality_filter: str) -> list[str]:
    score, side = LEAST[quality_filter]
    small = ["SMALL_BOUNDING_BOX"] if short_sides(found, pixels)[i] < side else []
    return small + (["LOW_CONFIDENCE"] if found.scores[i] < score else [])


def _not_deleted(face_id: str, kept: Face | None) -> Answer:
    reason = "ASSOCIATED_TO_AN_EXISTING_USER" if kept else "FACE_NOT_FOUND"
    return {"FaceId": face_id, "UserId": kept.user if kept else None, "Reasons": [reason]}

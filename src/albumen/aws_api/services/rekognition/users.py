"""Users: people of a collection, each with several faces whose mean finds more than any one of them."""

import time
from collections.abc import Sequence

import numpy as np

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition import pages
from albumen.aws_api.services.rekognition.collections import DEFAULT_PAGE, MODEL_VERSION, Answer, Collections
from albumen.aws_api.services.rekognition.faces import FaceAnalysis, good_enough, take
from albumen.aws_api.services.rekognition.gallery import Face, Gallery, Place
from albumen.aws_api.services.rekognition.pictures import ImageRef, Pictures
from albumen.aws_api.services.rekognition.tokens import Tokens
from albumen.aws_api.wire import Call
from albumen.core.arrays import Floats

MOST_FACES = 100
ACTIVE = "ACTIVE"


class Users:
    """The operations on users."""

    def __init__(self, analysis: FaceAnalysis, pictures: Pictures, gallery: Gallery, collections: Collections) -> None:
        self._analysis, self._pictures = analysis, pictures
        self._gallery, self._collections, self._tokens = gallery, collections, Tokens(gallery)

    def create_user(
        self, call: Call, *, collection_id: str, user_id: str, client_request_token: str | None = None
    ) -> Answer:
        """Make a user without faces."""
        place = self._collections.place(call, collection_id)
        said = [collection_id, user_id]
        return self._tokens.once(call, "CreateUser", client_request_token, said, lambda: self._create(place, user_id))

    def _create(self, place: Place, user_id: str) -> Answer:
        with self._gallery.writing() as db:
            row = (place.account, place.collection, user_id, time.time())
            made = db.execute("insert or ignore into users values (?, ?, ?, ?, null)", row)
        if not made.rowcount:
            raise Fault("ConflictException", f"The user {user_id} already exists in the collection {place.collection}.")
        return {}

    def delete_user(
        self, call: Call, *, collection_id: str, user_id: str, client_request_token: str | None = None
    ) -> Answer:
        """Remove a user; the faces stay."""
        place = self._collections.place(call, collection_id)
        said = [collection_id, user_id]
        return self._tokens.once(call, "DeleteUser", client_request_token, said, lambda: self._delete(place, user_id))

    def _delete(self, place: Place, user_id: str) -> Answer:
        self._require(place, user_id)
        with self._gallery.writing() as db:
            key = (place.account, place.collection, user_id)
            db.execute("update faces set user = null where account = ? and collection = ? and user = ?", key)
            db.execute("delete from users where account = ? and collection = ? and id = ?", key)
        return {}

    def list_users(
        self, call: Call, *, collection_id: str, max_results: int = 0, next_token: str | None = None
    ) -> Answer:
        """List a collection's users."""
        place, limit = self._collections.place(call, collection_id), max_results or DEFAULT_PAGE
        found = self._gallery.db.execute(
            "select id, vector is not null from users where account = ? and collection = ? and id > ?"
            " order by id limit ?",
            (place.account, place.collection, pages.position(next_token), limit + 1),
        ).fetchall()
        more = pages.token(found[limit - 1][0]) if len(found) > limit else None
        shown = [{"UserId": i, "UserStatus": ACTIVE if has_faces else "CREATED"} for i, has_faces in found[:limit]]
        return {"Users": shown, "NextToken": more}

    def associate_faces(
        self,
        call: Call,
        *,
        collection_id: str,
        user_id: str,
        face_ids: Sequence[str],
        user_match_threshold: float = 75.0,
        client_request_token: str | None = None,
    ) -> Answer:
        """Give faces to a user; one that does not look like the user's others is left out."""
        place = self._collections.place(call, collection_id)
        said: list[object] = [collection_id, user_id, sorted(face_ids), user_match_threshold]
        return self._tokens.once(
            call,
            "AssociateFaces",
            client_request_token,
            said,
            lambda: self._associate(place, user_id, face_ids, user_match_threshold),
        )

    def _associate(self, place: Place, user_id: str, face_ids: Sequence[str], least: float) -> Answer:
        self._require(place, user_id)
        reasons = self._unfit(place, user_id, face_ids, least)
        chosen = [i for i in dict.fromkeys(face_ids) if i not in reasons]
        own = [f.id for _, f in self._gallery.faces(place, user=user_id)]
        if len(set(own) | set(chosen)) > MOST_FACES:
            raise Fault("ServiceQuotaExceededException", f"A user can have at most {MOST_FACES} faces.")
        self._assign(place, user_id, chosen, user_id)
        return {
            "AssociatedFaces": [{"FaceId": i} for i in chosen],
            "UnsuccessfulFaceAssociations": list(reasons.values()),
            "UserStatus": ACTIVE if own or chosen else "CREATED",
        }

    def disassociate_faces(
        self,
        call: Call,
        *,
        collection_id: str,
        user_id: str,
        face_ids: Sequence[str],
        client_request_token: str | None = None,
    ) -> Answer:
        """Take faces away from a user."""
        place = self._collections.place(call, collection_id)
        said = [collection_id, user_id, sorted(face_ids)]
        return self._tokens.once(
            call,
            "DisassociateFaces",
            client_request_token,
            said,
            lambda: self._disassociate(place, user_id, face_ids),
        )

    def _disassociate(self, place: Place, user_id: str, face_ids: Sequence[str]) -> Answer:
        self._require(place, user_id)
        known = {f.id: f for _, f in self._gallery.faces(place, ids=list(face_ids))}
        chosen = [i for i in dict.fromkeys(face_ids) if i in known and known[i].user == user_id]
        failed = [_failure(i, known.get(i), "ASSOCIATED_TO_A_DIFFERENT_USER") for i in face_ids if i not in chosen]
        self._assign(place, user_id, chosen, None)
        return {
            "DisassociatedFaces": [{"FaceId": i} for i in chosen],
            "UnsuccessfulFaceDisassociations": failed,
            "UserStatus": ACTIVE if self._gallery.faces(place, user=user_id, limit=1) else "CREATED",
        }

    def search_users(
        self,
        call: Call,
        *,
        collection_id: str,
        user_id: str | None = None,
        face_id: str | None = None,
        user_match_threshold: float = 80.0,
        max_users: int = 100,
    ) -> Answer:
        """Find users like a user or a face of the collection."""
        place = self._collections.place(call, collection_id)
        if (user_id is None) == (face_id is None):
            raise Fault("InvalidParameterException", "Request has invalid parameters: give either UserId or FaceId.")
        if face_id is not None:
            vector = self._face_vector(place, face_id)
            searched: Answer = {"SearchedFace": {"FaceId": face_id}}
        else:
            self._require(place, str(user_id))
            vector = self._mean(place, str(user_id))
            searched = {"SearchedUser": {"UserId": user_id}}
        near = self._nearest(place, vector, user_match_threshold, max_users, leave_out=user_id)
        return {"UserMatches": near, "FaceModelVersion": MODEL_VERSION} | searched

    def search_users_by_image(
        self,
        call: Call,
        *,
        collection_id: str,
        image: ImageRef,
        user_match_threshold: float = 80.0,
        max_users: int = 100,
        quality_filter: str = "NONE",
    ) -> Answer:
        """Find users like the largest face of a picture; a picture without faces finds nobody."""
        place = self._collections.place(call, collection_id)
        pixels = self._pictures.open(call.account, image)
        found = self._analysis.find(pixels)
        answer: Answer = {"UserMatches": [], "FaceModelVersion": MODEL_VERSION, "UnsearchedFaces": []}
        good = np.flatnonzero(good_enough(found, pixels, quality_filter))
        details = self._analysis.details(pixels, found)
        rest = [i for i in range(len(found)) if not len(good) or i != good[0]]
        why = {i: "FACE_NOT_LARGEST" if i in good else "LOW_FACE_QUALITY" for i in rest}
        answer["UnsearchedFaces"] = [{"FaceDetails": details[i], "Reasons": [why[i]]} for i in rest]
        if not len(good):
            return answer
        vector = self._analysis.vectors(pixels, take(found, good[:1]))[0]
        near = self._nearest(place, vector, user_match_threshold, max_users)
        return answer | {"UserMatches": near, "SearchedFace": {"FaceDetail": details[int(good[0])]}}

    def _unfit(self, place: Place, user_id: str, face_ids: Sequence[str], least: float) -> dict[str, Answer]:
        """Return the faces that cannot be given to a user, each with the reason."""
        known = {f.id: f for _, f in self._gallery.faces(place, ids=list(face_ids))}
        mean = self._mean(place, user_id)
        failed: dict[str, Answer] = {}
        for face_id in dict.fromkeys(face_ids):
            found = known.get(face_id)
            if found is None or (found.user and found.user != user_id):
                failed[face_id] = _failure(face_id, found, "ASSOCIATED_TO_A_DIFFERENT_USER")
            elif mean is not None:
                likeness = self._analysis.similarities(self._gallery.vectors_of(place, [face_id]) @ mean)
                if likeness[0] < least:
                    low = _failure(face_id, found, "LOW_MATCH_CONFIDENCE")
                    failed[face_id] = low | {"Confidence": float(likeness[0])}
        return failed

    def _assign(self, place: Place, user_id: str, face_ids: Sequence[str], owner: str | None) -> None:
        key = (place.account, place.collection)
        with self._gallery.writing() as db:
            rows = [(owner, *key, i) for i in face_ids]
            db.executemany("update faces set user = ? where account = ? and collection = ? and id = ?", rows)
            found = db.execute(
                "select vector from faces where account = ? and collection = ? and user = ?", (*key, user_id)
            )
            vectors = [np.frombuffer(row[0], np.float32) for row in found]
            mean = _unit(np.mean(vectors, axis=0)).tobytes() if vectors else None
            db.execute(
                "update users set vector = ? where account = ? and collection = ? and id = ?", (mean, *key, user_id)
            )

    def _nearest(
        self, place: Place, vector: Floats | None, least: float, limit: int, leave_out: str | None = None
    ) -> list[Answer]:
        rows = self._gallery.db.execute(
            "select id, vector from users where account = ? and collection = ? and vector is not null",
            (place.account, place.collection),
        ).fetchall()
        if vector is None or not rows:
            return []
        cosines = np.stack([np.frombuffer(v, np.float32) for _, v in rows]) @ vector
        likeness = self._analysis.similarities(cosines)
        order = [i for i in np.argsort(-likeness, kind="stable") if likeness[i] >= least and rows[i][0] != leave_out]
        return [
            {"Similarity": float(likeness[i]), "User": {"UserId": rows[i][0], "UserStatus": ACTIVE}}
            for i in order[:limit]
        ]

    def _mean(self, place: Place, user_id: str) -> Floats | None:
        row = self._gallery.db.execute(
            "select vector from users where account = ? and collection = ? and id = ?",
            (place.account, place.collection, user_id),
        ).fetchone()
        return np.frombuffer(row[0], np.float32) if row and row[0] else None

    def _face_vector(self, place: Place, face_id: str) -> Floats:
        found = self._gallery.vectors_of(place, [face_id])
        if not len(found):
            raise Fault("ResourceNotFoundException", f"The face {face_id} is not in the collection.")
        return found[0]

    def _require(self, place: Place, user_id: str) -> None:
        key = (place.account, place.collection, user_id)
        query = "select 1 from users where account = ? and collection = ? and id = ?"
        if self._gallery.db.execute(query, key).fetchone() is None:
            raise Fault("ResourceNotFoundException", f"The user {user_id} is not in the collection {place.collection}.")


def _unit(vector: Floats) -> Floats:
    return (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)


def _failure(face_id: str, found: Face | None, otherwise: str) -> Answer:
    if found is None:
        return {"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]}
    return {"FaceId": face_id, "UserId": found.user, "Reasons": [otherwise]}

"""Idempotency: a request repeated with the same token gets the same answer and does nothing again."""

import hashlib
import json
import time

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition.gallery import Gallery
from albumen.aws_api.wire import Call

LIFETIME_SECONDS = 7 * 24 * 3600
Answer = dict[str, object]


class Tokens:
    """Client request tokens and what they were answered with."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery

    def before(self, call: Call, operation: str, token: str | None, said: object) -> Answer | None:
        """Return the answer that the same request got before; refuse a token that came with another request."""
        if token is None:
            return None
        query = "select request, answer from tokens where account = ? and operation = ? and token = ? and used > ?"
        since = time.time() - LIFETIME_SECONDS
        row = self._gallery.db.execute(query, (call.account, operation, token, since)).fetchone()
        if row is None:
            return None
        if row[0] != _digest(said):
            sentence = f"The ClientRequestToken: {token} you have supplied is already in use."
            raise Fault("IdempotentParameterMismatchException", sentence)
        return json.loads(row[1])

    def remember(self, call: Call, operation: str, token: str | None, said: object, answer: Answer) -> Answer:
        """Keep an answer for a repetition, and return it."""
        if token is not None:
            row = (call.account, operation, token, _digest(said), json.dumps(answer), time.time())
            with self._gallery.writing() as db:
                db.execute("delete from tokens where used < ?", (time.time() - LIFETIME_SECONDS,))
                db.execute("insert or replace into tokens values (?, ?, ?, ?, ?, ?)", row)
        return answer


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

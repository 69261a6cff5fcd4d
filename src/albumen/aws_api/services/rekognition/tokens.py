"""Idempotency: a request repeated with the same token gets the same answer and does nothing again."""

import hashlib
import json
import threading
import time
from collections.abc import Callable

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition.gallery import Gallery
from albumen.aws_api.wire import Call

LIFETIME_SECONDS = 7 * 24 * 3600
TURNS = 64
"""Locks that tokens share: two requests with one token never act at the same time."""
Answer = dict[str, object]


class Tokens:
    """Client request tokens and what they were answered with."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._turns = [threading.Lock() for _ in range(TURNS)]

    def once(self, call: Call, operation: str, token: str | None, said: object, act: Callable[[], Answer]) -> Answer:
        """Return what the same request got before, or act and keep the answer for a repetition."""
        if token is None:
            return act()
        key = (call.account, operation, token)
        with self._turns[hash(key) % TURNS]:
            before = self._before(key, said)
            return self._remember(key, said, act()) if before is None else before

    def _before(self, key: tuple[str, str, str], said: object) -> Answer | None:
        """Return the answer that a token was given; refuse one that came with another request."""
        query = "select request, answer from tokens where account = ? and operation = ? and token = ? and used > ?"
        row = self._gallery.db.execute(query, (*key, time.time() - LIFETIME_SECONDS)).fetchone()
        if row is None:
            return None
        if row[0] != _digest(said):
            sentence = f"The ClientRequestToken: {key[2]} you have supplied is already in use."
            raise Fault("IdempotentParameterMismatchException", sentence)
        return json.loads(row[1])

    def _remember(self, key: tuple[str, str, str], said: object, answer: Answer) -> Answer:
        with self._gallery.writing() as db:
            db.execute("delete from tokens where used < ?", (time.time() - LIFETIME_SECONDS,))
            row = (*key, _digest(said), json.dumps(answer), time.time())
            db.execute("insert or replace into tokens values (?, ?, ?, ?, ?, ?)", row)
        return answer


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

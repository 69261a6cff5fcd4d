"""Queues, topics and who gets what, in one SQLite file; a message is there once however often it is delivered."""

import json
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from albumen.stores.database import Database

KEPT_SECONDS = 4 * 24 * 3600
PATIENCE_SECONDS = 0.25
SCHEMA = """
create table if not exists queues (
    account text not null, name text not null, created real not null, attributes text not null,
    primary key (account, name));
create table if not exists messages (
    number integer primary key, account text not null, queue text not null, id text not null, body text not null,
    sent real not null, visible real not null, received integer not null default 0, first real, receipt text,
    unique (account, queue, id),
    foreign key (account, queue) references queues (account, name) on delete cascade);
create table if not exists topics (
    account text not null, name text not null, created real not null, primary key (account, name));
create table if not exists subscriptions (
    id text primary key, account text not null, topic text not null, queue text not null, raw integer not null,
    unique (account, topic, queue),
    foreign key (account, topic) references topics (account, name) on delete cascade);
"""


@dataclass(frozen=True)
class Letter:
    """A message as it is handed out."""

    id: str
    body: str
    receipt: str
    sent: float
    first: float
    received: int


@dataclass(frozen=True)
class Subscription:
    """A queue that gets what a topic is told."""

    id: str
    topic: str
    queue: str
    raw: bool


class Post(Database):
    """The file of queues and topics."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it."""
        super().__init__(path, SCHEMA)
        self._arrived = threading.Condition()

    # queues

    def create_queue(self, account: str, name: str, attributes: dict[str, str]) -> dict[str, str]:
        """Make a queue, or return the attributes of the one that is there."""
        row = (account, name, time.time(), json.dumps(attributes))
        self.db.execute("insert or ignore into queues values (?, ?, ?, ?)", row)
        return self.queue(account, name) or {}

    def queue(self, account: str, name: str) -> dict[str, str] | None:
        """Return a queue's attributes, None where there is no such queue."""
        found = self.db.execute("select attributes from queues where account = ? and name = ?", (account, name))
        row = found.fetchone()
        return json.loads(row[0]) if row else None

    def created(self, account: str, name: str) -> float:
        """Return when a queue was made."""
        found = self.db.execute("select created from queues where account = ? and name = ?", (account, name))
        return float(found.fetchone()[0])

    def queues(self, account: str, prefix: str) -> list[str]:
        """Return the names of an account's queues that start with a prefix."""
        found = self.db.execute("select name from queues where account = ? order by name", (account,))
        return [row[0] for row in found if row[0].startswith(prefix)]

    def set_attributes(self, account: str, name: str, attributes: dict[str, str]) -> None:
        """Change some of a queue's attributes."""
        with self.writing() as db:
            merged = json.dumps((self.queue(account, name) or {}) | attributes)
            db.execute("update queues set attributes = ? where account = ? and name = ?", (merged, account, name))

    def delete_queue(self, account: str, name: str) -> None:
        """Remove a queue with its messages."""
        with self.writing() as db:
            db.execute("delete from queues where account = ? and name = ?", (account, name))
            db.execute("delete from subscriptions where account = ? and queue = ?", (account, name))

    def purge(self, account: str, name: str) -> None:
        """Remove a queue's messages."""
        self.db.execute("delete from messages where account = ? and queue = ?", (account, name))

    def counts(self, account: str, name: str) -> tuple[int, int]:
        """Return how many messages wait, and how many were handed out and are not yet deleted."""
        query = "select count(*), coalesce(sum(visible > ?), 0) from messages where account = ? and queue = ?"
        total, hidden = self.db.execute(query, (time.time(), account, name)).fetchone()
        return total - hidden, hidden

    # messages

    def send(self, account: str, queue: str, body: str, *, message_id: str, delay: float = 0) -> None:
        """Put a message into a queue if there is one; a message with an id that is there is not put in again."""
        now = time.time()
        with self.writing() as db:
            db.execute("delete from messages where sent < ?", (now - KEPT_SECONDS,))
            db.execute(
                "insert or ignore into messages (account, queue, id, body, sent, visible)"
                " select account, name, ?, ?, ?, ? from queues where account = ? and name = ?",
                (message_id, body, now, now + delay, account, queue),
            )
        with self._arrived:
            self._arrived.notify_all()

    def receive(self, account: str, queue: str, *, most: int, hidden: float, wait: float) -> list[Letter]:
        """Hand out messages and hide them for a while; wait for some if there are none."""
        until = time.monotonic() + wait
        while not (found := self._take(account, queue, most, hidden)) and time.monotonic() < until:
            with self._arrived:
                self._arrived.wait(min(PATIENCE_SECONDS, max(0.0, until - time.monotonic())))
        return found

    def _take(self, account: str, queue: str, most: int, hidden: float) -> list[Letter]:
        now = time.time()
        key = "select number from messages where account = ? and queue = ? and visible <= ? and sent >= ?"
        oldest = (account, queue, now, now - KEPT_SECONDS)
        if self.db.execute(f"{key} limit 1", oldest).fetchone() is None:
            return []
        with self.writing() as db:
            rows = db.execute(
                "update messages set visible = ?, received = received + 1, first = coalesce(first, ?),"
                f" receipt = number || '-' || hex(randomblob(16)) where number in ({key} order by number limit ?)"
                " returning number, id, body, receipt, sent, first, received",
                (now + hidden, now, *oldest, most),
            ).fetchall()
        return [Letter(*row[1:]) for row in sorted(rows)]

    def hide(self, account: str, queue: str, receipt: str, seconds: float) -> bool:
        """Hide a message that was handed out for another while; return whether the receipt is valid."""
        changed = self.db.execute(
            "update messages set visible = ? where account = ? and queue = ? and receipt = ?",
            (time.time() + seconds, account, queue, receipt),
        )
        return changed.rowcount == 1

    def delete(self, account: str, queue: str, receipt: str) -> None:
        """Remove a message that was handed out; one that is gone is no error."""
        self.db.execute(
            "delete from messages where account = ? and queue = ? and receipt = ?", (account, queue, receipt)
        )

    # topics

    def create_topic(self, account: str, name: str) -> None:
        """Make a topic, or leave the one that is there."""
        self.db.execute("insert or ignore into topics values (?, ?, ?)", (account, name, time.time()))

    def topics(self, account: str) -> list[str]:
        """Return the names of an account's topics."""
        return [r[0] for r in self.db.execute("select name from topics where account = ? order by name", (account,))]

    def delete_topic(self, account: str, name: str) -> None:
        """Remove a topic with its subscriptions."""
        self.db.execute("delete from topics where account = ? and name = ?", (account, name))

    def subscribe(self, account: str, topic: str, queue: str, *, raw: bool) -> str:
        """Let a queue get what a topic is told, and return the subscription's id."""
        row = (str(uuid.uuid4()), account, topic, queue, raw)
        self.db.execute("insert or ignore into subscriptions values (?, ?, ?, ?, ?)", row)
        return next(s.id for s in self.subscriptions(account, topic) if s.queue == queue)

    def unsubscribe(self, account: str, subscription: str) -> None:
        """End a subscription."""
        self.db.execute("delete from subscriptions where account = ? and id = ?", (account, subscription))

    def subscriptions(self, account: str, topic: str | None = None) -> Sequence[Subscription]:
        """Return the subscriptions of an account, or of one of its topics."""
        query = "select id, topic, queue, raw from subscriptions where account = ? and (? is null or topic = ?)"
        found = self.db.execute(f"{query} order by rowid", (account, topic, topic))
        return [Subscription(i, t, q, bool(raw)) for i, t, q, raw in found]

    def publish(self, account: str, topic: str, arn: str, message: str, *, message_id: str, subject: str = "") -> None:
        """Tell a topic something: each of its queues gets it once."""
        for subscription in self.subscriptions(account, topic):
            body = message if subscription.raw else json.dumps(notification(arn, message, message_id, subject))
            self.send(account, subscription.queue, body, message_id=message_id)


def notification(topic: str, message: str, message_id: str, subject: str = "") -> dict[str, str]:
    """Return a message as SNS hands it to subscribers; it carries no signature."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    said = {"Type": "Notification", "MessageId": message_id, "TopicArn": topic}
    return said | ({"Subject": subject} if subject else {}) | {"Message": message, "Timestamp": moment}

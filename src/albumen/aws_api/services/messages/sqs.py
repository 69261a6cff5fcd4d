"""SQS: queues that a script makes, waits at and empties."""

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.messages.post import Letter, Post
from albumen.aws_api.wire import Call

NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "262144",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "VisibilityTimeout": "30",
}
LARGEST = {"DelaySeconds": 900, "ReceiveMessageWaitTimeSeconds": 20, "VisibilityTimeout": 43_200}
KEPT = ("Policy", "RedrivePolicy", "KmsMasterKeyId", "SqsManagedSseEnabled")
"""Attributes that are given back as they came and change nothing."""
MOST_BYTES = 1024 * 1024
Answer = dict[str, object]


class Sqs:
    """The served part of SQS."""

    IGNORED = frozenset({"MessageAttributeNames", "ReceiveRequestAttemptId", "QueueOwnerAWSAccountId"})

    DEPARTS = frozenset({"AttributeNames"})
    """The model lists the attributes of queues where those of messages are meant."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def create_queue(self, call: Call, *, queue_name: str, attributes: Mapping[str, str] | None = None) -> Answer:
        """Make a queue."""
        if not NAME.fullmatch(queue_name):
            raise Fault("InvalidAttributeValue", "A queue's name has 1 to 80 letters, digits, hyphens and underscores.")
        given = _checked(attributes or {})
        kept = self._post.create_queue(call.account, queue_name, DEFAULTS | given)
        if any(kept.get(k) != v for k, v in given.items()):
            raise Fault("QueueNameExists", "A queue of that name exists with other attributes.")
        return {"QueueUrl": _url(call, queue_name)}

    def get_queue_url(self, call: Call, *, queue_name: str) -> Answer:
        """Return a queue's address."""
        self._about(call, queue_name)
        return {"QueueUrl": _url(call, queue_name)}

    def list_queues(self, call: Call, *, queue_name_prefix: str = "") -> Answer:
        """List the account's queues."""
        return {"QueueUrls": [_url(call, n) for n in self._post.queues(call.account, queue_name_prefix)] or None}

    def get_queue_attributes(self, call: Call, *, queue_url: str, attribute_names: Sequence[str] = ()) -> Answer:
        """Describe a queue."""
        name, attributes = self._queue(call, queue_url)
        waiting, hidden = self._post.counts(call.account, name)
        told = attributes | {
            "QueueArn": f"arn:aws:sqs:{call.region}:{call.account}:{name}",
            "ApproximateNumberOfMessages": str(waiting),
            "ApproximateNumberOfMessagesNotVisible": str(hidden),
            "ApproximateNumberOfMessagesDelayed": "0",
            "CreatedTimestamp": str(int(self._post.created(call.account, name))),
        }
        return {"Attributes": {k: v for k, v in told.items() if k in attribute_names or "All" in attribute_names}}

    def set_queue_attributes(self, call: Call, *, queue_url: str, attributes: Mapping[str, str]) -> Answer:
        """Change a queue."""
        name, _ = self._queue(call, queue_url)
        self._post.set_attributes(call.account, name, _checked(attributes))
        return {}

    def delete_queue(self, call: Call, *, queue_url: str) -> Answer:
        """Remove a queue."""
        self._post.delete_queue(call.account, self._queue(call, queue_url)[0])
        return {}

    def purge_queue(self, call: Call, *, queue_url: str) -> Answer:
        """Empty a queue."""
        self._post.purge(call.account, self._queue(call, queue_url)[0])
        return {}

    def send_message(
        self, call: Call, *, queue_url: str, message_body: str, delay_seconds: int | None = None
    ) -> Answer:
        """Put a message into a queue."""
        name, attributes = self._queue(call, queue_url)
        if not 0 < len(message_body.encode()) <= MOST_BYTES:
            raise Fault("InvalidMessageContents", f"A message has 1 to {MOST_BYTES} bytes.")
        delay = int(attributes["DelaySeconds"]) if delay_seconds is None else delay_seconds
        made = str(uuid.uuid4())
        self._post.send(call.account, name, message_body, message_id=made, delay=delay)
        return {"MessageId": made, "MD5OfMessageBody": _md5(message_body)}

    def receive_message(
        self,
        call: Call,
        *,
        queue_url: str,
        max_number_of_messages: int = 1,
        visibility_timeout: int | None = None,
        wait_time_seconds: int | None = None,
        attribute_names: Sequence[str] = (),
        message_system_attribute_names: Sequence[str] = (),
    ) -> Answer:
        """Hand out messages, waiting for them if asked to."""
        name, attributes = self._queue(call, queue_url)
        if not 1 <= max_number_of_messages <= 10:
            raise Fault("InvalidParameterValue", "MaxNumberOfMessages must be between 1 and 10.")
        hidden = _within("VisibilityTimeout", visibility_timeout, attributes)
        wait = _within("ReceiveMessageWaitTimeSeconds", wait_time_seconds, attributes)
        found = self._post.receive(call.account, name, most=max_number_of_messages, hidden=hidden, wait=wait)
        asked = {*attribute_names, *message_system_attribute_names}
        return {"Messages": [_message(letter, asked) for letter in found] or None}

    def delete_message(self, call: Call, *, queue_url: str, receipt_handle: str) -> Answer:
        """Remove a message that was handed out."""
        self._post.delete(call.account, self._queue(call, queue_url)[0], receipt_handle)
        return {}

    def delete_message_batch(self, call: Call, *, queue_url: str, entries: Sequence[Mapping[str, str]]) -> Answer:
        """Remove several messages that were handed out."""
        name, _ = self._queue(call, queue_url)
        for entry in entries:
            self._post.delete(call.account, name, entry["ReceiptHandle"])
        return {"Successful": [{"Id": e["Id"]} for e in entries], "Failed": []}

    def change_message_visibility(
        self, call: Call, *, queue_url: str, receipt_handle: str, visibility_timeout: int
    ) -> Answer:
        """Hide a message that was handed out for another while."""
        name, attributes = self._queue(call, queue_url)
        seconds = _within("VisibilityTimeout", visibility_timeout, attributes)
        if not self._post.hide(call.account, name, receipt_handle, seconds):
            raise Fault("ReceiptHandleIsInvalid", "The receipt handle is not one of this queue's.")
        return {}

    def _queue(self, call: Call, url: str) -> tuple[str, dict[str, str]]:
        """Return name and attributes of the queue at an address, which must be the caller's own."""
        path = urlsplit(url).path.strip("/").split("/")
        account, name = path if len(path) == 2 else ("", "")
        return name, self._about(call, name if account == call.account else "")

    def _about(self, call: Call, name: str) -> dict[str, str]:
        found = self._post.queue(call.account, name)
        if found is None:
            raise Fault("QueueDoesNotExist", "The specified queue does not exist.")
        return found


def _url(call: Call, name: str) -> str:
    return f"http://{call.host}/{call.account}/{name}"


def _checked(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes of a queue, or refuse those that it cannot have."""
    for name, value in attributes.items():
        if name not in DEFAULTS and name not in KEPT:
            raise Fault("InvalidAttributeName", f"Unknown Attribute {name}.")
        if name in LARGEST and not (value.isdecimal() and int(value) <= LARGEST[name]):
            raise Fault("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    return dict(attributes)


def _within(name: str, given: int | None, attributes: Mapping[str, str]) -> int:
    value = int(attributes[name]) if given is None else given
    if not 0 <= value <= LARGEST[name]:
        raise Fault("InvalidParameterValue", f"{name} must be between 0 and {LARGEST[name]}.")
    return value


def _message(letter: Letter, asked: set[str]) -> Answer:
    told = {
        "SentTimestamp": str(int(1000 * letter.sent)),
        "ApproximateFirstReceiveTimestamp": str(int(1000 * letter.first)),
        "ApproximateReceiveCount": str(letter.received),
    }
    kept = {k: v for k, v in told.items() if k in asked or "All" in asked}
    answer: Answer = {"MessageId": letter.id, "ReceiptHandle": letter.receipt, "Body": letter.body}
    return answer | {"MD5OfBody": _md5(letter.body), "Attributes": kept or None}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

"""Telling somebody that a job is over: what SNS would say, to queues and to web addresses."""

import json
import logging
import time
import uuid
from collections.abc import Mapping
from typing import Protocol, TypedDict

import httpx

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.messages.post import Post, notification
from albumen.aws_api.services.messages.sns import known
from albumen.jobs.queue import Json
from albumen.jobs.worker import Steps

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 10


class Channel(TypedDict, total=False):
    """Whom a request wants to be told."""

    SNSTopicArn: str
    RoleArn: str


class Topics(Protocol):
    """Where messages to topics go."""

    def publish(self, account: str, topic: str, message: str, message_id: str, /) -> None:
        """Send a message."""
        ...

    def has(self, account: str, topic: str, /) -> bool:
        """Tell whether an account's topic leads anywhere."""
        ...


class Subscribers:
    """Who hears what topics are told: queues of this server, and the web address that a topic is mapped to."""

    def __init__(self, addresses: Mapping[str, str] | None = None, post: Post | None = None) -> None:
        self._addresses, self._post = dict(addresses or {}), post

    def has(self, account: str, topic: str, /) -> bool:
        """Tell whether a topic has an address, or was made on this server."""
        return topic in self._addresses or self._own(account, topic) is not None

    def publish(self, account: str, topic: str, message: str, message_id: str, /) -> None:
        """Put a message into the topic's queues, and post it as SNS does to HTTP subscribers."""
        name = self._own(account, topic)
        if self._post and name:
            self._post.publish(account, name, topic, message, message_id=message_id)
        if topic not in self._addresses:
            return
        headers = {
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": message_id,
            "x-amz-sns-topic-arn": topic,
            "Content-Type": "text/plain; charset=UTF-8",
        }
        body = json.dumps(notification(topic, message, message_id))
        httpx.post(self._addresses[topic], content=body, headers=headers, timeout=PATIENCE_SECONDS)

    def _own(self, account: str, topic: str) -> str | None:
        return known(self._post, account, topic) if self._post else None


def check(topics: Topics, account: str, channel: Channel | None) -> None:
    """Refuse a channel whose messages would go nowhere."""
    topic = (channel or {}).get("SNSTopicArn")
    if topic and not topics.has(account, topic):
        sentence = f"Request has invalid parameters: there is no topic {topic} on this server; make it, or map it"
        raise Fault("InvalidParameterException", f"{sentence} to a web address.")


def message(job: str, api: str, status: str, tag: str | None, bucket: str, name: str) -> str:
    """Return what Rekognition says when a video is done."""
    body = {
        "JobId": job,
        "Status": status,
        "API": api,
        "JobTag": tag,
        "Timestamp": round(time.time() * 1000),
        "Video": {"S3ObjectName": name, "S3Bucket": bucket},
    }
    return json.dumps({k: v for k, v in body.items() if v is not None})


def tell(topics: Topics, account: str, channel: Channel | None, text: str, steps: Steps) -> None:
    """Send what a job says to the topic of its channel, once however often the job is interrupted."""
    topic = (channel or {}).get("SNSTopicArn")
    if topic:
        made = steps.once("message", lambda: {"id": str(uuid.uuid4())})
        steps.once("notice", lambda: _publish(topics, account, topic, text, str(made["id"])))


def _publish(topics: Topics, account: str, topic: str, text: str, message_id: str) -> Json:
    try:
        topics.publish(account, topic, text, message_id)
    except httpx.HTTPError as error:
        log.warning("the message to %s was not delivered: %s", topic, error)
        return {"delivered": False}
    return {"delivered": True}

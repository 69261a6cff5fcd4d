"""Telling somebody that a job is over: topics are mapped to web addresses that get the message SNS would send."""

import json
import logging
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol, TypedDict

import httpx

from albumen.aws_api.errors import Fault
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

    def publish(self, topic: str, message: str, message_id: str, /) -> None:
        """Send a message."""
        ...

    def has(self, topic: str, /) -> bool:
        """Tell whether a topic leads anywhere."""
        ...


class Webhooks:
    """Topics as web addresses."""

    def __init__(self, addresses: Mapping[str, str] | None = None) -> None:
        self._addresses = dict(addresses or {})

    def has(self, topic: str, /) -> bool:
        """Tell whether a topic has an address."""
        return topic in self._addresses

    def publish(self, topic: str, message: str, message_id: str, /) -> None:
        """Post the notification that an HTTP subscriber of SNS gets."""
        body = {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": topic,
            "Message": message,
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        }
        headers = {
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": message_id,
            "x-amz-sns-topic-arn": topic,
            "Content-Type": "text/plain; charset=UTF-8",
        }
        httpx.post(self._addresses[topic], content=json.dumps(body), headers=headers, timeout=PATIENCE_SECONDS)


def check(topics: Topics, channel: Channel | None) -> None:
    """Refuse a channel whose messages would go nowhere."""
    topic = (channel or {}).get("SNSTopicArn")
    if topic and not topics.has(topic):
        sentence = f"Request has invalid parameters: the topic {topic} has no address on this server; map it to one."
        raise Fault("InvalidParameterException", sentence)


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


def tell(topics: Topics, channel: Channel | None, text: str, steps: Steps) -> None:
    """Send what a job says to the topic of its channel, once however often the job is interrupted."""
    topic = (channel or {}).get("SNSTopicArn")
    if topic:
        made = steps.once("message", lambda: {"id": str(uuid.uuid4())})
        steps.once("notice", lambda: _publish(topics, topic, text, str(made["id"])))


def _publish(topics: Topics, topic: str, text: str, message_id: str) -> Json:
    try:
        topics.publish(topic, text, message_id)
    except httpx.HTTPError as error:
        log.warning("the message to %s was not delivered: %s", topic, error)
        return {"delivered": False}
    return {"delivered": True}

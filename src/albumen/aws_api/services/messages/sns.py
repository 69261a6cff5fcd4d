"""SNS: topics that hand what they are told to queues of this server."""

import re
import uuid
from collections.abc import Mapping

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.messages.post import Post, Subscription
from albumen.aws_api.wire import Call

NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[^:]*:(?P<account>[^:]*):(?P<name>[A-Za-z0-9_-]{1,256})")
QUEUE = re.compile(r"arn:aws[a-z-]*:sqs:[^:]*:(?P<account>[^:]*):(?P<name>[A-Za-z0-9_-]{1,80})")
MOST_BYTES = 256 * 1024
Answer = dict[str, object]


def known(post: Post, account: str, arn: str) -> str | None:
    """Return the name of an account's topic, None where there is no such topic."""
    found = TOPIC.fullmatch(arn)
    here = found and found["account"] == account and found["name"] in post.topics(account)
    return found["name"] if found and here else None


class Sns:
    """The served part of SNS."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def create_topic(self, call: Call, *, name: str) -> Answer:
        """Make a topic, or answer with the one that is there."""
        if not NAME.fullmatch(name):
            raise Fault("InvalidParameter", "Invalid parameter: Topic Name")
        self._post.create_topic(call.account, name)
        return {"TopicArn": _arn(call, name)}

    def delete_topic(self, call: Call, *, topic_arn: str) -> Answer:
        """Remove a topic; one that is gone is no error."""
        name = known(self._post, call.account, topic_arn)
        if name:
            self._post.delete_topic(call.account, name)
        return {}

    def list_topics(self, call: Call) -> Answer:
        """List the account's topics."""
        return {"Topics": [{"TopicArn": _arn(call, n)} for n in self._post.topics(call.account)]}

    def get_topic_attributes(self, call: Call, *, topic_arn: str) -> Answer:
        """Describe a topic."""
        name = self._require(call, topic_arn)
        count = len(self._post.subscriptions(call.account, name))
        told = {"TopicArn": topic_arn, "Owner": call.account, "SubscriptionsConfirmed": str(count)}
        return {"Attributes": told | {"SubscriptionsPending": "0", "SubscriptionsDeleted": "0"}}

    def subscribe(
        self,
        call: Call,
        *,
        topic_arn: str,
        protocol: str,
        endpoint: str = "",
        attributes: Mapping[str, str] | None = None,
        return_subscription_arn: bool = False,
    ) -> Answer:
        """Let a queue of the caller's get what a topic is told."""
        name, queue = self._require(call, topic_arn), QUEUE.fullmatch(endpoint)
        if protocol != "sqs":
            sentence = "Invalid parameter: only queues of this server can subscribe (protocol sqs); map topics to web "
            raise Fault("InvalidParameter", f"{sentence}addresses in the server's settings.")
        if not queue or queue["account"] != call.account or self._post.queue(call.account, queue["name"]) is None:
            raise Fault("InvalidParameter", "Invalid parameter: SQS endpoint ARN")
        raw = (attributes or {}).get("RawMessageDelivery", "false") == "true"
        made = self._post.subscribe(call.account, name, queue["name"], raw=raw)
        return {"SubscriptionArn": f"{topic_arn}:{made}"}

    def unsubscribe(self, call: Call, *, subscription_arn: str) -> Answer:
        """End a subscription; one that is gone is no error."""
        self._post.unsubscribe(call.account, subscription_arn.rpartition(":")[2])
        return {}

    def list_subscriptions(self, call: Call) -> Answer:
        """List the account's subscriptions."""
        return {"Subscriptions": [_told(call, s) for s in self._post.subscriptions(call.account)]}

    def list_subscriptions_by_topic(self, call: Call, *, topic_arn: str) -> Answer:
        """List a topic's subscriptions."""
        name = self._require(call, topic_arn)
        return {"Subscriptions": [_told(call, s) for s in self._post.subscriptions(call.account, name)]}

    def publish(
        self,
        call: Call,
        *,
        message: str,
        topic_arn: str = "",
        target_arn: str = "",
        subject: str = "",
    ) -> Answer:
        """Tell a topic something."""
        arn = topic_arn or target_arn
        name = self._require(call, arn)
        if not 0 < len(message.encode()) <= MOST_BYTES:
            raise Fault("InvalidParameter", f"Invalid parameter: a message has 1 to {MOST_BYTES} bytes")
        made = str(uuid.uuid4())
        self._post.publish(call.account, name, arn, message, message_id=made, subject=subject)
        return {"MessageId": made}

    def _require(self, call: Call, arn: str) -> str:
        name = known(self._post, call.account, arn)
        if name is None:
            raise Fault("NotFound", "Topic does not exist")
        return name


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:sns:{call.region}:{call.account}:{name}"


def _told(call: Call, found: Subscription) -> Answer:
    topic = _arn(call, found.topic)
    queue = f"arn:aws:sqs:{call.region}:{call.account}:{found.queue}"
    told: Answer = {"SubscriptionArn": f"{topic}:{found.id}", "TopicArn": topic, "Owner": call.account}
    return told | {"Protocol": "sqs", "Endpoint": queue}

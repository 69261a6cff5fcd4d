"""Queues and topics as boto3 sees them: what is sent arrives once, and nobody reads another account's."""

import concurrent.futures
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from albumen.aws_api.access import Access
from albumen.aws_api.errors import Fault
from albumen.aws_api.protocol import json as json_protocol
from albumen.aws_api.services.messages import Post, Sns, Sqs, Sts
from albumen.aws_api.services.rekognition import Subscribers
from tests.aws_api.conftest import SECRET, OneKey, wait_for

ACCOUNT = "111111111111"


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Post:
    return Post(tmp_path_factory.mktemp("post") / "messages.sqlite")


@pytest.fixture(scope="module")
def connect(post: Post, serving: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    with serving({"sns": Sns(post), "sqs": Sqs(post), "sts": Sts()}, Access.by_keys(OneKey())) as address:
        wait_for(address)

        def make(service: str, key: str = "AKIDEXAMPLE", secret: str = SECRET) -> Any:
            return boto3.client(
                service,
                endpoint_url=address,
                region_name="eu-central-1",
                aws_access_key_id=key,
                aws_secret_access_key=secret,
            )

        yield make


@pytest.fixture(scope="module")
def sqs(connect: Callable[..., Any]) -> Any:
    return connect("sqs")


@pytest.fixture
def queue(sqs: Any, request: pytest.FixtureRequest) -> str:
    return str(sqs.create_queue(QueueName=f"q{abs(hash(request.node.name))}")["QueueUrl"])


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as error:
        call()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
    return str(error.value.response["Error"]["Code"])


def test_a_message_is_hidden_once_handed_out_until_its_time_is_over(sqs: Any, queue: str) -> None:
    sent = sqs.send_message(QueueUrl=queue, MessageBody="hello ü")
    asked = {"QueueUrl": queue, "VisibilityTimeout": 1, "AttributeNames": ["ApproximateReceiveCount"]}
    first = sqs.receive_message(**asked)["Messages"][0]
    assert (first["Body"], first["MessageId"]) == ("hello ü", sent["MessageId"])
    assert first["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert "Messages" not in sqs.receive_message(**asked)
    again = sqs.receive_message(**asked, WaitTimeSeconds=5)["Messages"][0]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=again["ReceiptHandle"])
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]) == ("0", "0")


def test_a_message_may_be_hidden_longer_or_shorter(sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    receipt = sqs.receive_message(QueueUrl=queue)["Messages"][0]["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=receipt, VisibilityTimeout=0)
    assert len(sqs.receive_message(QueueUrl=queue)["Messages"]) == 1
    wrong = {"QueueUrl": queue, "ReceiptHandle": "no", "VisibilityTimeout": 0}
    assert refused(lambda: sqs.change_message_visibility(**wrong)) == "ReceiptHandleIsInvalid"


def test_who_waits_gets_a_message_as_soon_as_it_comes(sqs: Any, queue: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=10)
        time.sleep(0.1)
        start = time.monotonic()
        sqs.send_message(QueueUrl=queue, MessageBody="now")
        assert waiting.result()["Messages"][0]["Body"] == "now"
        assert time.monotonic() - start < 2


def test_two_who_read_at_once_never_get_the_same_message(sqs: Any, queue: str) -> None:
    for n in range(20):
        sqs.send_message(QueueUrl=queue, MessageBody=str(n))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda _: sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=3), range(8))
        bodies = [m["Body"] for answer in found for m in answer.get("Messages", [])]
    assert sorted(bodies, key=int) == [str(n) for n in range(20)]


def test_queues_are_made_found_listed_and_removed(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="made", Attributes={"VisibilityTimeout": "7"})["QueueUrl"]
    assert sqs.create_queue(QueueName="made")["QueueUrl"] == url
    assert sqs.get_queue_url(QueueName="made")["QueueUrl"] == url
    assert sqs.list_queues(QueueNamePrefix="mad")["QueueUrls"] == [url]
    other = {"QueueName": "made", "Attributes": {"VisibilityTimeout": "8"}}
    assert refused(lambda: sqs.create_queue(**other)) == "QueueNameExists"
    sqs.purge_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.send_message(QueueUrl=url, MessageBody="x")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"QueueName": "a/b"}, "InvalidAttributeValue"),
        ({"QueueName": "first-in.fifo"}, "InvalidAttributeValue"),
        ({"QueueName": "q", "Attributes": {"VisibilityTimeout": "soon"}}, "InvalidAttributeValue"),
        ({"QueueName": "q", "Attributes": {"FifoQueue": "true"}}, "InvalidAttributeName"),
    ],
)
def test_queues_that_cannot_be_are_refused(sqs: Any, asked: dict[str, Any], code: str) -> None:
    assert refused(lambda: sqs.create_queue(**asked)) == code


def test_a_topic_tells_its_queues_and_nobody_else(connect: Callable[..., Any], sqs: Any, queue: str) -> None:
    sns = connect("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    assert sns.create_topic(Name="news")["TopicArn"] == topic
    name = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    made = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=name, ReturnSubscriptionArn=True)["SubscriptionArn"]
    sns.publish(TopicArn=topic, Message="<&>", Subject="s")
    told = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert (told["Type"], told["TopicArn"], told["Message"], told["Subject"]) == ("Notification", topic, "<&>", "s")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"] == "1"
    assert [s["Endpoint"] for s in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]] == [name]
    sns.unsubscribe(SubscriptionArn=made)
    assert sns.list_subscriptions()["Subscriptions"] == []
    assert topic in [t["TopicArn"] for t in sns.list_topics()["Topics"]]
    sns.delete_topic(TopicArn=topic)
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.publish(TopicArn=topic, Message="x")


def test_raw_delivery_leaves_the_message_as_it_is(connect: Callable[..., Any], sqs: Any, queue: str) -> None:
    sns = connect("sns")
    topic = sns.create_topic(Name="raw")["TopicArn"]
    name = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=name, Attributes={"RawMessageDelivery": "true"})
    sns.publish(TopicArn=topic, Message="plain")
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "plain"


def test_only_own_queues_of_this_server_can_subscribe(connect: Callable[..., Any]) -> None:
    sns = connect("sns")
    topic = sns.create_topic(Name="closed")["TopicArn"]
    connect("sqs", "AKIDOTHER").create_queue(QueueName="theirs")
    for protocol, endpoint in (
        ("http", "http://127.0.0.1:1/"),
        ("email", "a@example.com"),
        ("sqs", "arn:aws:sqs:eu-central-1:222222222222:theirs"),
        ("sqs", "arn:aws:sqs:eu-central-1:111111111111:none"),
    ):
        with pytest.raises(sns.exceptions.InvalidParameterException):
            sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)


def test_an_account_reaches_neither_queues_nor_topics_of_another(connect: Callable[..., Any], queue: str) -> None:
    other = connect("sqs", "AKIDOTHER")
    assert refused(lambda: other.receive_message(QueueUrl=queue)) == "QueueDoesNotExist"
    topic = connect("sns").create_topic(Name="mine")["TopicArn"]
    theirs = connect("sns", "AKIDOTHER")
    assert refused(lambda: theirs.publish(TopicArn=topic, Message="x")) == "NotFound"
    assert connect("sts", "AKIDOTHER").get_caller_identity()["Account"] == "222222222222"


def test_a_wrong_secret_is_refused_in_the_form_of_the_protocol(connect: Callable[..., Any]) -> None:
    for service, ask in (("sts", "get_caller_identity"), ("sqs", "list_queues")):
        code = refused(getattr(connect(service, secret="wrong"), ask))
        assert code in ("SignatureDoesNotMatch", "InvalidSignatureException")


def test_a_notice_that_is_sent_twice_arrives_once(post: Post, sqs: Any, queue: str) -> None:
    post.create_topic(ACCOUNT, "done")
    post.subscribe(ACCOUNT, "done", queue.rpartition("/")[2], raw=True)
    for _ in range(2):
        Subscribers(post=post).publish(ACCOUNT, f"arn:aws:sns:x:{ACCOUNT}:done", "text", "one-id")
    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert [m["Body"] for m in found] == ["text"]


def test_half_a_letter_is_refused() -> None:
    with pytest.raises(Fault, match="not valid JSON"):
        json_protocol.load(b'{"MessageBody": "\\ud83d"}')
    assert json_protocol.load(b'{"MessageBody": "\\ud83d\\ude00"}') == {"MessageBody": "\U0001f600"}


def test_a_subscription_whose_queue_is_gone_keeps_nobody_else_from_hearing(post: Post) -> None:
    post.create_topic("7", "news")
    for queue in ("gone", "there"):
        post.create_queue("7", queue, {})
        post.subscribe("7", "news", queue, raw=True)
    post.db.execute("delete from queues where name = 'gone'")  # as an end of the server between two steps leaves it
    post.publish("7", "news", "arn", "text", message_id="m")
    assert [letter.body for letter in post.receive("7", "there", most=1, hidden=30, wait=0)] == ["text"]
    post.send("7", "gone", "text", message_id="n")


def test_messages_survive_a_restart(tmp_path: Path) -> None:
    post = Post(tmp_path / "messages.sqlite")
    post.create_queue("1", "q", {})
    post.send("1", "q", "kept", message_id="m")
    again = Post(tmp_path / "messages.sqlite")
    assert [letter.body for letter in again.receive("1", "q", most=1, hidden=30, wait=0)] == ["kept"]

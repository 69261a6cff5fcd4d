"""Scripts as people write them, with clients that know nothing but the endpoint in their environment."""

import io
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx
import numpy as np
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError
from PIL import Image as Pillow

from albumen.aws_api.access import Access
from albumen.aws_api.application import Options, services
from albumen.aws_api.services.s3 import Store
from tests.aws_api import aws_fakes
from tests.aws_api.aws_fakes import BLUE, GREEN, GREY, RED, picture
from tests.aws_api.conftest import said_in_the_environment
from tests.aws_api.textract.conftest import FakePages, tiff
from tests.aws_api.textract.conftest import picture as page

BUCKET = "my-photos"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scripts")
    made = services(folder, replace(aws_fakes.tasks(), documents=FakePages()), Options(workers=2))
    Store(folder / "buckets").create_bucket("000000000000", BUCKET)
    with serving(made, Access()) as address:
        yield address


@pytest.fixture(scope="module", autouse=True)
def environment(address: str) -> Iterator[None]:
    with said_in_the_environment(address):
        yield


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with two pictures."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.png").write_bytes(page())
    (tmp_path / "photo.png").write_bytes(picture(RED, BLUE))
    (tmp_path / "photo.jpg").write_bytes(picture(RED, GREEN, kind="JPEG"))


@pytest.fixture
def collection() -> Iterator[str]:
    client, name = boto3.client("rekognition"), f"people-{uuid.uuid4().hex[:8]}"
    client.create_collection(CollectionId=name)
    yield name
    client.delete_collection(CollectionId=name)


@pytest.fixture
def clip(tmp_path: Path) -> str:
    aws_fakes.clip(tmp_path / "clip.mp4", [GREY, RED], seconds=1)
    boto3.client("s3").upload_file("clip.mp4", BUCKET, "clip.mp4")
    return "clip.mp4"


# labels


def test_labels_of_an_object_in_a_bucket() -> None:
    s3, client = boto3.resource("s3"), boto3.client("rekognition", "eu-west-1")
    s3.Bucket(BUCKET).upload_file("photo.png", "images/photo.png")
    where = {"S3Object": {"Bucket": BUCKET, "Name": "images/photo.png"}}
    found = client.detect_labels(Image=where, MaxLabels=10, MinConfidence=75)["Labels"]
    assert "Person - 90.00%" in ["{Name} - {Confidence:.2f}%".format(**label) for label in found]
    for label in found:
        for instance in label["Instances"]:
            assert {"Top", "Left", "Width", "Height"} == instance["BoundingBox"].keys()
        assert all(p["Name"] in {x["Name"] for x in found} for p in label["Parents"])


def test_labels_of_bytes_as_a_bytearray_and_as_an_open_file_read() -> None:
    client = boto3.client("rekognition")
    with open("photo.jpg", "rb") as image:
        assert client.detect_labels(Image={"Bytes": bytearray(image.read())}, MaxLabels=1)["Labels"]
    buffer = io.BytesIO()
    Pillow.fromarray(np.zeros((90, 90, 3), np.uint8)).save(buffer, format="jpeg")
    assert client.detect_labels(Image={"Bytes": buffer.getvalue()})["LabelModelVersion"] == "3.0"


def test_boxes_are_drawn_around_what_was_found() -> None:
    with Pillow.open("photo.png") as image:
        image.load()
    found = boto3.client("rekognition").detect_labels(Image={"Bytes": Path("photo.png").read_bytes()})
    boxes = [
        (
            image.width * i["BoundingBox"]["Left"],
            image.height * i["BoundingBox"]["Top"],
            image.width * (i["BoundingBox"]["Left"] + i["BoundingBox"]["Width"]),
        )
        for label in found["Labels"]
        if label["Name"] == "Dog"
        for i in label["Instances"]
    ]
    assert boxes == [(pytest.approx(160, abs=2), pytest.approx(16, abs=2), pytest.approx(320, abs=2))]


def test_labels_with_colours_and_filters() -> None:
    found = boto3.client("rekognition").detect_labels(
        Image={"Bytes": Path("photo.png").read_bytes()},
        Features=["GENERAL_LABELS", "IMAGE_PROPERTIES"],
        Settings={
            "GeneralLabels": {"LabelInclusionFilters": ["Dog"]},
            "ImageProperties": {"MaxDominantColors": 2},
        },
    )
    assert [label["Name"] for label in found["Labels"]] == ["Dog"]
    assert len(found["ImageProperties"]["DominantColors"]) == 2
    assert found["Labels"][0]["Instances"][0]["DominantColors"][0]["SimplifiedColor"] == "blue"


# faces


def test_faces_with_all_attributes_as_the_guide_prints_them() -> None:
    s3 = boto3.client("s3")
    with open("photo.jpg", "rb") as photo:
        s3.put_object(Bucket=BUCKET, Key="people.jpg", Body=photo)
    where = {"S3Object": {"Bucket": BUCKET, "Name": "people.jpg"}}
    for face in boto3.client("rekognition").detect_faces(Image=where, Attributes=["ALL"])["FaceDetails"]:
        assert json.dumps(face, indent=4, sort_keys=True)
        assert face["BoundingBox"]["Width"] * 320 == pytest.approx(160, abs=3)


def test_compares_a_face_with_those_of_another_picture() -> None:
    client = boto3.client("rekognition")
    with open("photo.png", "rb") as source, open("photo.jpg", "rb") as target:
        found = client.compare_faces(
            SimilarityThreshold=80, SourceImage={"Bytes": source.read()}, TargetImage={"Bytes": target.read()}
        )
    for match in found["FaceMatches"]:
        position = match["Face"]["BoundingBox"]
        assert f"{position['Left']:.2f} {match['Similarity']:.0f}% {match['Face']['Confidence']:.0f}" == "0.00 100% 95"
    assert len(found["UnmatchedFaces"]) == 1


def test_a_collection_from_its_making_to_its_end(collection: str) -> None:
    client = boto3.client("rekognition")
    boto3.client("s3").upload_file("photo.jpg", BUCKET, "people.jpg")
    where = {"S3Object": {"Bucket": BUCKET, "Name": "people.jpg"}}
    indexed = client.index_faces(
        CollectionId=collection,
        Image=where,
        ExternalImageId="people.jpg",
        MaxFaces=1,
        QualityFilter="AUTO",
        DetectionAttributes=["ALL"],
    )
    assert [f["Face"]["ExternalImageId"] for f in indexed["FaceRecords"]] == ["people.jpg"]
    assert [r for u in indexed["UnindexedFaces"] for r in u["Reasons"]] == ["EXCEEDS_MAX_FACES"]
    page = client.list_faces(CollectionId=collection, MaxResults=2)
    ids = [f["FaceId"] for f in page["Faces"]]
    while "NextToken" in page:
        page = client.list_faces(CollectionId=collection, NextToken=page["NextToken"], MaxResults=2)
        ids += [f["FaceId"] for f in page["Faces"]]
    matches = client.search_faces_by_image(CollectionId=collection, Image=where, FaceMatchThreshold=70, MaxFaces=2)[
        "FaceMatches"
    ]
    assert [m["Face"]["FaceId"] for m in matches] == ids
    assert client.search_faces(CollectionId=collection, FaceId=ids[0], FaceMatchThreshold=70, MaxFaces=2)
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 1
    assert client.delete_faces(CollectionId=collection, FaceIds=ids)["DeletedFaces"] == ids


def test_users_of_a_collection(collection: str) -> None:
    client = boto3.client("rekognition")
    data = picture(RED)
    face = client.index_faces(CollectionId=collection, Image={"Bytes": data})["FaceRecords"][0]["Face"]["FaceId"]
    client.create_user(CollectionId=collection, UserId="demoUser1")
    done = client.associate_faces(
        CollectionId=collection, UserId="demoUser1", FaceIds=[face], UserMatchThreshold=70,
        ClientRequestToken=str(uuid.uuid4()),
    )  # fmt: skip
    assert done["UserStatus"] == "ACTIVE"
    for ask in ({"UserId": "demoUser1"}, {"FaceId": face}):
        assert "UserMatches" in client.search_users(CollectionId=collection, **ask)
    found = client.search_users_by_image(CollectionId=collection, Image={"Bytes": data})
    assert [m["User"]["UserId"] for m in found["UserMatches"]] == ["demoUser1"]
    assert client.list_users(CollectionId=collection, MaxResults=10)["Users"][0]["UserId"] == "demoUser1"
    client.disassociate_faces(CollectionId=collection, UserId="demoUser1", FaceIds=[face])
    client.delete_user(CollectionId=collection, UserId="demoUser1")


def test_collections_are_listed_by_hand_and_by_a_paginator(collection: str) -> None:
    client = boto3.client("rekognition")
    answer, names = client.list_collections(MaxResults=1), list[str]()
    while True:
        names += answer["CollectionIds"]
        if "NextToken" not in answer:
            break
        answer = client.list_collections(NextToken=answer["NextToken"], MaxResults=1)
    pages = client.get_paginator("list_collections").paginate(PaginationConfig={"MaxItems": 10, "PageSize": 1})
    assert names == [c for p in pages for c in p["CollectionIds"]] and collection in names


def test_a_script_that_makes_its_collection_only_once(collection: str) -> None:
    client = boto3.client("rekognition")
    try:
        client.create_collection(CollectionId=collection)
    except client.exceptions.ResourceAlreadyExistsException as error:
        assert error.response["Error"]["Message"] == f"The collection id: {collection} already exists"
    try:
        client.describe_collection(CollectionId="gone")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceNotFoundException"


# moderation, protective equipment, text


def test_moderation_with_a_threshold() -> None:
    client = boto3.client("rekognition")
    found = client.detect_moderation_labels(Image={"Bytes": picture(RED)}, MinConfidence=60)["ModerationLabels"]
    assert [f"{x['Name']} : {x['Confidence']:.0f} {x['ParentName']}" for x in found] == ["Explicit : 90 "]
    assert not client.detect_moderation_labels(Image={"Bytes": picture(RED)}, MinConfidence=95)["ModerationLabels"]


def test_protective_equipment_as_the_guide_prints_it() -> None:
    found = boto3.client("rekognition").detect_protective_equipment(
        Image={"Bytes": Path("photo.jpg").read_bytes()},
        SummarizationAttributes={
            "MinConfidence": 80,
            "RequiredEquipmentTypes": ["FACE_COVER", "HAND_COVER", "HEAD_COVER"],
        },
    )
    for person in found["Persons"]:
        for part in person["BodyParts"]:
            assert part["Name"] in ("FACE", "HEAD")
            assert part["EquipmentDetections"] == []
    assert found["Summary"].keys() == {
        "PersonsWithRequiredEquipment", "PersonsWithoutRequiredEquipment", "PersonsIndeterminate",
    }  # fmt: skip


def test_text_with_filters_and_regions() -> None:
    client = boto3.client("rekognition")
    found = client.detect_text(
        Image={"Bytes": picture(GREY)},
        Filters={
            "WordFilter": {"MinConfidence": 80, "MinBoundingBoxHeight": 0.05, "MinBoundingBoxWidth": 0.02},
            "RegionsOfInterest": [{"BoundingBox": {"Width": 1.0, "Height": 0.5, "Left": 0.0, "Top": 0.0}}],
        },
    )["TextDetections"]
    said = [(t["DetectedText"], t["Id"], t.get("ParentId"), t["Type"]) for t in found]
    assert said == [("Hello world", 0, None, "LINE"), ("Hello", 1, 0, "WORD"), ("world", 2, 0, "WORD")]


def test_text_inside_a_polygon() -> None:
    left = [{"X": 0.0, "Y": 0.0}, {"X": 0.45, "Y": 0.0}, {"X": 0.45, "Y": 1.0}, {"X": 0.0, "Y": 1.0}]
    found = boto3.client("rekognition").detect_text(
        Image={"Bytes": picture(GREY)}, Filters={"RegionsOfInterest": [{"Polygon": left}]}
    )["TextDetections"]
    assert [t["DetectedText"] for t in found if t["Type"] == "WORD"] == ["Hello"]


# videos


def test_a_video_job_polled_and_paged_as_the_guide_does_it(clip: str) -> None:
    client = boto3.client("rekognition")
    job = client.start_label_detection(Video={"S3Object": {"Bucket": BUCKET, "Name": clip}})["JobId"]
    while client.get_label_detection(JobId=job)["JobStatus"] == "IN_PROGRESS":
        time.sleep(0.05)
    token, finished, rows = "", False, list[Any]()
    while not finished:
        page = client.get_label_detection(JobId=job, MaxResults=1, NextToken=token, SortBy="TIMESTAMP")
        assert page["VideoMetadata"]["DurationMillis"] == 2000
        rows += page["Labels"]
        token, finished = page.get("NextToken", ""), "NextToken" not in page
    assert {"Person"} == {r["Label"]["Name"] for r in rows if r["Label"]["Name"] == "Person"}
    assert sorted(r["Timestamp"] for r in rows) == [r["Timestamp"] for r in rows]


def test_a_video_job_that_tells_a_queue_as_the_guide_does_it(clip: str) -> None:
    sns, sqs, client = boto3.client("sns"), boto3.client("sqs"), boto3.client("rekognition")
    topic = sns.create_topic(Name=f"AmazonRekognitionExample{uuid.uuid4().hex[:8]}")["TopicArn"]
    url = sqs.create_queue(QueueName="AmazonRekognitionQueue")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "SQS:SendMessage"}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    job = client.start_face_detection(
        Video={"S3Object": {"Bucket": BUCKET, "Name": clip}},
        NotificationChannel={"RoleArn": "arn:aws:iam::000000000000:role/serviceRekognition", "SNSTopicArn": topic},
    )["JobId"]
    found, answer = False, dict[str, Any]()
    while not found:
        answer = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["ALL"], MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            told = json.loads(json.loads(message["Body"])["Message"])
            found = told["JobId"] == job
            assert (told["Status"], told["API"]) == ("SUCCEEDED", "StartFaceDetection")
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert {f["Timestamp"] for f in client.get_face_detection(JobId=job)["Faces"]} == {1000, 1500}
    sqs.delete_queue(QueueUrl=url)
    sns.delete_topic(TopicArn=topic)


def test_a_notification_channel_made_of_resources_and_waited_at(clip: str) -> None:
    topic = boto3.resource("sns").create_topic(Name="video-done")
    queue = boto3.resource("sqs").create_queue(
        QueueName="video-done", Attributes={"ReceiveMessageWaitTimeSeconds": "5"}
    )
    topic.subscribe(Protocol="sqs", Endpoint=queue.attributes["QueueArn"])
    channel = {"RoleArn": "arn:aws:iam::000000000000:role/any", "SNSTopicArn": topic.arn}
    where = {"S3Object": {"Bucket": BUCKET, "Name": clip}}
    job = boto3.client("rekognition").start_text_detection(Video=where, NotificationChannel=channel)["JobId"]
    message = queue.receive_messages(MaxNumberOfMessages=1, WaitTimeSeconds=20)[0]
    assert json.loads(json.loads(message.body)["Message"])["JobId"] == job
    message.delete()
    assert [s.arn.rpartition(":")[0] for s in topic.subscriptions.all()] == [topic.arn]
    queue.delete()
    topic.delete()


def test_who_the_caller_is() -> None:
    assert boto3.client("sts").get_caller_identity()["Account"] == "000000000000"
    with pytest.raises(ClientError) as error:
        boto3.client("iam").create_role(RoleName="x", AssumeRolePolicyDocument="{}")
    assert error.value.response["Error"]["Message"] == "There is no operation CreateRole on this server."
    with pytest.raises(ClientError, match=r"There is no operation GET /2015-03-31/functions on this server"):
        boto3.client("lambda").list_functions()
    with pytest.raises(ClientError, match=r"There is no operation DynamoDB_20120810\.ListTables on this server"):
        boto3.client("dynamodb").list_tables()


# documents


def test_a_document_read_line_by_line_and_as_a_job() -> None:
    textract, s3 = boto3.client("textract"), boto3.client("s3")
    with open("letter.png", "rb") as document:
        found = textract.detect_document_text(Document={"Bytes": document.read()})
    assert "Total: 42.00" in [b["Text"] for b in found["Blocks"] if b["BlockType"] == "LINE"]
    s3.put_object(Bucket=BUCKET, Key="two.tiff", Body=tiff(255, 255))
    where = {"S3Object": {"Bucket": BUCKET, "Name": "two.tiff"}}
    job = textract.start_document_analysis(DocumentLocation=where, FeatureTypes=["TABLES", "FORMS"])["JobId"]
    while (answer := textract.get_document_analysis(JobId=job))["JobStatus"] == "IN_PROGRESS":
        time.sleep(0.05)
    blocks = list(answer["Blocks"])
    while answer.get("NextToken"):
        answer = textract.get_document_analysis(JobId=job, NextToken=answer["NextToken"])
        blocks += answer["Blocks"]
    assert [b["Page"] for b in blocks if b["BlockType"] == "PAGE"] == [1, 2]


def test_a_document_in_a_bucket_with_questions() -> None:
    boto3.client("s3").upload_file("letter.png", BUCKET, "form.png")
    found = boto3.client("textract").analyze_document(
        Document={"S3Object": {"Bucket": BUCKET, "Name": "form.png"}},
        FeatureTypes=["QUERIES"],
        QueriesConfig={"Queries": [{"Text": "What is the total?", "Alias": "TOTAL"}]},
    )
    assert [b["Text"] for b in found["Blocks"] if b["BlockType"] == "QUERY_RESULT"] == ["42.00"]


# buckets


def test_the_resource_of_s3() -> None:
    s3 = boto3.resource("s3")
    bucket = s3.Bucket("resourceful")
    bucket.create(CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    bucket.wait_until_exists()
    thing = s3.Object("resourceful", "a/hello.txt")
    thing.put(Body=b"hello", ContentType="text/plain", Metadata={"mood": "good"})
    assert thing.get()["Body"].read().decode() == "hello"
    assert (thing.content_type, thing.metadata, thing.content_length) == ("text/plain", {"mood": "good"}, 5)
    s3.Object("resourceful", "b/copy.txt").copy_from(CopySource={"Bucket": "resourceful", "Key": "a/hello.txt"})
    s3.meta.client.copy({"Bucket": "resourceful", "Key": "a/hello.txt"}, "resourceful", "c/managed.txt")
    assert [o.key for o in bucket.objects.filter(Prefix="")] == ["a/hello.txt", "b/copy.txt", "c/managed.txt"]
    assert "resourceful" in [b.name for b in s3.buckets.all()]
    bucket.objects.all().delete()
    bucket.delete()
    bucket.wait_until_not_exists()


def test_listing_by_paginator_and_deleting_many() -> None:
    s3 = boto3.client("s3")
    for n in range(5):
        s3.put_object(Bucket=BUCKET, Key=f"many/{n}.jpg", Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="many/", PaginationConfig={"PageSize": 2}
    )
    keys = [{"Key": o["Key"]} for page in pages for o in page.get("Contents", [])]
    assert len(keys) == 5
    gone = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": keys})
    assert len(gone["Deleted"]) == 5 and "Errors" not in gone
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="many/")["KeyCount"] == 0


def test_whether_a_bucket_and_an_object_are_there() -> None:
    s3 = boto3.client("s3")
    assert s3.head_bucket(Bucket=BUCKET)["ResponseMetadata"]["HTTPStatusCode"] == 200
    for ask in (lambda: s3.head_bucket(Bucket="not-there"), lambda: s3.head_object(Bucket=BUCKET, Key="not-there")):
        with pytest.raises(ClientError) as error:
            ask()
        assert error.value.response["Error"]["Code"] == "404"
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=BUCKET, Key="not-there")
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == "us-west-2"


def test_waiters_wait_for_objects() -> None:
    s3 = boto3.client("s3")
    threading.Timer(0.3, lambda: s3.put_object(Bucket=BUCKET, Key="late", Body=b"")).start()
    s3.get_waiter("object_exists").wait(Bucket=BUCKET, Key="late", WaiterConfig={"Delay": 0.1, "MaxAttempts": 50})
    with pytest.raises(WaiterError):
        s3.get_waiter("object_not_exists").wait(
            Bucket=BUCKET, Key="late", WaiterConfig={"Delay": 0.01, "MaxAttempts": 2}
        )


def test_uploads_in_parts_from_a_file_object_and_with_signed_chunks(tmp_path: Path) -> None:
    data = os.urandom(9 * 1024 * 1024)
    config = TransferConfig(multipart_threshold=5 * 1024 * 1024, multipart_chunksize=5 * 1024 * 1024)
    for more in ({}, {"s3": {"payload_signing_enabled": True}}, {"request_checksum_calculation": "when_required"}):
        s3 = boto3.client("s3", config=Config(**more))
        s3.upload_fileobj(io.BytesIO(data), BUCKET, "film.bin", Config=config, ExtraArgs={"ContentType": "video/mp4"})
        s3.download_file(BUCKET, "film.bin", str(tmp_path / "film.bin"), Config=config)
        assert (tmp_path / "film.bin").read_bytes() == data
        assert s3.head_object(Bucket=BUCKET, Key="film.bin")["ContentType"] == "video/mp4"


def test_a_browser_uploads_by_an_address_and_the_server_looks_at_it() -> None:
    s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
    address = s3.generate_presigned_url(
        "put_object", Params={"Bucket": BUCKET, "Key": "upload.png", "ContentType": "image/png"}, ExpiresIn=300
    )
    assert httpx.put(address, content=picture(RED), headers={"Content-Type": "image/png"}).status_code == 200
    where = {"S3Object": {"Bucket": BUCKET, "Name": "upload.png"}}
    assert len(boto3.client("rekognition").detect_faces(Image=where)["FaceDetails"]) == 1
    assert httpx.get(s3.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "upload.png"})).content


def test_a_form_of_a_page_uploads_by_a_presigned_post() -> None:
    form = boto3.client("s3").generate_presigned_post(BUCKET, "form/${filename}", ExpiresIn=60)
    sent = httpx.post(form["url"], data=form["fields"], files={"file": ("cat.png", picture(BLUE), "image/png")})
    assert sent.status_code == 204, sent.text
    got = boto3.client("s3").get_object(Bucket=BUCKET, Key="form/cat.png")
    assert got["Body"].read() == picture(BLUE)


def test_a_handler_of_a_bucket_event_labels_what_arrived() -> None:
    boto3.client("s3").upload_file("photo.png", BUCKET, "in box/photo 1.png")
    event = {"Records": [{"s3": {"bucket": {"name": BUCKET}, "object": {"key": "in+box/photo+1.png"}}}]}
    from urllib.parse import unquote_plus

    record = event["Records"][0]["s3"]
    where = {"Bucket": record["bucket"]["name"], "Name": unquote_plus(record["object"]["key"])}
    found = boto3.client("rekognition").detect_labels(Image={"S3Object": where}, MaxLabels=10, MinConfidence=75)
    assert "Dog" in [label["Name"] for label in found["Labels"]]


def test_a_whole_folder_is_looked_at_from_many_threads() -> None:
    import concurrent.futures

    client, s3 = boto3.client("rekognition"), boto3.client("s3")
    for n in range(8):
        s3.put_object(Bucket=BUCKET, Key=f"batch/{n}.png", Body=picture(*([RED] * (1 + n % 3 // 2)), GREY))
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET, Prefix="batch/")["Contents"]]

    def count(key: str) -> int:
        found = client.detect_faces(Image={"S3Object": {"Bucket": BUCKET, "Name": key}})
        return len(found["FaceDetails"])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(count, keys)) == [1] * 8

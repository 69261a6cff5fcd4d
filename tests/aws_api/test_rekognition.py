"""Rekognition as boto3 sees it, with models whose findings are known in advance."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from albumen.aws_api.access import Access
from albumen.aws_api.services.rekognition import Rekognition, Subscribers
from albumen.aws_api.services.s3 import S3, Store
from tests.aws_api import aws_fakes
from tests.aws_api.aws_fakes import BLUE, GREEN, GREY, RED, picture

TOPIC = "arn:aws:sns:eu-central-1:000000000000:AmazonRekognitionDone"


class Postbox(BaseHTTPRequestHandler):
    received: list[dict[str, Any]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def postbox() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Postbox)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any], postbox: str) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("rekognition")
    store = Store(folder / "buckets")
    service = Rekognition(aws_fakes.tasks(), folder, objects=store, topics=Subscribers({TOPIC: postbox}))
    with serving({"s3": S3(store), "rekognition": service}, Access()) as address:
        yield address


def connect(address: str, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=address,
        region_name="eu-central-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"max_attempts": 3, "mode": "standard"}),
    )


@pytest.fixture(scope="module")
def r(address: str) -> Any:
    return connect(address, "rekognition")


@pytest.fixture(scope="module")
def s3(address: str) -> Any:
    made = connect(address, "s3")
    made.create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return made


@pytest.fixture
def collection(r: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"c-{abs(hash(request.node.name))}"
    r.create_collection(CollectionId=name)
    yield name
    r.delete_collection(CollectionId=name)


def refused(call: Callable[[], object]) -> ClientError:
    with pytest.raises(ClientError) as error:
        call()
    answer = error.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0
    assert answer["ResponseMetadata"]["RequestId"]
    return error.value


def test_labels_come_with_all_their_ancestors_the_surest_first(r: Any) -> None:
    found = r.detect_labels(Image={"Bytes": picture(BLUE, RED)}, MinConfidence=50)["Labels"]
    by_name = {label["Name"]: label for label in found}
    assert [label["Confidence"] for label in found] == sorted((x["Confidence"] for x in found), reverse=True)
    assert [p["Name"] for p in by_name["Golden Retriever"]["Parents"]] == ["Dog", "Canine", "Mammal", "Animal"]
    assert all(p["Name"] in by_name for label in found for p in label["Parents"])
    assert by_name["Dog"]["Confidence"] == pytest.approx(90, abs=0.5)
    assert len(by_name["Person"]["Instances"]) == 1
    assert by_name["Person"]["Categories"] == [{"Name": "Person Description"}]


def test_label_filters_apply_before_the_limit_and_exclusion_wins(r: Any) -> None:
    def names(limit: int = 100, **how: list[str]) -> list[str]:
        settings = {"GeneralLabels": how}
        image = {"Bytes": picture(BLUE, RED)}
        return [x["Name"] for x in r.detect_labels(Image=image, MaxLabels=limit, Settings=settings)["Labels"]]

    assert names(LabelInclusionFilters=["Dog", "Person"], LabelExclusionFilters=["Person"]) == ["Dog"]
    assert names(1, LabelExclusionFilters=["Animal", "Mammal", "Canine", "Dog"]) == ["Person"]
    assert "Dog" not in names(LabelCategoryExclusionFilters=["Animals and Pets"])


def test_a_turned_copy_has_the_same_upright_boxes(r: Any) -> None:
    import io

    from PIL import Image as Pillow

    upright = Pillow.open(io.BytesIO(picture(BLUE, RED, GREEN)))
    turned, exif = upright.transpose(Pillow.Transpose.ROTATE_90), Pillow.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    turned.save(out, "JPEG", quality=95, exif=exif)

    def boxes(data: bytes) -> list[float]:
        found = r.detect_labels(
            Image={"Bytes": data}, Settings={"GeneralLabels": {"LabelInclusionFilters": ["Person"]}}
        )
        return sorted(i["BoundingBox"]["Left"] for i in found["Labels"][0]["Instances"])

    assert boxes(out.getvalue()) == pytest.approx(boxes(picture(BLUE, RED, GREEN)), abs=0.02)


def test_image_properties_name_the_colours_and_their_shares(r: Any) -> None:
    found = r.detect_labels(Image={"Bytes": picture(GREY, GREY, (200, 30, 30))}, Features=["IMAGE_PROPERTIES"])
    assert "Labels" not in found or not found["Labels"]
    colours = found["ImageProperties"]["DominantColors"]
    assert [round(c["PixelPercent"]) for c in colours] == [67, 33]
    assert abs(colours[0]["Red"] - 128) <= 8 and abs(colours[1]["Red"] - 200) <= 8
    assert [c["SimplifiedColor"] for c in colours] == ["grey", "red"]
    assert "Contrast" in found["ImageProperties"]["Quality"]
    assert "Contrast" not in found["ImageProperties"].get("Foreground", {}).get("Quality", {})


def test_faces_have_details_and_a_landscape_has_none(r: Any) -> None:
    faces = r.detect_faces(Image={"Bytes": picture(RED, GREY, GREEN)}, Attributes=["ALL"])["FaceDetails"]
    assert len(faces) == 2
    assert {p["Type"] for p in faces[0]["Landmarks"]} == {"eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight"}
    assert abs(faces[0]["Pose"]["Roll"]) < 1
    assert "Emotions" not in faces[0]
    assert r.detect_faces(Image={"Bytes": picture(GREY)})["FaceDetails"] == []


def test_compares_the_largest_face_with_those_of_another_picture(r: Any) -> None:
    alice, both = {"Bytes": picture(RED)}, {"Bytes": picture(GREEN, RED)}
    found = r.compare_faces(SourceImage=alice, TargetImage=both)
    assert [m["Similarity"] > 80 for m in found["FaceMatches"]] == [True]
    assert found["FaceMatches"][0]["Face"]["BoundingBox"]["Left"] == pytest.approx(0.5, abs=0.02)
    assert len(found["UnmatchedFaces"]) == 1
    everyone = r.compare_faces(SourceImage=alice, TargetImage=both, SimilarityThreshold=0)
    assert len(everyone["FaceMatches"]) == 2
    error = refused(lambda: r.compare_faces(SourceImage=alice, TargetImage={"Bytes": picture(GREY)}))
    assert isinstance(error, r.exceptions.InvalidParameterException)


def test_text_comes_as_lines_and_their_words(r: Any) -> None:
    found = r.detect_text(Image={"Bytes": picture(GREY)})["TextDetections"]
    assert [(d["Type"], d["Id"], d.get("ParentId"), d["DetectedText"]) for d in found] == [
        ("LINE", 0, None, "Hello world"),
        ("WORD", 1, 0, "Hello"),
        ("WORD", 2, 0, "world"),
    ]
    region = {"RegionsOfInterest": [{"BoundingBox": {"Left": 0.0, "Top": 0.0, "Width": 0.45, "Height": 0.5}}]}
    some = r.detect_text(Image={"Bytes": picture(GREY)}, Filters=region)["TextDetections"]
    assert [d["DetectedText"] for d in some if d["Type"] == "WORD"] == ["Hello"]
    least = {"WordFilter": {"MinConfidence": 40}}
    assert len(r.detect_text(Image={"Bytes": picture(GREY)}, Filters=least)["TextDetections"]) == 5


def test_moderation_labels_have_their_chain_and_a_harmless_picture_has_none(r: Any) -> None:
    found = r.detect_moderation_labels(Image={"Bytes": picture(RED)})
    assert [(x["Name"], x["ParentName"], x["TaxonomyLevel"]) for x in found["ModerationLabels"]] == [
        ("Explicit", "", 1)
    ]
    assert found["ModerationModelVersion"] == "7.0"
    assert r.detect_moderation_labels(Image={"Bytes": picture(GREY)})["ModerationLabels"] == []
    human = {"HumanLoopName": "x", "FlowDefinitionArn": "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/x"}
    error = refused(lambda: r.detect_moderation_labels(Image={"Bytes": picture(GREY)}, HumanLoopConfig=human))
    assert isinstance(error, r.exceptions.InvalidParameterException)


def test_protective_equipment_sorts_every_person_into_one_list(r: Any) -> None:
    how = {"MinConfidence": 80, "RequiredEquipmentTypes": ["HEAD_COVER"]}
    found = r.detect_protective_equipment(Image={"Bytes": picture(RED, GREEN)}, SummarizationAttributes=how)
    lists = [i for ids in found["Summary"].values() for i in ids]
    assert sorted(lists) == sorted(p["Id"] for p in found["Persons"]) == [0, 1]
    assert "Summary" not in r.detect_protective_equipment(Image={"Bytes": picture(RED)})


@pytest.mark.parametrize(
    ("operation", "request_", "error"),
    [
        ("describe_collection", {"CollectionId": "bad id!!"}, "InvalidParameterException"),
        ("describe_collection", {"CollectionId": "unknown"}, "ResourceNotFoundException"),
        ("detect_labels", {"Image": {"Bytes": b"not a picture"}}, "InvalidImageFormatException"),
        ("detect_labels", {"Image": {"Bytes": b"\x89PNG\r\n\x1a\n" + b"x" * 100}}, "InvalidImageFormatException"),
        ("detect_labels", {"Image": {}}, "InvalidParameterException"),
        ("detect_labels", {"Image": {"Bytes": b"x" * (5 * 1024 * 1024 + 1)}}, "ImageTooLargeException"),
        ("detect_labels", {"Image": {"S3Object": {"Bucket": "media", "Name": "no"}}}, "InvalidS3ObjectException"),
        ("detect_labels", {"Image": {"S3Object": {"Bucket": "media", "Name": "../../x"}}}, "InvalidS3ObjectException"),
        ("detect_labels", {"Image": {"Bytes": picture(RED, size=79)}}, "InvalidParameterException"),
        ("detect_faces", {"Image": {"Bytes": picture(RED)}, "Attributes": ["BOGUS"]}, "InvalidParameterException"),
        ("list_collections", {"NextToken": "nonsense"}, "InvalidPaginationTokenException"),
        ("get_label_detection", {"JobId": "unknown"}, "ResourceNotFoundException"),
        ("recognize_celebrities", {"Image": {"Bytes": picture(RED)}}, "AccessDeniedException"),
    ],
)
def test_bad_input_gets_the_modelled_error(
    r: Any, s3: Any, operation: str, request_: dict[str, Any], error: str
) -> None:
    assert refused(lambda: getattr(r, operation)(**request_)).response["Error"]["Code"] == error


def test_a_confidence_over_a_hundred_is_refused(r: Any) -> None:
    error = refused(lambda: r.detect_labels(Image={"Bytes": picture(RED)}, MinConfidence=200))
    assert error.response["Error"]["Message"].startswith("Request has invalid parameters")


def test_pictures_may_lie_in_a_bucket(r: Any, s3: Any) -> None:
    s3.put_object(Bucket="media", Key="a/alice.png", Body=picture(RED))
    where = {"S3Object": {"Bucket": "media", "Name": "a/alice.png"}}
    assert len(r.detect_faces(Image=where)["FaceDetails"]) == 1


def test_a_collection_keeps_faces_and_finds_them(r: Any, collection: str) -> None:
    with pytest.raises(r.exceptions.ResourceAlreadyExistsException, match=f"The collection id: {collection} already"):
        r.create_collection(CollectionId=collection)
    first = r.index_faces(CollectionId=collection, Image={"Bytes": picture(RED)}, ExternalImageId="alice")
    assert first["UnindexedFaces"] == []
    again = r.index_faces(CollectionId=collection, Image={"Bytes": picture(RED)}, ExternalImageId="alice")
    assert [f["Face"]["FaceId"] for f in again["FaceRecords"]] == [f["Face"]["FaceId"] for f in first["FaceRecords"]]
    second = r.index_faces(CollectionId=collection, Image={"Bytes": picture((200, 30, 20), GREEN)}, MaxFaces=1)
    assert second["UnindexedFaces"][0]["Reasons"] == ["EXCEEDS_MAX_FACES"]
    assert r.describe_collection(CollectionId=collection)["FaceCount"] == 2
    one = first["FaceRecords"][0]["Face"]["FaceId"]
    other = second["FaceRecords"][0]["Face"]["FaceId"]
    found = r.search_faces(CollectionId=collection, FaceId=one)["FaceMatches"]
    assert [m["Face"]["FaceId"] for m in found] == [other]
    by_image = r.search_faces_by_image(CollectionId=collection, Image={"Bytes": picture(RED)})
    assert by_image["FaceMatches"][0]["Face"]["ExternalImageId"] == "alice"
    assert by_image["SearchedFaceConfidence"] == pytest.approx(95)
    with pytest.raises(r.exceptions.InvalidParameterException):
        r.search_faces_by_image(CollectionId=collection, Image={"Bytes": picture(GREY)})
    pages = list(r.get_paginator("list_faces").paginate(CollectionId=collection, PaginationConfig={"PageSize": 1}))
    assert {f["FaceId"] for p in pages for f in p["Faces"]} == {one, other}
    gone = r.delete_faces(CollectionId=collection, FaceIds=[one, "00000000-0000-0000-0000-000000000000"])
    assert gone["DeletedFaces"] == [one]
    assert gone["UnsuccessfulFaceDeletions"][0]["Reasons"] == ["FACE_NOT_FOUND"]
    assert r.search_faces(CollectionId=collection, FaceId=other)["FaceMatches"] == []


def test_users_gather_faces_and_say_why_some_do_not_fit(r: Any, collection: str) -> None:
    def index(*colours: tuple[int, int, int]) -> list[str]:
        found = r.index_faces(CollectionId=collection, Image={"Bytes": picture(*colours)})
        return [f["Face"]["FaceId"] for f in found["FaceRecords"]]

    (alice,), (alice_too,), (bob,) = index(RED), index((200, 30, 20)), index(GREEN)
    r.create_user(CollectionId=collection, UserId="alice", ClientRequestToken="t1")
    r.create_user(CollectionId=collection, UserId="alice", ClientRequestToken="t1")
    with pytest.raises(r.exceptions.ConflictException):
        r.create_user(CollectionId=collection, UserId="alice")
    with pytest.raises(r.exceptions.IdempotentParameterMismatchException):
        r.create_user(CollectionId=collection, UserId="other", ClientRequestToken="t1")
    r.associate_faces(CollectionId=collection, UserId="alice", FaceIds=[alice])
    unknown = "00000000-0000-0000-0000-000000000000"
    found = r.associate_faces(CollectionId=collection, UserId="alice", FaceIds=[alice_too, bob, unknown])
    assert [f["FaceId"] for f in found["AssociatedFaces"]] == [alice_too]
    reasons = {f["FaceId"]: f["Reasons"] for f in found["UnsuccessfulFaceAssociations"]}
    assert reasons == {bob: ["LOW_MATCH_CONFIDENCE"], unknown: ["FACE_NOT_FOUND"]}
    assert r.list_users(CollectionId=collection)["Users"] == [{"UserId": "alice", "UserStatus": "ACTIVE"}]
    assert r.search_users(CollectionId=collection, FaceId=alice)["UserMatches"][0]["User"]["UserId"] == "alice"
    by_image = r.search_users_by_image(CollectionId=collection, Image={"Bytes": picture(RED)})
    assert by_image["UserMatches"][0]["User"]["UserId"] == "alice"
    nobody = r.search_users_by_image(CollectionId=collection, Image={"Bytes": picture(GREY)})
    assert nobody["UserMatches"] == [] and "SearchedFace" not in nobody
    kept = r.delete_faces(CollectionId=collection, FaceIds=[alice])["UnsuccessfulFaceDeletions"]
    assert kept[0]["Reasons"] == ["ASSOCIATED_TO_AN_EXISTING_USER"]
    left = r.disassociate_faces(CollectionId=collection, UserId="alice", FaceIds=[alice, alice_too])
    assert left["UserStatus"] == "CREATED"
    r.delete_user(CollectionId=collection, UserId="alice")
    assert r.describe_collection(CollectionId=collection)["UserCount"] == 0


def test_collections_have_tags(r: Any, collection: str) -> None:
    name = f"arn:aws:rekognition:eu-central-1:000000000000:collection/{collection}"
    r.tag_resource(ResourceArn=name, Tags={"team": "a b", "é": "1"})
    r.untag_resource(ResourceArn=name, TagKeys=["é"])
    assert r.list_tags_for_resource(ResourceArn=name)["Tags"] == {"team": "a b"}
    with pytest.raises(r.exceptions.ResourceNotFoundException):
        r.tag_resource(ResourceArn=name + "x", Tags={"a": "b"})


def finished(get: Callable[..., Any], job: str, **how: Any) -> Any:
    for _ in range(200):
        answer = get(JobId=job, **how)
        if answer["JobStatus"] != "IN_PROGRESS":
            return answer
        time.sleep(0.1)
    raise TimeoutError(job)


@pytest.fixture(scope="module")
def video(s3: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = aws_fakes.clip(tmp_path_factory.mktemp("clip") / "clip.mp4", [GREY, RED, GREEN])
    s3.upload_file(str(path), "media", "clip.mp4")
    return {"S3Object": {"Bucket": "media", "Name": "clip.mp4"}}


def test_a_video_is_labelled_with_times_and_segments(r: Any, video: dict[str, Any]) -> None:
    channel = {"SNSTopicArn": TOPIC, "RoleArn": "arn:aws:iam::000000000000:role/x"}
    asked = {"Video": video, "ClientRequestToken": "once", "JobTag": "tag", "NotificationChannel": channel}
    job = r.start_label_detection(**asked)["JobId"]
    assert r.start_label_detection(**asked)["JobId"] == job
    with pytest.raises(r.exceptions.IdempotentParameterMismatchException):
        r.start_label_detection(**asked | {"MinConfidence": 70})
    found = finished(r.get_label_detection, job)
    assert found["JobStatus"] == "SUCCEEDED", found
    people = [x["Timestamp"] for x in found["Labels"] if x["Label"]["Name"] == "Person"]
    assert people == [2000 + 500 * i for i in range(8)]
    facts = found["VideoMetadata"]
    assert (facts["FrameWidth"], facts["FrameRate"], facts["DurationMillis"]) == (160, 10.0, 6000)
    joined = r.get_label_detection(JobId=job, AggregateBy="SEGMENTS", SortBy="NAME")
    assert [(s["StartTimestampMillis"], s["EndTimestampMillis"]) for s in joined["Labels"]] == [(2000, 6000)]
    assert joined["GetRequestMetadata"] == {"SortBy": "NAME", "AggregateBy": "SEGMENTS"}
    first = r.get_label_detection(JobId=job, MaxResults=3)
    rest = r.get_label_detection(JobId=job, MaxResults=1000, NextToken=first["NextToken"])
    assert first["Labels"] + rest["Labels"] == found["Labels"]
    messages = [json.loads(m["Message"]) for m in Postbox.received]
    assert [(m["JobId"], m["Status"], m["API"], m["JobTag"]) for m in messages] == [
        (job, "SUCCEEDED", "StartLabelDetection", "tag")
    ]
    with pytest.raises(r.exceptions.ResourceNotFoundException):
        r.get_face_detection(JobId=job)


def test_a_video_is_searched_for_faces_people_text_and_moderation(
    r: Any, video: dict[str, Any], collection: str
) -> None:
    r.index_faces(CollectionId=collection, Image={"Bytes": picture(RED)}, ExternalImageId="alice")
    search = r.start_face_search(Video=video, CollectionId=collection)["JobId"]
    track = r.start_person_tracking(Video=video)["JobId"]
    faces = r.start_face_detection(Video=video)["JobId"]
    text = r.start_text_detection(Video=video)["JobId"]
    moderation = r.start_content_moderation(Video=video)["JobId"]
    found = finished(r.get_face_search, search, SortBy="INDEX")["Persons"]
    assert [p["Person"]["Index"] for p in found] == [0] * 4 + [1] * 4
    assert [len(p.get("FaceMatches", [])) for p in found] == [1] * 4 + [0] * 4
    assert {p["Person"]["Index"] for p in finished(r.get_person_tracking, track)["Persons"]} == {0}
    assert len(finished(r.get_face_detection, faces)["Faces"]) == 8
    assert {d["TextDetection"]["DetectedText"] for d in finished(r.get_text_detection, text)["TextDetections"]} == {
        "Hello world",
        "Hello",
        "world",
    }
    marks = finished(r.get_content_moderation, moderation)["ModerationLabels"]
    assert [m["Timestamp"] for m in marks] == [2000, 2500, 3000, 3500]


def test_segments_are_frame_exact(r: Any, s3: Any, tmp_path: Path) -> None:
    path = aws_fakes.clip(tmp_path / "cuts.mp4", [RED, (0, 0, 0), GREEN])
    s3.upload_file(str(path), "media", "cuts.mp4")
    where = {"S3Object": {"Bucket": "media", "Name": "cuts.mp4"}}
    job = r.start_segment_detection(Video=where, SegmentTypes=["SHOT", "TECHNICAL_CUE"])["JobId"]
    found = finished(r.get_segment_detection, job)["Segments"]
    shots = [(s["StartFrameNumber"], s["DurationFrames"]) for s in found if s["Type"] == "SHOT"]
    assert shots == [(0, 20), (20, 20), (40, 20)]
    cues = [s for s in found if s["Type"] == "TECHNICAL_CUE"]
    assert [(c["TechnicalCueSegment"]["Type"], c["StartTimecodeSMPTE"], c["DurationMillis"]) for c in cues] == [
        ("BlackFrames", "00:00:02:00", 2000)
    ]


def test_a_file_that_is_no_video_fails_its_job(r: Any, s3: Any) -> None:
    s3.put_object(Bucket="media", Key="not.mp4", Body=b"no video at all")
    job = r.start_label_detection(Video={"S3Object": {"Bucket": "media", "Name": "not.mp4"}})["JobId"]
    found = finished(r.get_label_detection, job)
    assert (found["JobStatus"], bool(found["StatusMessage"])) == ("FAILED", True)
    with pytest.raises(r.exceptions.InvalidS3ObjectException):
        r.start_label_detection(Video={"S3Object": {"Bucket": "media", "Name": "missing.mp4"}})


def test_a_manifest_of_pictures_is_moderated(r: Any, s3: Any) -> None:
    s3.put_object(Bucket="media", Key="alice.png", Body=picture(RED))
    lines = ['{"source-ref": "s3://media/alice.png"}', '{"source-ref": "s3://media/missing.png"}', "junk"]
    s3.put_object(Bucket="media", Key="manifest", Body="\n".join(lines).encode())
    job = r.start_media_analysis_job(
        OperationsConfig={"DetectModerationLabels": {"MinConfidence": 50}},
        Input={"S3Object": {"Bucket": "media", "Name": "manifest"}},
        OutputConfig={"S3Bucket": "media", "S3KeyPrefix": "out/"},
    )["JobId"]
    for _ in range(100):
        found = r.get_media_analysis_job(JobId=job)
        if found["Status"] in ("SUCCEEDED", "FAILED"):
            break
        time.sleep(0.05)
    where = found["Results"]["S3Object"]
    rows = s3.get_object(Bucket=where["Bucket"], Key=where["Name"])["Body"].read().splitlines()
    assert [json.loads(row)["source-ref"] for row in rows] == ["s3://media/alice.png"]
    summary = found["ManifestSummary"]["S3Object"]
    told = s3.get_object(Bucket=summary["Bucket"], Key=summary["Name"])["Body"].read().splitlines()
    assert json.loads(told[0]) == {"total": 3, "succeeded": 1, "failed": 2}
    assert job in [j["JobId"] for j in r.list_media_analysis_jobs()["MediaAnalysisJobs"]]


def test_a_token_that_comes_many_times_at_once_begins_one_job(r: Any, video: dict[str, Any]) -> None:
    import concurrent.futures

    def begin(_: int) -> str:
        return str(r.start_person_tracking(Video=video, ClientRequestToken="race")["JobId"])

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(begin, range(32)))) == 1

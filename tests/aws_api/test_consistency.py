"""What holds between answers whatever the models: orders, thresholds, restarts, versions, sound and colour bars."""

import concurrent.futures
import io
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from albumen.aws_api.access import Access
from albumen.aws_api.application import app
from albumen.aws_api.gateway import Gateway
from albumen.aws_api.services.rekognition import Rekognition
from albumen.aws_api.services.s3 import S3, Store
from albumen.aws_api.wire import Call
from albumen.core.arrays import Image
from albumen.core.findings import Words
from tests.aws_api import aws_fakes
from tests.aws_api.aws_fakes import GREEN, GREY, RED, picture
from tests.aws_api.test_rekognition import connect, finished

CALL = Call("000000000000", "id")
Ask = Callable[..., Any]


def asking(gateway: Gateway) -> Ask:
    """Return what calls an operation as the gateway does, without HTTP."""
    spec = gateway.spec.services["rekognition"]
    return lambda name, **members: gateway.handlers.call(spec[name], CALL, members)


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    gateway = app(tmp_path / "aws", aws_fakes.tasks())
    yield asking(gateway)
    gateway.close()


def png(pixels: Image) -> bytes:
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def test_a_blurred_copy_is_less_sharp_and_the_shares_of_colours_add_up(ask: Ask) -> None:
    sharp = (
        np.kron(np.indices((20, 20)).sum(axis=0) % 2, np.ones((8, 8)))[..., None].repeat(3, 2).astype(np.uint8) * 255
    )
    blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 4), np.uint8)
    found = [
        ask("DetectLabels", Image={"Bytes": png(p)}, Features=["IMAGE_PROPERTIES"])["ImageProperties"]
        for p in (sharp, blurred)
    ]
    assert found[0]["Quality"]["Sharpness"] > found[1]["Quality"]["Sharpness"] + 5
    for one in found:
        assert sum(c["PixelPercent"] for c in one["DominantColors"]) <= 100.01


def test_a_higher_threshold_never_finds_more(ask: Ask) -> None:
    near = (200, 60, 20)
    pair = {"SourceImage": {"Bytes": picture(RED)}, "TargetImage": {"Bytes": picture(near, GREEN, GREY)}}
    counts = [len(ask("CompareFaces", **pair, SimilarityThreshold=float(t))["FaceMatches"]) for t in range(0, 101, 10)]
    assert counts == sorted(counts, reverse=True) and counts[0] == 2
    labels = [
        {x["Name"] for x in ask("DetectLabels", Image={"Bytes": picture(RED)}, MinConfidence=float(t))["Labels"]}
        for t in (0, 50, 80, 95)
    ]
    assert all(b <= a for a, b in itertools.pairwise(labels))


def test_there_are_at_most_a_hundred_words_numbered_through(tmp_path: Path) -> None:
    class Wordy:
        def read(self, images: Sequence[Image], /) -> list[Words]:
            boxes = np.tile(np.array([[[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1]]], np.float32), (150, 1, 1))
            lines = tuple(i // 10 for i in range(150))
            return [Words(tuple(f"w{i}" for i in range(150)), np.full(150, 0.9, np.float32), boxes, lines)]

    gateway = app(tmp_path, replace(aws_fakes.tasks(), reader=Wordy()))
    found = asking(gateway)("DetectText", Image={"Bytes": picture(GREY)})["TextDetections"]
    gateway.close()
    assert [d["Id"] for d in found] == list(range(110))
    assert [d["ParentId"] for d in found if d["Type"] == "WORD"] == [i // 10 for i in range(100)]


def test_moderation_may_answer_in_the_older_taxonomy(tmp_path: Path) -> None:
    service = Rekognition(aws_fakes.tasks(), tmp_path, taxonomy="v6")
    gateway = Gateway({"rekognition": service}, access=Access())
    found = asking(gateway)("DetectModerationLabels", Image={"Bytes": picture(RED)})
    gateway.close()
    assert found["ModerationModelVersion"] == "6.1"
    assert [(x["Name"], x["ParentName"]) for x in found["ModerationLabels"]] == [("Explicit Nudity", "")]


def test_a_user_of_several_faces_is_found_by_a_face_between_them(ask: Ask) -> None:
    ask("CreateCollection", CollectionId="c")
    left, right, between = (220, 0, 0), (150, 120, 0), (200, 70, 0)
    faces = [
        ask("IndexFaces", CollectionId="c", Image={"Bytes": picture(c)})["FaceRecords"][0]["Face"]["FaceId"]
        for c in (left, right)
    ]
    ask("CreateUser", CollectionId="c", UserId="u")
    ask("AssociateFaces", CollectionId="c", UserId="u", FaceIds=faces, UserMatchThreshold=0.0)
    asked = {"CollectionId": "c", "Image": {"Bytes": picture(between)}}
    single = ask("SearchFacesByImage", **asked, FaceMatchThreshold=0.0)["FaceMatches"][0]["Similarity"]
    user = ask("SearchUsersByImage", **asked, UserMatchThreshold=0.0)["UserMatches"][0]["Similarity"]
    assert user > single


def test_collections_users_tags_and_jobs_survive_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "aws"
    first = app(folder, aws_fakes.tasks())
    ask = asking(first)
    Store(folder / "buckets").create_bucket(CALL.account, "media")
    aws_fakes.clip(folder / "buckets" / CALL.account / "media" / "clip.mp4", [RED], seconds=1)
    ask("CreateCollection", CollectionId="c", Tags={"a": "b"})
    face = ask("IndexFaces", CollectionId="c", Image={"Bytes": picture(RED)})["FaceRecords"][0]["Face"]["FaceId"]
    ask("CreateUser", CollectionId="c", UserId="u")
    ask("AssociateFaces", CollectionId="c", UserId="u", FaceIds=[face])
    video = {"S3Object": {"Bucket": "media", "Name": "clip.mp4"}}
    job = ask("StartFaceDetection", Video=video, ClientRequestToken="t")["JobId"]
    first.close()
    again = app(folder, aws_fakes.tasks())
    ask = asking(again)
    assert ask("StartFaceDetection", Video=video, ClientRequestToken="t")["JobId"] == job
    assert ask("SearchUsersByImage", CollectionId="c", Image={"Bytes": picture(RED)})["UserMatches"]
    assert ask("ListTagsForResource", ResourceArn="arn:aws:rekognition:x:000000000000:collection/c")["Tags"]
    again.start()
    for _ in range(200):
        found = ask("GetFaceDetection", JobId=job)
        if found["JobStatus"] != "IN_PROGRESS":
            break
        time.sleep(0.02)
    again.close()
    assert (found["JobStatus"], len(found["Faces"])) == ("SUCCEEDED", 2)


def film(path: Path, pictures: Sequence[Image], *, sound: Sequence[float], seconds: int = 1, fps: int = 10) -> None:
    """Write an MP4 with each picture for a while, and a tone of each loudness for as long."""
    with av.open(str(path), "w") as out:
        video, audio = out.add_stream("mpeg4", rate=fps), out.add_stream("aac", rate=44_100)
        height, width = pictures[0].shape[:2]
        video.width, video.height, video.pix_fmt, video.bit_rate = width, height, "yuv420p", 4_000_000
        for pixels in pictures:
            for _ in range(fps * seconds):
                out.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(video.encode())
        times = np.arange(44_100 * seconds) / 44_100
        tones = np.concatenate([loud * np.sin(2 * np.pi * 440 * times) for loud in sound]).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(tones[None].repeat(2, 0), format="fltp", layout="stereo")
        frame.sample_rate = 44_100
        out.mux(audio.encode(frame))
        out.mux(audio.encode())


def test_black_counts_only_without_sound_and_colour_bars_are_seen(tmp_path: Path, serving: Callable[..., Any]) -> None:
    lit = [(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1)]
    bars = np.array([[lit[min(6, x * 7 // 168)] for x in range(168)]] * 160, np.uint8) * 191
    black, grey = np.zeros_like(bars), np.full_like(bars, 128)
    store = Store(tmp_path / "buckets")
    store.create_bucket(CALL.account, "media")
    path = tmp_path / "buckets" / CALL.account / "media" / "film.mp4"
    film(path, [grey, black, grey, black, bars], sound=[0.5, 0.5, 0.5, 0.0, 0.5])
    with serving(
        {"s3": S3(store), "rekognition": Rekognition(aws_fakes.tasks(), tmp_path, objects=store)}, Access()
    ) as a:
        r = connect(a, "rekognition")
        where = {"S3Object": {"Bucket": "media", "Name": "film.mp4"}}
        job = r.start_segment_detection(Video=where, SegmentTypes=["TECHNICAL_CUE"])["JobId"]
        found = finished(r.get_segment_detection, job)
    cues = [(s["TechnicalCueSegment"]["Type"], s["StartFrameNumber"] // 10) for s in found["Segments"]]
    assert cues == [("BlackFrames", 3), ("ColorBars", 4)]
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert stream.duration is not None and stream.time_base is not None
        about = found["VideoMetadata"][0]
        assert (about["FrameWidth"], about["FrameHeight"], about["FrameRate"]) == (stream.width, stream.height, 10.0)
        assert about["DurationMillis"] == round(1000 * float(stream.duration * stream.time_base))
    assert found["AudioMetadata"][0]["SampleRate"] == 44_100


def test_two_hundred_who_index_at_once_lose_no_face(tmp_path: Path, serving: Callable[..., Any]) -> None:
    service = Rekognition(aws_fakes.tasks(), tmp_path)
    with serving({"rekognition": service}, Access()) as address:
        client = connect(address, "rekognition")
        client.create_collection(CollectionId="many")

        def index(n: int) -> str:
            data = {"Bytes": picture((220, n // 2, n % 7))}
            found = client.index_faces(CollectionId="many", Image=data, ExternalImageId=str(n))["FaceRecords"]
            return str(found[0]["Face"]["FaceId"])

        with concurrent.futures.ThreadPoolExecutor(200) as pool:
            ids = list(pool.map(index, range(200)))
        assert client.describe_collection(CollectionId="many")["FaceCount"] == len(set(ids)) == 200
        pages = client.get_paginator("list_faces").paginate(CollectionId="many", PaginationConfig={"PageSize": 50})
        assert {f["FaceId"] for page in pages for f in page["Faces"]} == set(ids)

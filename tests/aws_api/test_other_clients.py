"""The aws CLI and the AWS SDK for JavaScript, where they are installed: `AWS_CLI` and `AWS_SDK_JS` say where."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from albumen.aws_api.access import Access
from albumen.aws_api.services.rekognition import Rekognition
from albumen.aws_api.services.s3 import S3, Store
from tests.aws_api import aws_fakes

pytestmark = pytest.mark.slow
SCRIPT = """
import { createRequire } from "module";
import { readFileSync } from "fs";
const load = createRequire(process.argv[2] + "/");
const { RekognitionClient, DetectFacesCommand, DescribeCollectionCommand } = load("@aws-sdk/client-rekognition");
const { S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand } = load("@aws-sdk/client-s3");
const credentials = { accessKeyId: "x", secretAccessKey: "y" };
const config = { endpoint: process.argv[3], region: "us-east-1", credentials };
const rekognition = new RekognitionClient(config), s3 = new S3Client(config);
const image = readFileSync("photo.png"), where = { Bucket: "from-js", Key: "a b/ü.png" };
const faces = (await rekognition.send(new DetectFacesCommand({ Image: { Bytes: image } }))).FaceDetails.length;
const error = await rekognition.send(new DescribeCollectionCommand({ CollectionId: "no" })).catch((e) => e);
await s3.send(new CreateBucketCommand({ Bucket: "from-js" }));
await s3.send(new PutObjectCommand({ ...where, Body: image }));
const back = await (await s3.send(new GetObjectCommand(where))).Body.transformToByteArray();
const same = Buffer.compare(Buffer.from(back), image);
const told = { faces, error: error.name, attempts: error.$metadata.attempts, same };
console.log(JSON.stringify(told));
"""


@pytest.fixture
def address(tmp_path: Path, serving: Callable[..., Any]) -> Iterator[str]:
    (tmp_path / "photo.png").write_bytes(aws_fakes.picture(aws_fakes.RED, aws_fakes.GREEN))
    store = Store(tmp_path / "buckets")
    service = Rekognition(aws_fakes.tasks(), tmp_path, objects=store)
    with serving({"s3": S3(store), "rekognition": service}, Access()) as address:
        yield address


def run(command: list[str], folder: Path, **more: str) -> str:
    done = subprocess.run(command, cwd=folder, env=os.environ | more, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sdk_for_javascript_works_as_it_is(address: str, tmp_path: Path) -> None:
    modules = os.environ.get("AWS_SDK_JS")
    if not modules:
        pytest.skip("AWS_SDK_JS does not name a folder with the AWS SDK for JavaScript in it")
    (tmp_path / "script.mjs").write_text(SCRIPT)
    told = run(["node", "script.mjs", modules, address], tmp_path).splitlines()[-1]
    assert json.loads(told) == {"faces": 2, "error": "ResourceNotFoundException", "attempts": 1, "same": 0}


def test_the_command_line_works_as_it_is(address: str, tmp_path: Path) -> None:
    aws = os.environ.get("AWS_CLI")
    if not aws:
        pytest.skip("AWS_CLI does not name the aws command")
    said = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    faces = run([aws, "rekognition", "detect-faces", "--image-bytes", "fileb://photo.png"], tmp_path, **said)
    assert len(json.loads(faces)["FaceDetails"]) == 2
    (tmp_path / "large").write_bytes(bytes(range(256)) * 50_000)
    run([aws, "s3", "mb", "s3://from-cli"], tmp_path, **said)
    run([aws, "s3", "cp", "large", "s3://from-cli/a/large", "--no-progress"], tmp_path, **said)
    run([aws, "s3", "cp", "s3://from-cli/a/large", "back", "--no-progress"], tmp_path, **said)
    assert (tmp_path / "back").read_bytes() == (tmp_path / "large").read_bytes()

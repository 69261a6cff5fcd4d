"""The aws CLI and the AWS SDK for JavaScript as they are, where they are here or can be had."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from albumen.aws_api.access import Access
from albumen.aws_api.application import Options, services
from tests.aws_api import aws_fakes, clients
from tests.aws_api.textract.conftest import FakePages
from tests.aws_api.textract.conftest import picture as page

SCRIPT = """
import { createRequire } from "module";
import { readFileSync } from "fs";
const load = createRequire(process.argv[2] + "/");
const R = load("@aws-sdk/client-rekognition"), S = load("@aws-sdk/client-s3"), T = load("@aws-sdk/client-textract");
const { getSignedUrl } = load("@aws-sdk/s3-request-presigner");
const rekognition = new R.RekognitionClient({}), s3 = new S.S3Client({}), textract = new T.TextractClient({});
const image = readFileSync("photo.png"), where = { Bucket: "from-js", Key: "a b/ü.png" }, told = {};
told.faces = (await rekognition.send(new R.DetectFacesCommand({ Image: { Bytes: image } }))).FaceDetails.length;
const error = await rekognition.send(new R.DescribeCollectionCommand({ CollectionId: "no" })).catch((e) => e);
told.error = [error.name, error instanceof R.ResourceNotFoundException, error.$metadata.attempts];
await s3.send(new S.CreateBucketCommand({ Bucket: "from-js" }));
await s3.send(new S.PutObjectCommand({ ...where, Body: image }));
const back = await (await s3.send(new S.GetObjectCommand(where))).Body.transformToByteArray();
told.same = Buffer.compare(Buffer.from(back), image);
const stored = { Image: { S3Object: { Bucket: "from-js", Name: where.Key } }, MinConfidence: 80 };
told.labels = (await rekognition.send(new R.DetectLabelsCommand(stored))).Labels.map((l) => l.Name).includes("Person");
for (const id of ["one", "two"]) await rekognition.send(new R.CreateCollectionCommand({ CollectionId: id }));
told.pages = [];
for await (const page of R.paginateListCollections({ client: rekognition, pageSize: 1 }, {}))
  told.pages.push(...page.CollectionIds);
const signed = await getSignedUrl(s3, new S.GetObjectCommand(where), { expiresIn: 60 });
told.signed = (await (await fetch(signed)).arrayBuffer()).byteLength === image.length;
const document = { Document: { Bytes: readFileSync("letter.png") } };
const blocks = (await textract.send(new T.DetectDocumentTextCommand(document))).Blocks;
told.lines = blocks.filter((b) => b.BlockType === "LINE").length;
told.listed = (await s3.send(new S.ListObjectsV2Command({ Bucket: "from-js" }))).Contents.map((o) => o.Key);
await s3.send(new S.DeleteObjectsCommand({ Bucket: "from-js", Delete: { Objects: [{ Key: where.Key }] } }));
told.gone = (await s3.send(new S.HeadObjectCommand(where)).catch((e) => e)).name;
console.log(JSON.stringify(told));
"""


@pytest.fixture
def address(tmp_path: Path, serving: Callable[..., Any]) -> Iterator[str]:
    (tmp_path / "photo.png").write_bytes(aws_fakes.picture(aws_fakes.RED, aws_fakes.GREEN))
    (tmp_path / "letter.png").write_bytes(page())
    tasks = replace(aws_fakes.tasks(), documents=FakePages())
    with serving(services(tmp_path / "served", tasks, Options()), Access()) as address:
        yield address


def test_the_sdk_for_javascript_works_with_its_defaults(address: str, tmp_path: Path) -> None:
    modules = clients.sdk()
    (tmp_path / "script.mjs").write_text(SCRIPT)
    assert json.loads(clients.run(["node", "script.mjs", str(modules)], tmp_path, address).splitlines()[-1]) == {
        "faces": 2,
        "error": ["ResourceNotFoundException", True, 1],
        "same": 0,
        "labels": True,
        "pages": ["one", "two"],
        "signed": True,
        "lines": 4,
        "listed": ["a b/ü.png"],
        "gone": "NotFound",
    }


@pytest.fixture
def aws(address: str, tmp_path: Path) -> Callable[..., list[str]]:
    """Return what runs commands of the aws CLI and gives what each printed."""
    return lambda *lines: clients.aws(lines, tmp_path, address)


def test_the_command_line_looks_at_pictures_and_documents(aws: Callable[..., list[str]]) -> None:
    stored = "S3Object={Bucket=photos,Name=photo.png}"
    said = aws(
        "s3 mb s3://photos",
        "s3 cp . s3://photos --recursive --exclude * --include *.png --no-progress",
        "rekognition detect-labels --image-bytes fileb://photo.png --max-labels 3",
        f"rekognition detect-faces --image {stored} --attributes ALL --output text --query length(FaceDetails)",
        "rekognition create-collection --collection-id friends --tags team=a",
        f"rekognition index-faces --collection-id friends --image {stored} --external-image-id photo.png",
        "rekognition search-faces-by-image --collection-id friends --image-bytes fileb://photo.png",
        f"rekognition compare-faces --source-image-bytes fileb://photo.png --target-image {stored}",
        "textract detect-document-text --document S3Object={Bucket=photos,Name=letter.png}",
        "sts get-caller-identity --query Account --output text",
    )
    assert [label["Name"] for label in json.loads(said[2])["Labels"]] == ["Person"]
    assert said[3].strip() == "2"
    assert len(json.loads(said[5])["FaceRecords"]) == 2
    assert json.loads(said[6])["FaceMatches"][0]["Face"]["ExternalImageId"] == "photo.png"
    assert len(json.loads(said[7])["FaceMatches"]) == 1
    assert len([b for b in json.loads(said[8])["Blocks"] if b["BlockType"] == "LINE"]) == 4
    assert said[9].strip() == "000000000000"


def test_the_command_line_moves_files_in_and_out(aws: Callable[..., list[str]], tmp_path: Path) -> None:
    large, folder = bytes(range(256)) * 40_000, tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "large").write_bytes(large)
    (folder / "sub" / "ü b.txt").write_text("small")
    said = aws(
        "s3 mb s3://files",
        "s3 sync folder s3://files/up --no-progress",
        "s3 ls s3://files --recursive",
        "s3 ls s3://files/up/",
        "s3 cp s3://files/up/large s3://files/copied --no-progress",
        "s3 mv s3://files/copied s3://files/moved --no-progress",
        "s3 sync s3://files/up down --no-progress",
        "s3api head-object --bucket files --key moved --query ContentLength",
        "s3 rm s3://files/up --recursive",
        "s3 ls s3://files --summarize",
        "s3 rb s3://files --force",
    )
    assert [line.split(maxsplit=3)[2:] for line in said[2].splitlines()] == [
        [str(len(large)), "up/large"],
        ["5", "up/sub/ü b.txt"],
    ]
    assert [line.split()[-1] for line in said[3].splitlines()] == ["sub/", "large"]
    assert (tmp_path / "down" / "large").read_bytes() == large
    assert (tmp_path / "down" / "sub" / "ü b.txt").read_text() == "small"
    assert said[7].strip() == str(len(large))
    assert "Total Objects: 1" in said[9] and "moved" in said[9]

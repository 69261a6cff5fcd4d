"""Access keys of accounts: unmodified boto3 against the real `albumen serve`, each account for itself."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from albumen.rest_api.accounts.access_keys import AccessKeys, seed
from albumen.rest_api.accounts.store import Accounts
from albumen.rest_api.accounts.who import Role
from tests.processes import Serve, serve

HERE = {"LocationConstraint": "eu-central-1"}


def client(server: Serve, service: str, key: str, secret: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=server.address,
        region_name="eu-central-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"max_attempts": 1, "mode": "standard"}),
    )


def code(call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**members)
    return refused.value.response["Error"]["Code"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    folder = tmp_path_factory.mktemp("keys")
    environment = os.environ | {"ALBUMEN_MODELS": str(folder / "models"), "ALBUMEN_FETCH": "no"}
    with serve(folder / "library", environment=environment) as server:
        yield server


@pytest.fixture(scope="module")
def keys(server: Serve) -> dict[str, tuple[str, str]]:
    """A key of ada, made by the web app, and one of bob, made by the command line while the server runs."""
    unsigned = client(server, "s3", "any", "any")
    unsigned.create_bucket(Bucket="before", CreateBucketConfiguration=HERE)
    unsigned.put_object(Bucket="before", Key="a", Body=b"stored before there were keys")
    ada = server.sign_in()
    ada.post("/api/accounts", json={"name": "bob", "password": "correct horse"}).raise_for_status()
    made = ada.post("/api/access-keys", json={"name": "a script"}).raise_for_status().json()
    bob = json.loads(server.run("keys", "make", "his script", "--account", "bob", "--json"))
    ada.close()
    return {"ada": (made["id"], made["secret"]), "bob": (bob["id"], bob["secret"])}


def test_what_an_account_stores_is_its_own(server: Serve, keys: dict[str, tuple[str, str]]) -> None:
    ours, theirs = (client(server, "s3", *keys[name]) for name in ("ada", "bob"))
    ours.create_bucket(Bucket="pictures", CreateBucketConfiguration=HERE)
    ours.put_object(Bucket="pictures", Key="a/b ü.txt", Body=b"of ada")
    assert [b["Name"] for b in theirs.list_buckets()["Buckets"]] == []
    assert code(theirs.get_object, Bucket="pictures", Key="a/b ü.txt") == "NoSuchBucket"
    theirs.create_bucket(Bucket="pictures", CreateBucketConfiguration=HERE)  # says nothing of ada's
    theirs.put_object(Bucket="pictures", Key="a/b ü.txt", Body=b"of bob")
    assert ours.get_object(Bucket="pictures", Key="a/b ü.txt")["Body"].read() == b"of ada"
    ours, theirs = (client(server, "rekognition", *keys[name]) for name in ("ada", "bob"))
    ours.create_collection(CollectionId="friends")
    assert theirs.list_collections()["CollectionIds"] == []
    assert code(theirs.describe_collection, CollectionId="friends") == "ResourceNotFoundException"
    assert code(theirs.delete_collection, CollectionId="friends") == "ResourceNotFoundException"
    assert ours.list_collections()["CollectionIds"] == ["friends"]


def test_a_job_is_its_accounts_own(server: Serve, keys: dict[str, tuple[str, str]]) -> None:
    ours, theirs = (client(server, "textract", *keys[name]) for name in ("ada", "bob"))
    s3 = client(server, "s3", *keys["ada"])
    s3.create_bucket(Bucket="papers", CreateBucketConfiguration=HERE)
    s3.put_object(Bucket="papers", Key="letter.pdf", Body=b"%PDF-1.4 no letter")
    at = {"DocumentLocation": {"S3Object": {"Bucket": "papers", "Name": "letter.pdf"}}}
    job = ours.start_document_text_detection(**at)["JobId"]
    assert code(theirs.get_document_text_detection, JobId=job) == "InvalidJobIdException"
    assert code(theirs.start_document_text_detection, **at) == "InvalidS3ObjectException"
    assert ours.get_document_text_detection(JobId=job)["JobStatus"] in ("IN_PROGRESS", "FAILED")


def test_what_was_stored_before_there_were_keys_is_the_first_owners(
    server: Serve, keys: dict[str, tuple[str, str]]
) -> None:
    kept = client(server, "s3", *keys["ada"]).get_object(Bucket="before", Key="a")
    assert kept["Body"].read() == b"stored before there were keys"


def test_from_the_first_key_on_every_request_is_signed(server: Serve, keys: dict[str, tuple[str, str]]) -> None:
    id, secret = keys["ada"]
    assert code(client(server, "rekognition", "any", "any").list_collections) == "UnrecognizedClientException"
    assert code(client(server, "rekognition", id, secret[:-1] + "x").list_collections) == "InvalidSignatureException"
    assert code(client(server, "s3", "any", "any").list_buckets) == "InvalidAccessKeyId"
    assert code(client(server, "s3", keys["bob"][0], secret).list_buckets) == "SignatureDoesNotMatch"
    target = {"X-Amz-Target": "RekognitionService.ListCollections", "Content-Type": "application/x-amz-json-1.1"}
    plain = httpx.post(server.address, headers=target, content=b"{}")
    assert (plain.status_code, plain.json()["__type"]) == (400, "MissingAuthenticationTokenException")


def test_a_presigned_address_opens_what_its_key_opens(server: Serve, keys: dict[str, tuple[str, str]]) -> None:
    s3 = client(server, "s3", *keys["ada"])
    s3.create_bucket(Bucket="lent", CreateBucketConfiguration=HERE)
    s3.put_object(Bucket="lent", Key="one", Body=b"1")
    address = s3.generate_presigned_url("get_object", Params={"Bucket": "lent", "Key": "one"}, ExpiresIn=60)
    assert httpx.get(address).content == b"1"
    assert httpx.get(address.replace("/one", "/two")).status_code == 403


def test_a_key_that_is_gone_opens_nothing_from_the_next_request_on(server: Serve, keys: dict[str, Any]) -> None:
    with closing(server.sign_in("bob", "correct horse")) as bob:
        made = bob.post("/api/access-keys", json={"name": "for a day"}).json()
        s3 = client(server, "s3", made["id"], made["secret"])
        assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["pictures"]
        listed = bob.get("/api/access-keys").json()["items"]
        assert next((k["id"], k["name"], k["seen"] is not None) for k in listed) == (made["id"], "for a day", True)
        assert all("secret" not in key for key in listed)
        assert keys["ada"][0] not in {k["id"] for k in listed}
        assert bob.delete(f"/api/access-keys/{keys['ada'][0]}").status_code == 404
        assert bob.delete(f"/api/access-keys/{made['id']}").status_code == 200
        assert code(s3.list_buckets) == "InvalidAccessKeyId"
        assert made["id"] not in server.run("keys", "list", "--account", "bob")


def test_keys_end_with_the_password_and_with_the_account(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.sqlite")
    keys = AccessKeys(accounts, seed(tmp_path))
    ada = accounts.add("ada", "hash", Role.OWNER, tmp_path / "a").id
    bob = accounts.add("bob", "hash", Role.MEMBER, tmp_path / "b").id
    assert not keys.required()
    for change in (
        lambda: accounts.set_password(bob, "other"),
        lambda: accounts.set_disabled(bob, True),
        lambda: accounts.remove(bob),
    ):
        accounts.set_disabled(bob, False)
        made, _ = keys.make(bob, "x")
        assert keys.find(made.id) is not None
        change()
        assert keys.find(made.id) is None
    made, secret = keys.make(ada, "x")
    assert keys.find(made.id) == (secret, ada)
    assert len(secret) == 40
    accounts.revoke_access_key(ada, made.id)
    assert keys.required()  # the last key is gone, and still nobody gets in without one
    accounts.close()
    bytes_ = b"".join(path.read_bytes() for path in tmp_path.glob("accounts*"))
    assert secret.encode() not in bytes_
    assert seed(tmp_path).stat().st_mode & 0o077 == 0

"""A live server on the loopback, and clients of AWS's own making that talk to it."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config

from albumen.aws_api.access import Access
from albumen.aws_api.gateway import Gateway
from albumen.aws_api.services.s3 import S3, Store
from albumen.aws_api.signature import Key
from tests.serving import serving as served

SECRET = "not a secret"


class OneKey:
    """Keys with two entries, each for an account of its own."""

    def find(self, access_key: str) -> Key | None:
        accounts = {"AKIDEXAMPLE": "111111111111", "AKIDOTHER": "222222222222"}
        return Key(SECRET, accounts[access_key]) if access_key in accounts else None


@contextmanager
def said_in_the_environment(address: str, *, key: str = "any", secret: str = "any") -> Iterator[None]:
    """Set what a person sets before running a script, and nothing else of AWS's."""
    said = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in said.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield


def wait_for(address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    for _ in range(100):
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def serving() -> Callable[..., Any]:
    @contextmanager
    def start(services: dict[str, object], access: Access) -> Iterator[str]:
        with served(Gateway(services, access=access)) as site:
            yield site.address

    return start


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("buckets"))


@pytest.fixture(scope="module")
def signed_server(store: Store, serving: Callable[..., Any]) -> Iterator[str]:
    with serving({"s3": S3(store)}, Access.by_keys(OneKey())) as address:
        wait_for(address)
        yield address


@pytest.fixture(scope="module")
def client(signed_server: str) -> Callable[..., Any]:
    def make(service: str, *, key: str = "AKIDEXAMPLE", secret: str = SECRET, **config: Any) -> Any:
        settings = Config(retries={"max_attempts": 1, "mode": "standard"}, **config)
        return boto3.client(
            service,
            endpoint_url=signed_server,
            region_name="eu-central-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=settings,
        )

    return make


@pytest.fixture(scope="module")
def s3(client: Callable[..., Any]) -> Any:
    made = client("s3")
    made.create_bucket(Bucket="pictures", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return made

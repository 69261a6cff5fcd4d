"""The services put behind the gateway, as the composition root and tests want them."""

from collections.abc import Mapping
from pathlib import Path

from albumen.aws_api.access import Access
from albumen.aws_api.gateway import Gateway
from albumen.aws_api.services.rekognition import Rekognition, Tasks
from albumen.aws_api.services.s3 import S3, Store
from albumen.aws_api.services.textract import Textract
from albumen.aws_api.signature import Keys


def app(folder: Path, tasks: Tasks, *, keys: Keys | None = None, more: Mapping[str, object] | None = None) -> Gateway:
    """Return the AWS-compatible API over a folder; `more` holds further services by their botocore names."""
    store = Store(folder / "buckets")
    services: dict[str, object] = {
        "s3": S3(store),
        "rekognition": Rekognition(tasks, folder, objects=store),
        "textract": Textract(tasks.documents, folder, objects=store),
    }
    return Gateway(services | dict(more or {}), access=Access.by_keys(keys))

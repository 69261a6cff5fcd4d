"""The services put behind the gateway, as the composition root and tests want them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from albumen.aws_api.access import Access
from albumen.aws_api.gateway import Gateway
from albumen.aws_api.services.messages import Post, Sns, Sqs, Sts
from albumen.aws_api.services.rekognition import Rekognition, Subscribers, Tasks
from albumen.aws_api.services.s3 import S3, Store
from albumen.aws_api.services.textract import Textract
from albumen.aws_api.signature import Keys


@dataclass(frozen=True)
class Options:
    """What may be set: web addresses by topic, and how many stored videos and documents are worked on at a time."""

    topics: Mapping[str, str] = field(default_factory=dict[str, str])
    workers: int = 1


def services(folder: Path, tasks: Tasks, options: Options) -> dict[str, object]:
    """Return the services by their botocore names."""
    store, post = Store(folder / "buckets"), Post(folder / "messages.sqlite")
    topics, workers = Subscribers(options.topics, post), options.workers
    return {
        "s3": S3(store),
        "rekognition": Rekognition(tasks, folder, objects=store, topics=topics, workers=workers),
        "textract": Textract(tasks.documents, folder, objects=store, topics=topics, workers=workers),
        "sns": Sns(post),
        "sqs": Sqs(post),
        "sts": Sts(),
    }


def app(
    folder: Path,
    tasks: Tasks,
    *,
    keys: Keys | None = None,
    required: Callable[[], bool] = lambda: True,
    more: Mapping[str, object] | None = None,
    options: Options | None = None,
) -> Gateway:
    """Return the AWS-compatible API over a folder; `more` holds further services by their botocore names.

    Without keys, and as long as they are not `required`, this machine is answered without a signature.
    """
    served = services(folder, tasks, options or Options()) | dict(more or {})
    return Gateway(served, access=Access.by_keys(keys, required=required))

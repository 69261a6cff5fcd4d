"""The part of S3 that other services' clients need: objects are plain files in a folder a bucket."""

from albumen.aws_api.services.s3.service import S3
from albumen.aws_api.services.s3.store import Store

__all__ = ["S3", "Store"]

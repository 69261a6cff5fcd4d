"""From a request's Image to pixels, within the limits that clients test for."""

import io
from dataclasses import dataclass
from typing import Protocol, TypedDict

from albumen.aws_api.errors import Fault
from albumen.core.arrays import Image
from albumen.core.errors import MediaError
from albumen.media import metadata
from albumen.media.formats import HEAD, Format, sniff
from albumen.media.image import decode

MIB = 1024 * 1024
NO_FORMAT = "Request has invalid image format"
NO_OBJECT = "Unable to get object metadata from S3. Check object key, region and/or access permissions."
TOO_LARGE = "Image size is too large."


class S3Object(TypedDict, total=False):
    """Where an object is."""

    Bucket: str
    Name: str
    Version: str


class ImageRef(TypedDict, total=False):
    """A picture in a request."""

    Bytes: bytes
    S3Object: S3Object


class Objects(Protocol):
    """Where pictures and videos named by bucket and key are read from."""

    def read(self, account: str, bucket: str, key: str, *, most: int) -> bytes | None:
        """Return an object's bytes, or None if it has more than `most`; refuse one that is not there."""
        ...


@dataclass(frozen=True)
class Limits:
    """How large pictures may be; the defaults are AWS's own."""

    bytes: int = 5 * MIB
    object_bytes: int = 15 * MIB
    least_pixels: int = 80
    long_side: int = 2048
    """Larger pictures are scaled down to this before models see them."""


class Pictures:
    """Reads the pictures that requests name."""

    def __init__(self, objects: Objects | None = None, limits: Limits | None = None) -> None:
        self._objects = objects
        self.limits = limits or Limits()

    def open(self, account: str, ref: ImageRef, *, most: int = 0, least_pixels: int = 0) -> Image:
        """Return the upright pixels of a request's picture."""
        return self.pixels(self.data(account, ref, most=most), least_pixels=least_pixels)

    def data(self, account: str, ref: ImageRef, *, most: int = 0) -> bytes:
        """Return the bytes of a request's picture."""
        if len(ref) != 1:
            raise Fault("InvalidParameterException", "Request has invalid parameters: give either Bytes or S3Object.")
        data = ref.get("Bytes")
        if data is None:
            return self.fetch(account, ref.get("S3Object", {}), most=self.limits.object_bytes)
        if len(data) > (most or self.limits.bytes):
            raise Fault("ImageTooLargeException", TOO_LARGE)
        return data

    def fetch(self, account: str, where: S3Object, *, most: int) -> bytes:
        """Return the bytes of an object."""
        bucket, key = where.get("Bucket"), where.get("Name")
        if self._objects is None or not bucket or not key or "Version" in where:
            raise Fault("InvalidS3ObjectException", NO_OBJECT)
        try:
            data = self._objects.read(account, bucket, key, most=most)
        except Fault:
            raise Fault("InvalidS3ObjectException", NO_OBJECT) from None
        if data is None:
            raise Fault("ImageTooLargeException", TOO_LARGE)
        return data

    def pixels(self, data: bytes, *, least_pixels: int = 0) -> Image:
        """Return the upright pixels that a JPEG or PNG file holds."""
        format = sniff(data[:HEAD])
        if format is not Format.JPEG and format is not Format.PNG:
            raise Fault("InvalidImageFormatException", NO_FORMAT)
        try:
            turned = metadata.read(io.BytesIO(data), format).orientation
            decoded = decode(data, format, orientation=turned, at_least=self.limits.long_side)
        except MediaError as error:
            raise Fault("InvalidImageFormatException", f"{NO_FORMAT}: {error}") from error
        least = least_pixels or self.limits.least_pixels
        if min(decoded.width, decoded.height) < least:
            sentence = f"Request has invalid parameters: the image must have at least {least} pixels on each side."
            raise Fault("InvalidParameterException", sentence)
        return decoded.canvas

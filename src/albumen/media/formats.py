"""Which kind of media some bytes are, told by their content and never by their name."""

import struct
from enum import StrEnum
from pathlib import PurePath

HEAD = 4096
"""How many first bytes `sniff` wants to see."""


class Kind(StrEnum):
    """What a file is to a person."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"


class Format(StrEnum):
    """Every format we open."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    HEIF = "heif"
    TIFF = "tiff"
    GIF = "gif"
    BMP = "bmp"
    PSD = "psd"
    JXL = "jxl"
    RAW = "raw"
    MP4 = "mp4"
    MOV = "mov"
    MATROSKA = "matroska"
    WEBM = "webm"
    AVI = "avi"
    MPEG_TS = "mpeg-ts"
    MPEG_PS = "mpeg-ps"
    PDF = "pdf"

    @property
    def kind(self) -> Kind:
        """Return whether this is a still picture, a video or a document."""
        return Kind.VIDEO if self in VIDEOS else Kind.DOCUMENT if self is Format.PDF else Kind.IMAGE

    @property
    def called(self) -> str:
        """Return the format's name as people write it."""
        return CALLED.get(self, self.upper())

    @property
    def mime(self) -> str:
        """Return the media type."""
        return MIME.get(self, f"image/{self.value}")


VIDEOS = frozenset({Format.MP4, Format.MOV, Format.MATROSKA, Format.WEBM, Format.AVI, Format.MPEG_TS, Format.MPEG_PS})
CALLED = {
    Format.WEBP: "WebP",
    Format.HEIF: "HEIC",
    Format.JXL: "JPEG XL",
    Format.MATROSKA: "Matroska",
    Format.WEBM: "WebM",
}
MIME = {
    Format.PSD: "image/vnd.adobe.photoshop",
    Format.RAW: "image/x-raw",
    Format.MP4: "video/mp4",
    Format.MOV: "video/quicktime",
    Format.MATROSKA: "video/matroska",
    Format.WEBM: "video/webm",
    Format.AVI: "video/x-msvideo",
    Format.MPEG_TS: "video/mp2t",
    Format.MPEG_PS: "video/mpeg",
    Format.PDF: "application/pdf",
}

RAW_SUFFIXES = frozenset(
    [
        ".3fr",
        ".arw",
        ".cr2",
        ".cr3",
        ".dcr",
        ".dng",
        ".erf",
        ".fff",
        ".iiq",
        ".kdc",
        ".mef",
        ".mos",
        ".mrw",
        ".nef",
        ".nrw",
        ".orf",
        ".pef",
        ".raf",
        ".raw",
        ".rw2",
        ".rwl",
        ".sr2",
        ".srf",
        ".srw",
        ".x3f",
    ]
)
IMAGE_SUFFIXES = RAW_SUFFIXES | frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".jxl",
        ".png",
        ".apng",
        ".webp",
        ".avif",
        ".heic",
        ".heif",
        ".hif",
        ".tif",
        ".tiff",
        ".gif",
        ".bmp",
        ".dib",
        ".psd",
        ".mpo",
    ]
)
VIDEO_SUFFIXES = frozenset(
    [
        ".mp4",
        ".m4v",
        ".mov",
        ".qt",
        ".mkv",
        ".webm",
        ".avi",
        ".mts",
        ".m2ts",
        ".m2t",
        ".ts",
        ".3gp",
        ".3g2",
        ".mpg",
        ".mpeg",
        ".vob",
        ".insv",
        ".lrv",
        ".mod",
        ".tod",
    ]
)
DOCUMENT_SUFFIXES = frozenset({".pdf"})
SIDECAR_SUFFIXES = frozenset({".xmp", ".json", ".aae", ".thm"})

_SUFFIXES = IMAGE_SUFFIXES | VIDEO_SUFFIXES | DOCUMENT_SUFFIXES
_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"GIF87a", Format.GIF),
    (b"GIF89a", Format.GIF),
    (b"8BPS\x00\x01", Format.PSD),
    (b"8BPS\x00\x02", Format.PSD),
    (b"\xff\x0a", Format.JXL),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", Format.JXL),
    (b"\x00\x00\x01\xba", Format.MPEG_PS),
    (b"FUJIFILMCCD-RAW", Format.RAW),
    (b"IIRO", Format.RAW),
    (b"IIRS", Format.RAW),
    (b"MMOR", Format.RAW),
    (b"IIU\x00", Format.RAW),
    (b"FOVb", Format.RAW),
    (b"\x00MRM", Format.RAW),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis", b"avio"})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"heif", b"mif1", b"msf1", b"mif2"})
_VIDEO_BOXES = frozenset({b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot"})


def worth_looking_at(name: str) -> bool:
    """Return whether a folder scan should open a file of this name; what it is, its bytes decide."""
    return not name.startswith("._") and PurePath(name).suffix.lower() in _SUFFIXES


def is_sidecar(name: str) -> bool:
    """Return whether a file of this name may describe another file beside it."""
    return not name.startswith("._") and PurePath(name).suffix.lower() in SIDECAR_SUFFIXES


def sniff(head: bytes) -> Format | None:
    """Return the format of a file that begins with `head` (4,096 bytes are enough), or `None` if it is no media."""
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    return (
        _riff(head)
        or _matroska(head)
        or _boxes(head)
        or _tiff(head)
        or _bitmap(head)
        or _transport_stream(head)
        or _pdf(head)
    )


def _riff(head: bytes) -> Format | None:
    if head[:4] not in (b"RIFF", b"RF64"):
        return None
    return {b"WEBP": Format.WEBP, b"AVI ": Format.AVI}.get(head[8:12])


def _matroska(head: bytes) -> Format | None:
    """Tell WebM from Matroska by the name of the document's type, which stands in the first element."""
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return None
    return Format.WEBM if b"\x42\x82\x84webm" in head[:64] else Format.MATROSKA


def _boxes(head: bytes) -> Format | None:
    box = head[4:8]
    if box != b"ftyp":
        return Format.MOV if box in _VIDEO_BOXES and len(head) >= 16 else None
    size = int.from_bytes(head[:4], "big")
    brands = {head[8:12], *(head[i : i + 4] for i in range(16, min(size, len(head)), 4))}
    if head[8:12] == b"crx ":
        return Format.RAW
    if brands & _AVIF_BRANDS and not head[8:12].startswith(b"hei"):
        return Format.AVIF
    if brands & _HEIF_BRANDS:
        return Format.HEIF
    return Format.MOV if head[8:12] == b"qt  " else Format.MP4


def _tiff(head: bytes) -> Format | None:
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return None
    version, start = struct.unpack_from(order + "HI", head, 2)
    if version == 43:
        return Format.TIFF
    if version != 42:
        return None
    if head[8:10] == b"CR" or _ifd_of_raw(head, order, start):
        return Format.RAW
    return Format.TIFF


def _ifd_of_raw(head: bytes, order: str, start: int) -> bool:
    """Tell a RAW from a plain TIFF by its first directory: a DNG version, a mosaic, or only a small preview."""
    if start + 2 > len(head):
        return False
    (count,) = struct.unpack_from(order + "H", head, start)
    tags: dict[int, int] = {}
    for at in range(start + 2, min(start + 2 + 12 * count, len(head) - 11), 12):
        tag, kind = struct.unpack_from(order + "HH", head, at)
        tags[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), head, at + 8)[0]
    mosaic = tags.get(262) in (32803, 34892)
    preview_of_more = tags.get(254) == 1 and 330 in tags and 271 in tags
    return 0xC612 in tags or mosaic or preview_of_more


def _bitmap(head: bytes) -> Format | None:
    header = head[14:18]
    return (
        Format.BMP if head[:2] == b"BM" and header[:1] in b"\x0c\x28\x34\x38\x40\x6c\x7c" and len(header) == 4 else None
    )


def _pdf(head: bytes) -> Format | None:
    return Format.PDF if b"%PDF-" in head[:1024] else None  # readers allow some bytes of mail or printer before it


def _transport_stream(head: bytes) -> Format | None:
    for start, step in ((0, 188), (4, 192)):
        beats = [head[i : i + 1] for i in range(start, min(len(head), start + 5 * step), step)]
        if len(beats) >= 3 and all(beat == b"\x47" for beat in beats):
            return Format.MPEG_TS
    return None

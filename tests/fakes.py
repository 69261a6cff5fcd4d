"""Small stand-ins that are passed through constructors."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import av
import numpy as np
from PIL import Image as Pillow

from albumen.core.arrays import Image
from albumen.core.errors import MediaError
from albumen.library.copying import Copied, Copier
from albumen.library.folder import Folder
from albumen.library.ingest import Eyes, Importer, Progress, Summary
from albumen.library.intake import Places
from albumen.library.places import Place
from albumen.library.template import DEFAULT, Template
from albumen.library.understand import Findings, Saying
from albumen.library.writing import Stores
from albumen.media.look import Glance, Look, glance, look
from albumen.stores.blobs import Blobs
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors

DIM = 8
T = TypeVar("T")


class OwnEyes:
    """Looks at files in this process and counts how often."""

    def __init__(self) -> None:
        self.looks = 0

    def submit(self, path: bytes) -> Future[Look]:
        self.looks += 1
        return _done(look, path)

    def glance(self, path: bytes) -> Future[Glance]:
        return _done(glance, path)


def _done(work: Callable[[bytes], T], path: bytes) -> Future[T]:
    future: Future[T] = Future()
    try:
        future.set_result(work(path))
    except MediaError as error:
        future.set_exception(error)
    return future


class Nowhere:
    """Knows no place."""

    def place(self, lat: float | None, lon: float | None) -> Place | None:
        return None


def by_colour(images: Sequence[Image]) -> list[Findings]:
    """Say which of red, green and blue a picture mostly is, as a label and as a vector."""
    found: list[Findings] = []
    for image in images:
        mean = image.reshape(-1, 3).mean(0)
        name = ("red", "green", "blue")[int(mean.argmax())]
        vector = np.zeros(DIM, np.float32)
        vector[:3] = mean + 1
        sayings = (Saying("labels", "colour.fake", [[name, 1.0]]),)
        found.append(Findings(sayings, None, None, (vector / np.linalg.norm(vector)).astype(np.float32)))
    return found


def open_stores(folder: Folder) -> Stores:
    """Open a library's stores for the fake encoder."""
    folder.create()
    frames, faces = Vectors(folder.vectors / "frames", DIM), Vectors(folder.vectors / "faces", DIM)
    words = Postings(folder.vectors / "words")
    return Stores(Catalog(folder.catalog), Blobs(folder.thumbnails), frames, faces, words)


def import_into(
    folder: Folder,
    *paths: Path,
    eyes: Eyes | None = None,
    places: Places | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Summary:
    """Import paths with the fakes."""
    stores = open_stores(folder)
    importer = Importer(
        folder,
        stores,
        eyes=eyes or OwnEyes(),
        understand=by_colour,
        places=places or Nowhere(),
        on_progress=on_progress,
    )
    try:
        with folder.importing():
            return importer.run([bytes(p) for p in paths])
    finally:
        stores.catalog.close()


def copy_into(folder: Folder, *paths: Path, template: str = DEFAULT, eyes: OwnEyes | None = None) -> Copied:
    """Copy paths into the library's originals and import those."""
    stores, eyes = open_stores(folder), eyes or OwnEyes()
    try:
        with folder.importing():
            copier = Copier(folder, stores.catalog, eyes=eyes, template=Template.parse(template))
            copied = copier.run([bytes(p) for p in paths])
    finally:
        stores.catalog.close()
    import_into(folder, folder.originals, eyes=eyes)
    return copied


def make_photo(
    path: Path,
    colour: tuple[int, int, int] = (200, 30, 30),
    size: tuple[int, int] = (64, 48),
    *,
    taken: str | None = None,
    make: str = "",
    place: tuple[float, float] | None = None,
) -> Path:
    """Write a small JPEG whose bytes depend on what is given; `taken` is a date as EXIF writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Pillow.Exif()
    if make:
        exif[0x010F] = make
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    if place:
        lat, lon = place
        north, east = "N" if lat >= 0 else "S", "E" if lon >= 0 else "W"
        exif.get_ifd(0x8825).update({1: north, 2: (abs(lat), 0.0, 0.0), 3: east, 4: (abs(lon), 0.0, 0.0)})
    Pillow.new("RGB", size, colour).save(path, "JPEG", exif=exif)
    return path


def make_clip(path: Path, *, seconds: int = 2, colour: tuple[int, int, int] = (20, 30, 200)) -> Path:
    """Write a small video of one colour, ten frames a second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    film: Any
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=10, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        pixels = np.full((48, 64, 3), colour, np.uint8)
        for _ in range(seconds * 10):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(stream.encode())
    return path

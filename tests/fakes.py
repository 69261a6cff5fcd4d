"""Small stand-ins that are passed through constructors."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from albumen.core.arrays import Image
from albumen.library.folder import Folder
from albumen.library.ingest import Importer, Progress, Stores, Summary
from albumen.library.places import Place
from albumen.library.understand import Findings, Saying
from albumen.media.look import Look, look
from albumen.stores.blobs import Blobs
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.vectors import Vectors

DIM = 8


class OwnEyes:
    """Looks at files in this process and counts how often."""

    def __init__(self) -> None:
        self.looks = 0

    def submit(self, path: bytes) -> Future[Look]:
        self.looks += 1
        future: Future[Look] = Future()
        try:
            future.set_result(look(path))
        except Exception as error:
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
        found.append(Findings(sayings, None, None, vector / np.linalg.norm(vector)))
    return found


def open_stores(folder: Folder) -> Stores:
    """Open a library's stores for the fake encoder."""
    folder.create()
    frames, faces = Vectors(folder.vectors / "frames", DIM), Vectors(folder.vectors / "faces", DIM)
    return Stores(Catalog(folder.catalog), Blobs(folder.thumbnails), frames, faces)


def import_into(
    folder: Folder,
    *paths: Path,
    eyes: OwnEyes | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Summary:
    """Import paths with the fakes."""
    stores = open_stores(folder)
    importer = Importer(
        folder, stores, eyes=eyes or OwnEyes(), understand=by_colour, places=Nowhere(), on_progress=on_progress
    )
    try:
        with folder.importing():
            return importer.run([bytes(p) for p in paths])
    finally:
        stores.catalog.close()


def make_photo(path: Path, colour: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (64, 48)) -> Path:
    """Write a small JPEG whose bytes depend on its colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.new("RGB", size, colour).save(path, "JPEG")
    return path

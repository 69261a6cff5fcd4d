"""Where a library keeps its things on disk, and who may write there."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from albumen.core.errors import LibraryBusy, NoLibrary, ReadOnly, StoreError
from albumen.core.locks import try_locked
from albumen.stores.disk import writing


@dataclass(frozen=True)
class Folder:
    """A library's folder: the catalog, the vectors, the thumbnails, and the originals given into its care."""

    path: Path

    @property
    def catalog(self) -> Path:
        """Return the path of the database."""
        return self.path / "catalog.sqlite"

    @property
    def vectors(self) -> Path:
        """Return the folder of the vectors, one folder inside for each card."""
        return self.path / "vectors"

    @property
    def thumbnails(self) -> Path:
        """Return the folder of the thumbnails."""
        return self.path / "thumbnails"

    @property
    def originals(self) -> Path:
        """Return the folder of the originals that were copied into the library."""
        return self.path / "originals"

    def exists(self) -> bool:
        """Return whether there is a library here."""
        return self.catalog.is_file()

    def require(self) -> None:
        """Raise `NoLibrary` unless there is a library here."""
        if not self.exists():
            how = f"albumen --library {self.path} import PATH"
            raise NoLibrary(f"there is no library at {self.path}; make one with: {how}")

    def create(self) -> None:
        """Make the folder, if it is not there yet."""
        try:
            with writing(self.path):
                self.path.mkdir(parents=True, exist_ok=True)
        except StoreError as error:
            if isinstance(error.__cause__, (FileExistsError, NotADirectoryError)):
                raise NoLibrary(f"{self.path} is a file; a library needs a folder") from error
            raise
        if not os.access(self.path, os.W_OK):
            raise ReadOnly(f"the library {self.path} cannot be written to; check who owns the folder")

    @contextmanager
    def importing(self) -> Generator[None]:
        """Hold the right to import; there is one importer at a time, and the right falls free when its holder dies."""
        with try_locked(self.path / "import.lock") as mine:
            if not mine:
                raise LibraryBusy(f"another import into {self.path} is running; wait for it or stop it first")
            yield

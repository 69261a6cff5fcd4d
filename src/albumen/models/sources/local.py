"""The `file:` source: a file on this machine, such as one carried to an air-gapped site."""

import shutil
from pathlib import Path

from albumen.core.errors import SourceUnavailable
from albumen.models.sources import Address, Fetched, Report


class LocalFiles:
    """Copies files of this machine."""

    def fetch(self, address: Address, into: Path, report: Report) -> Fetched:
        """Copy the file to `into`."""
        path = Path(address.member).expanduser()
        if not path.is_file():
            raise SourceUnavailable(f"{address}: there is no such file")
        shutil.copyfile(path, into)
        report(into.stat().st_size, into.stat().st_size)
        return Fetched({})

"""What a verb does not need, it does not import: that is what makes the command line start at once."""

import json
import subprocess
import sys

import pytest

from albumen.library.folder import Folder
from tests.cli.test_commands import albumen, environment
from tests.fakes import import_into, make_photo

LOADED = """
import json, sys
from albumen.cli.main import albumen
try:
    albumen.main(sys.argv[1:], standalone_mode=False)
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
VENDORS = {
    "av",
    "cv2",
    "fastapi",
    "httpx",
    "onnxruntime",
    "openvino",
    "PIL",
    "rawpy",
    "rich",
    "simplejpeg",
    "tokenizers",
}
IMPORTERS = {"albumen.library.ingest", "albumen.library.copying", "albumen.library.heads", "albumen.media.sandbox"}


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("startup")
    make_photo(folder / "photos" / "red.jpg", taken="2019:07:14 12:00:00")
    import_into(Folder(folder / "library"), folder / "photos")
    return str(folder / "library")


def loaded(library: str, *arguments: str) -> set[str]:
    command = [sys.executable, "-c", LOADED, "--library", library, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60)
    assert ran.stdout
    return set(json.loads(ran.stderr.splitlines()[-1]))


def test_a_search_by_facts_loads_nothing_that_reads_pictures_runs_models_or_speaks_http(library):
    modules = loaded(library, "search", "photos from 2019")
    assert not modules & (VENDORS - {"tokenizers"} | IMPORTERS)
    assert not {m for m in modules if m.startswith(("albumen.media", "albumen.vision.faces", "albumen.vision.text"))}


@pytest.mark.parametrize("verb", ["stats", "verify", "people list"])
def test_counting_checking_and_naming_load_no_vendor_and_no_search(library, verb):
    modules = loaded(library, *verb.split())
    assert not modules & (VENDORS | IMPORTERS)
    assert "albumen.library.query.parse" not in modules
    assert "albumen.models.pool" not in modules
    assert not modules & {"numpy", "pydantic"}
    assert not {m for m in modules if m.startswith(("albumen.vision", "albumen.stores.vectors"))}


def test_showing_an_asset_loads_nothing_that_reads_files(library):
    (shown,) = json.loads(albumen("--library", library, "search", "photos", "--json").stdout)["results"]
    modules = loaded(library, "show", shown["id"])
    assert not modules & (VENDORS | IMPORTERS | {"pydantic"})
    assert not {m for m in modules if m.startswith(("albumen.media", "albumen.vision", "albumen.documents"))}


def test_help_loads_neither_settings_nor_a_database():
    modules = loaded("x", "--help")
    assert not modules & {"albumen.core.settings", "sqlalchemy", "numpy", "pydantic", "albumen.server"}

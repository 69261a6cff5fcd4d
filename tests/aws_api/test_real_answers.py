"""Real models behind the API: what is in a photo, who is who, what is written."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from albumen.aws_api.application import app
from albumen.aws_api.services.rekognition.installed import installed
from albumen.aws_api.wire import Call
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore

pytestmark = [pytest.mark.weights, pytest.mark.data]
CALL = Call("000000000000", "id")


class Direct:
    """Calls operations as the gateway does, without HTTP."""

    def __init__(self, gateway: Any) -> None:
        self._gateway = gateway

    def __call__(self, name: str, **members: Any) -> Any:
        return self._gateway.handlers.call(self._gateway.spec.services["rekognition"][name], CALL, members)


@pytest.fixture(scope="module")
def ask(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Direct]:
    pool = Pool(ModelStore(models_folder))
    gateway = app(tmp_path_factory.mktemp("aws"), installed(Cards.load(), pool))
    yield Direct(gateway)
    gateway.close()
    pool.close()


def image(data: Path, name: str) -> dict[str, bytes]:
    return {"Bytes": (data / "faces" / "images" / name).read_bytes()}


def test_sees_the_two_people_of_a_photo(ask: Direct, data: Path) -> None:
    found = ask("DetectLabels", Image=image(data, "couple.jpg"))["Labels"]
    assert [len(x["Instances"]) for x in found if x["Name"] == "Person"] == [2]
    faces = ask("DetectFaces", Image=image(data, "couple.jpg"), Attributes=["ALL"])["FaceDetails"]
    assert len(faces) == 2
    for face in faces:
        box = face["BoundingBox"]
        assert len(face["Landmarks"]) == 30
        assert all(box["Left"] - 0.1 < p["X"] < box["Left"] + box["Width"] + 0.1 for p in face["Landmarks"])
        assert 15 < face["AgeRange"]["Low"] < face["AgeRange"]["High"] < 70


def test_tells_one_person_from_another(ask: Direct, data: Path) -> None:
    same = ask("CompareFaces", SourceImage=image(data, "img20.jpg"), TargetImage=image(data, "img21.jpg"))
    assert [m["Similarity"] > 80 for m in same["FaceMatches"]] == [True]
    other = ask("CompareFaces", SourceImage=image(data, "img20.jpg"), TargetImage=image(data, "img1.jpg"))
    assert not other["FaceMatches"] and other["UnmatchedFaces"]


def test_reads_what_is_written(ask: Direct) -> None:
    canvas = Pillow.new("RGB", (900, 300), "white")
    font = ImageFont.load_default(48)
    ImageDraw.Draw(canvas).text((40, 60), "Mind the gap", "black", font)
    ImageDraw.Draw(canvas).text((40, 160), "between 3 and 12", "black", font)
    out = io.BytesIO()
    canvas.save(out, "PNG")
    found = ask("DetectText", Image={"Bytes": out.getvalue()})["TextDetections"]
    assert [d["DetectedText"] for d in found if d["Type"] == "LINE"] == ["Mind the gap", "between 3 and 12"]


def test_finds_nothing_to_moderate_in_a_harmless_photo(ask: Direct, data: Path) -> None:
    assert ask("DetectModerationLabels", Image=image(data, "couple.jpg"))["ModerationLabels"] == []

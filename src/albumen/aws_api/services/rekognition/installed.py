"""The tasks that the default models of a tier make possible; heavy, import it only to serve."""

import math

from albumen.aws_api.services.rekognition.tasks import Tasks
from albumen.aws_api.services.rekognition.traits import Claim, Traits
from albumen.core.arrays import Image
from albumen.core.findings import Faces
from albumen.documents.reader import Reader
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.vision.faces.age import Age, Ages
from albumen.vision.faces.mesh import FaceMesh, Meshes
from albumen.vision.faces.sface import SFace
from albumen.vision.faces.similarity import Likeness
from albumen.vision.faces.yunet import YuNet
from albumen.vision.labels import efficientnet
from albumen.vision.moderation.open_nsfw import OpenNsfw
from albumen.vision.objects.efficientdet import Calibrated, EfficientDet
from albumen.vision.quality.measure import measure
from albumen.vision.text.ppocr import PPOCR, Setting

LEAST_MESH = 0.5
"""Sureness of the mesh network that a face is there, below which its points are not used."""
PAGES = "ppocr-v6.small"
"""Reads documents: a point and a half of words better than the default, which is for photos, and a third slower."""
FACE_SIDE = 1280
"""Long side at which faces are looked for, so that small ones in large pictures are found."""


EYES_OPEN, MOUTH_OPEN = 0.17, 0.15
"""Height over width from which eyes and mouth count as open; an open eye has about 0.3."""
STEEP = 0.03
"""How far from that border a yes or no is sure to 73 %."""


class MeshAndAge:
    """Reads faces with a mesh of points and with predictors of age and gender."""

    def __init__(self, mesh: FaceMesh, age: Age) -> None:
        self._mesh, self._age = mesh, age

    def read(self, image: Image, faces: Faces, /) -> list[Traits]:
        """Return what can be said of each face."""
        meshes, ages, male = (
            self._mesh.fit(image, faces),
            self._age.estimate(image, faces),
            self._age.gender(image, faces),
        )
        return [_traits(meshes, ages, float(m), i) for i, m in enumerate(male)]


def _traits(meshes: Meshes, ages: Ages, male: float, i: int) -> Traits:
    band = round(float(ages.low[i])), round(float(ages.high[i]))
    if meshes.scores[i] < LEAST_MESH:
        return Traits(age=band, male=male)
    claims = {"EyesOpen": _claim(meshes.eyes(i), EYES_OPEN), "MouthOpen": _claim(meshes.mouth(i), MOUTH_OPEN)}
    return Traits(age=band, male=male, pose=meshes.pose(i), claims=claims, landmarks=meshes.named(i))


def _claim(ratio: float, border: float) -> Claim:
    likely = 1 / (1 + math.exp(-(ratio - border) / STEEP))
    return Claim(likely >= 0.5, max(likely, 1 - likely))


def installed(cards: Cards, pool: Pool) -> Tasks:
    """Return all tasks with the offline tier's models."""
    vectors = cards.default("face-vectors")
    return Tasks(
        tagger=efficientnet.EfficientNet(cards.default("labels"), pool),
        classes=efficientnet.names(),
        detector=Calibrated(EfficientDet(cards.default("objects"), pool)),
        face_finder=YuNet(cards.default("faces"), pool, long_side=FACE_SIDE),
        face_embedder=SFace(vectors, pool),
        face_scale=Likeness.of(vectors),
        face_reader=MeshAndAge(FaceMesh(cards.default("face-mesh"), pool), Age(cards.default("face-age"), pool)),
        reader=PPOCR(cards.default("text"), pool, setting=Setting.PHOTO),
        documents=Reader(PPOCR(cards[PAGES], pool, setting=Setting.PAGE)),
        moderator=OpenNsfw(cards.default("moderation"), pool),
        quality=measure,
    )

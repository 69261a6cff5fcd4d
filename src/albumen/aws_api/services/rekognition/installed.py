"""The tasks that the default models of a tier make possible; heavy, import it only to serve."""

from albumen.aws_api.services.rekognition.tasks import Tasks
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.vision.faces.sface import SFace
from albumen.vision.faces.similarity import Likeness
from albumen.vision.faces.yunet import YuNet
from albumen.vision.labels import efficientnet
from albumen.vision.moderation.open_nsfw import OpenNsfw
from albumen.vision.objects.efficientdet import EfficientDet
from albumen.vision.quality.measure import measure
from albumen.vision.text.ppocr import PPOCR, Setting

FACE_SIDE = 1280
"""Long side at which faces are looked for, so that small ones in large pictures are found."""


def installed(cards: Cards, pool: Pool) -> Tasks:
    """Return all tasks with the offline tier's models."""
    vectors = cards.default("face-vectors")
    return Tasks(
        tagger=efficientnet.EfficientNet(cards.default("labels"), pool),
        classes=efficientnet.names(),
        detector=EfficientDet(cards.default("objects"), pool),
        face_finder=YuNet(cards.default("faces"), pool, long_side=FACE_SIDE),
        face_embedder=SFace(vectors, pool),
        face_scale=Likeness.of(vectors),
        reader=PPOCR(cards.default("text"), pool, setting=Setting.PHOTO),
        moderator=OpenNsfw(cards.default("moderation"), pool),
        quality=measure,
    )

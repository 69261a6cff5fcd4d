"""Which models a library runs on: a tier's cards, each loaded when it is first needed."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from albumen.core.errors import ModelError

if TYPE_CHECKING:
    from albumen.core.settings import Settings
    from albumen.documents.reader import Reader
    from albumen.library.heads import Heads
    from albumen.library.search.scorer import ConceptScorer, TowerScorer
    from albumen.models.card import Card
    from albumen.models.pool import Pool
    from albumen.vision.faces.age import Age
    from albumen.vision.moderation.open_nsfw import OpenNsfw

OFFLINE = "offline"
PAGES = "ppocr-v6.small"
"""The model that reads pages with care."""
TASKS = ("labels", "objects", "faces", "face-vectors", "text", "embed", "moderation", "face-age")


class Models:
    """The models that a library runs on, each loaded when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        from albumen.models.cards import Cards
        from albumen.models.store import ModelStore

        self.cards = Cards.load()
        self.store = ModelStore(settings.models, fetch=settings.fetch, hub=settings.hub, token=settings.hub_token)
        self._threads = settings.thread_count()
        self._pools: list[Pool] = []
        self.pool = self._pool(self._threads)
        self._tier = settings.tier or OFFLINE
        self._used: dict[str, Card] = {}

    def card(self, task: str) -> Card:
        """Return the card for a task: the chosen tier's where that is installed, else the offline tier's.

        What was once returned stays, so that a model that is fetched meanwhile does not change the stores under way.
        """
        if task not in self._used:
            best = self._best(task, self._tier)
            usable = best.tier == OFFLINE or self.store.installed(best)
            self._used[task] = best if usable else self.cards.default(task, OFFLINE)
        return self._used[task]

    def bytes(self, tier: str) -> int:
        """Return the size of all models that a tier runs on."""
        return sum(self._best(task, tier).bytes for task in TASKS) + self.cards[PAGES].bytes

    def lacking(self) -> list[Card]:
        """Return the chosen tier's models of the hub that are not installed."""
        best = [self._best(task, self._tier) for task in TASKS]
        return [card for card in best if card.tier != OFFLINE and not self.store.installed(card)]

    def _best(self, task: str, tier: str) -> Card:
        has = any(card.default for card in self.cards.of_task(task, tier=tier))
        return self.cards.default(task, tier if has else OFFLINE)

    def needed(self) -> list[Card]:
        """Return the cards of every model that an import runs."""
        return [*(self.card(task) for task in TASKS), self.cards[PAGES]]

    @cached_property
    def scorer(self) -> ConceptScorer | TowerScorer:
        """Return the image-text encoder in the stores' terms."""
        card = self.card("embed")
        match card.family:
            case "concepts":
                from albumen.library.search.scorer import ConceptScorer
                from albumen.vision.embed.concepts import ConceptEncoder

                return ConceptScorer(ConceptEncoder(card, self.pool))
            case "clip":
                from albumen.library.search.scorer import TowerScorer
                from albumen.vision.embed.clip import Clip

                return TowerScorer(Clip(card, self.pool))
            case _:
                raise ModelError(f"model {card.name} is of the family {card.family!r}, which this Albumen cannot run")

    @cached_property
    def moderation(self) -> OpenNsfw:
        """Return what scores pictures as unsafe."""
        from albumen.vision.moderation.open_nsfw import OpenNsfw

        return OpenNsfw(self.card("moderation"), self.pool)

    @cached_property
    def ages(self) -> Age:
        """Return what estimates ages."""
        from albumen.vision.faces.age import Age

        return Age(self.card("face-age"), self.pool)

    @cached_property
    def documents(self) -> Reader:
        """Return what reads the pages of documents."""
        from albumen.documents.reader import Reader
        from albumen.vision.text.ppocr import PPOCR, Setting

        return Reader(PPOCR(self.cards[PAGES], self.pool, setting=Setting.PAGE))

    @cached_property
    def heads(self) -> Heads:
        """Return every model that looks at a picture."""
        from albumen.library.heads import LANES, SURE_LABEL, Heads
        from albumen.vision.faces.sface import SFace
        from albumen.vision.faces.yunet import YuNet
        from albumen.vision.labels import efficientnet
        from albumen.vision.objects.efficientdet import EfficientDet
        from albumen.vision.text.ppocr import PPOCR, Setting

        lanes = self._pool(self._threads // LANES)
        return Heads(
            labeller=efficientnet.EfficientNet(self.card("labels"), lanes),
            names=partial(efficientnet.read, least=SURE_LABEL),
            detector=EfficientDet(self.card("objects"), lanes),
            face_finder=YuNet(self.card("faces"), lanes),
            face_embedder=SFace(self.card("face-vectors"), lanes),
            ages=self.ages,
            reader=PPOCR(self.card("text"), lanes, setting=Setting.PHOTO),
            embedder=self.scorer,
        )

    def close(self) -> None:
        """Put every model away."""
        for pool in self._pools:
            pool.close()

    def _pool(self, threads: int) -> Pool:
        from albumen.models.pool import Pool

        self._pools.append(Pool(self.store, threads=max(1, threads)))
        return self._pools[-1]

"""The models there are, what is missing and why, and the settings of the server."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from albumen.models.card import Card
from albumen.models.sources import Progress
from albumen.rest_api.jobs import Job, JobShown, job_shown
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import ACCOUNT, OWNER, Here
from albumen.rest_api.shapes import Page, Shape
from albumen.rest_api.shop import Parts, Shop


class ModelShown(Shape):
    """A model: what it is for, whose licence it has, and whether it is here."""

    name: str = Field(examples=["efficientnet-lite4.int8"])
    title: str
    task: str
    family: str
    tier: str = Field(examples=["offline"])
    licence: str = Field(examples=["Apache-2.0"])
    commercial: bool
    bytes: int
    default: bool
    installed: bool
    used: bool
    provenance: str
    sources: list[str]
    why_missing: str | None


def models(parts: Parts) -> Page[ModelShown]:
    """List the models there are."""
    used = {card.name for card in parts.models.needed()}
    return Page(items=[_shown(parts, card, card.name in used) for card in parts.models.cards])


def fetch_model(
    name: Annotated[str, Path(pattern="^[a-z0-9-]+[.][a-z0-9-]+$", max_length=100)], visit: Here, parts: Parts
) -> JobShown:
    """Fetch a model's files and check them."""
    card = parts.models.cards[name]

    def work(job: Job, told: Callable[[int, int, float], None]) -> dict[str, Any]:
        def report(progress: Progress) -> None:
            told(progress.done, progress.total, 0.0)

        parts.models.store.pulling(report).ensure(card)
        return {"name": card.name}

    return job_shown(parts.jobs.start("fetch", name, work, library=0, account=visit.account.account.id))


def settings(parts: Parts) -> dict[str, Any]:
    """Show what the server was told at its start, without secrets."""
    return parts.settings.public() | {"library": str(parts.library)}


def _shown(parts: Shop, card: Card, used: bool) -> ModelShown:
    installed = parts.models.store.installed(card)
    return ModelShown(
        name=card.name,
        title=card.title,
        task=card.task,
        family=card.family,
        tier=card.tier,
        licence=card.licence,
        commercial=card.commercial,
        bytes=card.bytes,
        default=card.default,
        installed=installed,
        used=used,
        provenance=card.provenance,
        sources=sorted({source for file in card.files for source in file.sources}),
        why_missing=None if installed else _why(parts, card),
    )


def _why(parts: Shop, card: Card) -> str:
    if not parts.settings.fetch:
        return "fetching is switched off (ALBUMEN_FETCH)"
    hub = all(source.startswith("hf:") for file in card.files for source in file.sources)
    return "it comes from the model hub; an owner can fetch it" if hub else "it has not been needed yet"


ROUTES = (
    Route("GET", "/models", models, ACCOUNT),
    Route("POST", "/models/{name}/fetch", fetch_model, OWNER, 202),
    Route("GET", "/settings", settings, OWNER),
)

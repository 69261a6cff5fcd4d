"""One library, put together from settings: stores, models, tasks.

What only an import needs is imported by the functions that need it, so that counting and searching start at once.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from albumen.library.folder import Folder
from albumen.server.models import Models
from albumen.stores.catalog import lookup
from albumen.stores.catalog.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from albumen.core.settings import Settings, TierName
    from albumen.library.copying import Copied
    from albumen.library.documents.asking import Found
    from albumen.library.ingest import Progress, Summary
    from albumen.library.keeping import Trouble
    from albumen.library.people import Person
    from albumen.library.places import Gazetteer
    from albumen.library.search.answer import Answer
    from albumen.library.search.attuned import Attuned
    from albumen.library.search.known import Knowing
    from albumen.library.search.search import Search
    from albumen.library.template import Template
    from albumen.library.writing import Stores
    from albumen.media.sandbox import Sandbox
    from albumen.stores.postings import Postings
    from albumen.stores.vectors import Vectors
    from albumen.vision.faces.people import Merge


def _telling(what: str, on_progress: Callable[[Progress], None]) -> Callable[[int, int], None]:
    """Return what tells of one stage's progress."""
    from albumen.library.ingest import Progress

    progress = Progress(what)

    def tell(done: int, total: int) -> None:
        progress.done, progress.total = done, total
        on_progress(progress)

    return tell


def settled(settings: Settings, library: Path) -> Settings:
    """Return the settings with the tier that was chosen for a library, unless they name one themselves."""
    from albumen.library.chosen import chosen_tier

    return settings if settings.tier else replace(settings, tier=chosen_tier(library))


class House:
    """One library, put together from settings."""

    def __init__(self, settings: Settings, library: Path, *, writable: bool, models: Models | None = None) -> None:
        """Open a library; several on one server share their models."""
        self.settings = settled(settings, library)
        self.folder = Folder(library)
        self.folder.create() if writable else self.folder.require()
        self.catalog = Catalog(self.folder.catalog, writable=writable)
        self._shared = models

    @cached_property
    def models(self) -> Models:
        """Return the models that the library runs on."""
        return self._shared or Models(self.settings)

    def use_tier(self, tier: TierName) -> None:
        """Run on the weights of a tier from now on; before any model was used."""
        self.settings = replace(self.settings, tier=tier)
        self.models = Models(self.settings)

    @cached_property
    def places(self) -> Gazetteer:
        """Return what knows the names of places."""
        from albumen.library.places import Gazetteer

        return Gazetteer(language=self.settings.language)

    @cached_property
    def frames(self) -> Vectors:
        """Return the vectors of pictures, which lie apart for each card that makes them."""
        from albumen.stores.vectors import Vectors

        return Vectors(self.folder.vectors / self.models.card("embed").name, self.models.scorer.dim)

    @cached_property
    def faces(self) -> Vectors:
        """Return the vectors of faces, which lie apart for each card that makes them."""
        from albumen.stores.vectors import Vectors
        from albumen.vision.faces.sface import SFace

        return Vectors(self.folder.vectors / self.models.card("face-vectors").name, SFace.dim)

    @cached_property
    def words(self) -> Postings:
        """Return the word evidence of pictures."""
        from albumen.stores.postings import Postings

        return Postings(self.folder.vectors / f"{self.models.card('embed').name}-words")

    @cached_property
    def stores(self) -> Stores:
        """Return what survives a restart."""
        from albumen.library.writing import Stores
        from albumen.stores.blobs import Blobs

        return Stores(self.catalog, Blobs(self.folder.thumbnails), self.frames, self.faces, self.words)

    @cached_property
    def search(self) -> Search:
        """Return search over the library."""
        from albumen.library.search.search import Search

        return Search(self.catalog, self.frames, self.words, self.attuned)

    @cached_property
    def attuned(self) -> Attuned:
        """Return the image-text encoder as this library uses it."""
        from albumen.library.search.attuned import Attuned

        name = f"{self.models.card('embed').name}-learnt.npz"
        return Attuned(self.models.scorer, self.models.scorer.dim, self.folder.vectors / name)

    @cached_property
    def _knowing(self) -> Knowing:
        from albumen.library.search.known import Knowing

        return Knowing(self.places)

    def run_import(
        self,
        paths: Sequence[str],
        on_progress: Callable[[Progress], None],
        *,
        copy_to: Template | None = None,
        second_look: bool = True,
    ) -> Summary:
        """Import paths, or copy them into the library by a template and import the copies; one import at a time.

        What takes long is filled in by a second look, unless that is put off.
        """
        from albumen.library.copying import Copied
        from albumen.library.ingest import Importer

        chosen, heads = [os.fsencode(path) for path in paths], self.models.heads
        with self.folder.importing(), self.eyes() as eyes:
            copied = self._copy(chosen, eyes, copy_to, on_progress) if copy_to else Copied()
            importer = Importer(
                self.folder, self.stores, eyes=eyes, understand=heads, places=self.places, on_progress=on_progress
            )
            summary = importer.run([os.fsencode(self.folder.originals)] if copy_to else chosen)
            if second_look:
                self._second_look(eyes, on_progress)
        summary.copied, summary.unreadable = copied.copied, copied.unreadable + summary.unreadable
        summary.stages |= {f"models: {k}": round(v, 3) for k, v in heads.watch.seconds.items()}
        return summary

    def second_look(self, on_progress: Callable[[Progress], None]) -> None:
        """Fill in what was put off or stopped; each batch is kept when it is done."""
        with self.folder.importing(), self.eyes() as eyes:
            self._second_look(eyes, on_progress)

    def _second_look(self, eyes: Sandbox, on_progress: Callable[[Progress], None]) -> None:
        """Fill in what assets lack, learn the owner's words, sort new faces into people, and read documents."""
        from albumen.library.documents.reading import Read, Recognise
        from albumen.library.later import Embedding, FaceAges, Moderation, fill_in
        from albumen.library.sorting import sort_faces

        models, stores = self.models, self.stores
        tasks = {
            "embedding": Embedding(stores, models.heads.embed),
            "moderation": Moderation(stores, models.card("moderation"), lambda: models.moderation),
            "ages": FaceAges(stores, models.card("face-age"), lambda: models.ages),
            "recognising documents": Recognise(stores),
        }
        for name, task in tasks.items():
            fill_in(stores, task, on_progress=_telling(name, on_progress))
        self.attuned.learn(self.catalog, self.frames)
        sort_faces(self.catalog, stores.faces, models.card("face-vectors").name)
        read = Read(stores, eyes, lambda: models.documents, today=date.today())
        fill_in(stores, read, on_progress=_telling("reading documents", on_progress))

    def _copy(
        self, paths: Sequence[bytes], eyes: Sandbox, template: Template, on_progress: Callable[[Progress], None]
    ) -> Copied:
        from albumen.library.copying import Copier

        tell = _telling("copying", on_progress)
        return Copier(self.folder, self.catalog, eyes=eyes, template=template, on_progress=tell).run(paths)

    def roots(self) -> list[bytes]:
        """Return the folders that were imported before."""
        with self.catalog.read() as db:
            return lookup.root_paths(db)

    def find(
        self, sentence: str, *, flags: Mapping[str, Sequence[str]], today: date, limit: int, trashed: bool = False
    ) -> Answer:
        """Answer a sentence and flags."""
        from albumen.library.query.parse import from_flags, parse

        self.search.index.refresh()
        with self.catalog.read() as db:
            what = self._knowing(self.search.index, db)
        query = parse(sentence, today=today, known=what).plus(from_flags(dict(flags), today=today, known=what))
        return self.search(query, limit=limit, trashed=trashed)

    def ask(self, question: str, *, limit: int) -> list[tuple[str, Found]]:
        """Put a question to all documents and return the answers with the ids of their assets, the surest first."""
        from albumen.library.documents.asking import Asking
        from albumen.stores.blobs import Blobs

        found = Asking(self.catalog, Blobs(self.folder.thumbnails)).all(question, limit=limit)
        with self.catalog.read() as db:
            rows = lookup.assets_of(db, [one.asset_id for one in found])
        return [(rows[one.asset_id].digest, one) for one in found if one.asset_id in rows]

    def describe(self, beginning: str) -> dict[str, Any]:
        """Return all that is known of the asset whose id begins so."""
        from albumen.library.describe import describe

        with self.catalog.read() as db:
            return describe(db, lookup.find_asset(db, beginning))

    def counts(self) -> dict[str, int]:
        """Count what the library holds."""
        with self.catalog.read() as db:
            return lookup.counts(db)

    def people(self) -> list[Person]:
        """Return who was seen more than once or has a name."""
        from albumen.library.people import list_people

        return list_people(self.catalog)

    def name_person(self, person_id: int, name: str) -> None:
        """Give a person a name."""
        from albumen.library.people import name_person

        name_person(self.catalog, person_id, name)

    def sort_people(self) -> int:
        """Sort all faces into people afresh, and return how many faces there are."""
        from albumen.library.sorting import sort_faces

        with self.folder.importing():
            return sort_faces(self.catalog, self.faces, self.models.card("face-vectors").name, afresh=True)

    def alike_people(self) -> list[Merge]:
        """Return the pairs of people who may be one, the likeliest first."""
        from albumen.library.sorting import alike
        from albumen.vision.faces.similarity import Likeness

        card = self.models.card("face-vectors")
        return alike(self.catalog, self.faces, card.name, Likeness.of(card))

    def join_people(self, person_id: int, others: Sequence[int]) -> None:
        """Make several people one, who keeps their name."""
        from albumen.library.faces import join

        join(self.catalog, person_id, others)

    def verify(self) -> Iterator[Trouble]:
        """Yield every file that is not as it should be."""
        from albumen.library.keeping import verify

        return verify(self.catalog, os.fsencode(self.folder.originals))

    def forget(self, folder: str) -> int:
        """Forget a folder whose files all lie elsewhere too, and return how many files that were."""
        from albumen.library.keeping import forget

        return forget(self.catalog, os.path.abspath(os.fsencode(folder)))

    def set_trashed(self, beginnings: Sequence[str], *, trashed: bool) -> int:
        """Put assets into the trash or take them out, and return how many."""
        from albumen.library.keeping import set_trashed

        with self.catalog.read() as db:
            ids = sorted({lookup.find_asset(db, beginning) for beginning in beginnings})
        set_trashed(self.catalog, ids, trashed)
        return len(ids)

    @contextmanager
    def eyes(self) -> Generator[Sandbox]:
        """Yield the processes that decode files, within the limits that settings give them."""
        from albumen.media.sandbox import Sandbox

        limits = self.settings
        with Sandbox(
            workers=limits.thread_count(), memory_mb=limits.decode_memory_mb, seconds=limits.decode_seconds
        ) as sandbox:
            yield sandbox

    def close(self) -> None:
        """Let go of files and models."""
        if "models" in vars(self):
            self.models.close()
        self.catalog.close()

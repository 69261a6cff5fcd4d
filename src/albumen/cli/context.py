"""What every command is given: the settings, and what is built from them on demand."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from albumen.core.errors import NoLibrary

if TYPE_CHECKING:
    from albumen.core.settings import Settings
    from albumen.models.cards import Cards
    from albumen.models.store import ModelStore


@dataclass
class Context:
    """One run of the command line."""

    settings: "Settings"

    @property
    def library(self) -> Path:
        """Return the folder of the library to work on."""
        if self.settings.library is None:
            raise NoLibrary("no library is named; give --library DIR or set ALBUMEN_LIBRARY")
        return self.settings.library.expanduser()

    @cached_property
    def cards(self) -> "Cards":
        """Return every model card."""
        from albumen.models.cards import Cards

        return Cards.load()

    @cached_property
    def store(self) -> "ModelStore":
        """Return the folder of installed model files."""
        from albumen.models.store import ModelStore

        s = self.settings
        return ModelStore(s.models, fetch=s.fetch, hub=s.hub)


pass_context = click.make_pass_decorator(Context)

"""What every command is given: the settings, and what is built from them on demand."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from albumen.core.errors import NoLibrary

if TYPE_CHECKING:
    from collections.abc import Callable

    from albumen.core.settings import Settings
    from albumen.models.cards import Cards
    from albumen.models.store import ModelStore
    from albumen.server.house import House

LIBRARY = "Folder of the library [ALBUMEN_LIBRARY]."


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

    @property
    def tier(self) -> str:
        """Return the tier of weights that the settings name, else that was chosen for the library, else offline."""
        from albumen.server.house import settled

        library = self.settings.library
        return (settled(self.settings, library.expanduser()) if library else self.settings).tier or "offline"

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
        return ModelStore(s.models, fetch=s.fetch, hub=s.hub, token=s.hub_token)

    @contextmanager
    def house(self, library: Path | None = None, *, writable: bool = False, make: bool = False) -> "Generator[House]":
        """Open the library, or another one, for one command; `make` it where there is none."""
        from albumen.library.folder import Folder
        from albumen.server.house import House

        folder = library or self.library
        if not make:
            Folder(folder).require()
        house = House(self.settings, folder, writable=writable)
        try:
            yield house
        finally:
            house.close()


pass_context = click.make_pass_decorator(Context)
Given = ParamSpec("Given")
Result = TypeVar("Result")


def of_library(command: "Callable[Concatenate[Context, Given], Result]") -> "Callable[Given, Result]":
    """Hand a command its context, and let the library be named behind the command as well as before it."""
    return click.option(
        "--library", type=click.Path(path_type=Path), expose_value=False, callback=_name_library, help=LIBRARY
    )(pass_context(command))


def _name_library(ctx: click.Context, _: click.Parameter, library: Path | None) -> None:
    if library:
        context = ctx.ensure_object(Context)
        context.settings = replace(context.settings, library=library)

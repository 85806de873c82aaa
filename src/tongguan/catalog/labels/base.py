"""What every label kind shares: the record that is stored, and the contract its folder fulfils."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

AttributeValue = str | bool | float | list[str]


class LabelRecord(BaseModel):
    """One mark of an annotation, as stored in a revision and sent over the API.

    Each kind subclasses it with its geometry; `kind` is the discriminator.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    label: str = Field(min_length=1, max_length=200, description="Key of the label class in the rule version.")
    id: str = Field(default="", max_length=64, description="Stable within an annotation; empty where a file had none.")
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)
    score: float | None = Field(
        default=None, ge=0, le=1, description="A model's confidence; None when a person drew it."
    )
    origin: str | None = Field(
        default=None,
        max_length=200,
        description="Id of the pre-label this label came from; None when drawn by hand.",
    )


class Bounds(BaseModel):
    """Axis-aligned extent in pixels, origin top left, continuous edges."""

    x: float
    y: float
    width: float
    height: float


class Shape(BaseModel):
    """The geometry of a kind alone, without label class and id: what a keyframe of a track holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str


# From a stored record of one schema version to the next: a new mapping, the old one is left as it was.
Migration = Callable[[Mapping[str, Any]], dict[str, Any]]


class LabelKind(Protocol):
    """The contract of one folder `catalog/labels/<kind>/`, checked for every member of the registry.

    `version` is the version of the schema; `migrations[n]` lifts a record of version n to n + 1, for every n below it.
    `title` names the kind in `en` and `zh`; `example` is a record as it is stored, which the documentation shows.
    `geometric`: it lies somewhere in a picture; `sized`: rules about the least width and height apply to it; `many`:
    one label can be several units of pay, which `quantity` counts.
    """

    id: str
    schema: type[LabelRecord]
    version: int
    geometric: bool
    sized: bool
    many: bool

    @property
    def migrations(self) -> Mapping[int, Migration]:
        """From each older version of the schema to the next."""

    @property
    def title(self) -> Mapping[str, str]:
        """Its name in `en` and `zh`."""

    @property
    def example(self) -> Mapping[str, Any]:
        """A record as it is stored."""

    def bounds(self, label: Any) -> Bounds | None:
        """Extent of the label in pixels, or None for a label that lies nowhere in a picture."""

    def problems(self, label: Any, width: int, height: int) -> Sequence[str]:
        """Ids of checks that the label fails in a picture of width x height pixels: label_outside, zero_area,
        self_crossing."""

    def agreement(self, first: Any, second: Any) -> float:
        """Agreement of two labels of this kind in [0, 1]; 1 for a label with itself; other label classes count 0."""

    def unit(self) -> str:
        """The unit that pay counts for this kind."""

    def quantity(self, label: Any) -> Decimal:
        """How many of these units one label is."""


class KindDefaults:
    """What most kinds have in common: first version of the schema, no place in a picture, one label is one unit."""

    version: int = 1
    migrations: Mapping[int, Migration] = {}
    title: Mapping[str, str]
    example: Mapping[str, Any]
    geometric: bool = False
    sized: bool = False
    many: bool = False

    def bounds(self, label: Any) -> Bounds | None:
        """None: it lies nowhere in a picture."""
        return None

    def problems(self, label: Any, width: int, height: int) -> Sequence[str]:
        """None: nothing can lie outside."""
        return ()

    def quantity(self, label: Any) -> Decimal:
        """One."""
        return Decimal(1)


def label_key(record: Mapping[str, Any]) -> str:
    """The label class of a raw record, for messages about records that do not validate."""
    return str(record.get("label", "?"))[:80]

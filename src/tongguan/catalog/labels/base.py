"""What every label kind shares: the record that is stored, and the contract its folder fulfils."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class LabelKind(Protocol):
    """The contract of one folder `catalog/labels/<kind>/`, checked for every member of the registry."""

    id: str
    schema: type[LabelRecord]
    geometric: bool

    def bounds(self, label: Any) -> Bounds | None:
        """Extent of the label in pixels, or None for a label of the whole item."""

    def problems(self, label: Any, width: int, height: int) -> Sequence[str]:
        """Ids of checks that the label fails inside a picture of width x height pixels: label_outside, zero_area."""

    def agreement(self, first: Any, second: Any) -> float:
        """Agreement of two labels of this kind in [0, 1]; 1 for a label with itself; other label classes count 0."""

    def unit(self) -> str:
        """The unit that pay counts for one label of this kind."""


def label_key(record: Mapping[str, Any]) -> str:
    """The label class of a raw record, for messages about records that do not validate."""
    return str(record.get("label", "?"))[:80]

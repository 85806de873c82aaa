"""The stored form of a relation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord

LabelId = Annotated[str, Field(min_length=1, max_length=64)]


class RelationLabel(LabelRecord):
    """From the label with id `source` to the one with id `target`, both of the same annotation."""

    kind: Literal["relation"] = "relation"
    source: LabelId = Field(description="Id of the label that it starts from.")
    target: LabelId = Field(description="Id of the label that it points at.")
    directed: bool = Field(default=True, description="False: it means the same both ways.")

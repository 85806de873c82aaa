"""The stored form of a point segment."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from tongguan.catalog.labels.base import LabelRecord

Run = Annotated[int, Field(ge=0, le=10**10)]


class PointSegmentLabel(LabelRecord):
    """Points of the cloud as run lengths in their order in the file, the first run outside.

    A list `indices` of numbers from 0 is taken in place of `runs`, and stored as runs.
    """

    kind: Literal["point_segment"] = "point_segment"
    count: int = Field(ge=0, le=10**10, description="Points of the whole cloud.")
    runs: tuple[Run, ...] = Field(
        max_length=10_000_000,
        description="How many points lie outside, inside, outside, ... in turn; they sum to count.",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_indices(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "indices" not in data or "runs" in data:
            return data
        indices, count = data["indices"], data.get("count")
        if not isinstance(count, int) or not isinstance(indices, (list, tuple)):
            return data
        if not all(isinstance(each, int) and 0 <= each < count for each in indices):
            raise ValueError(f"indices are whole numbers from 0 to {count - 1}")
        rest = {key: value for key, value in data.items() if key != "indices"}
        return rest | {"runs": runs_of(np.unique(np.array(indices, dtype=np.int64)), count)}

    @model_validator(mode="after")
    def _all_points(self) -> Self:
        if sum(self.runs) != self.count:
            raise ValueError(f"the runs sum to {sum(self.runs)}, not to the {self.count} points of the cloud")
        return self


def runs_of(indices: np.ndarray[tuple[int, ...], np.dtype[np.int64]], count: int) -> tuple[int, ...]:
    """Run lengths of sorted indices that differ, out of `count` points; the first run lies outside."""
    if not len(indices):
        return (count,) if count else ()
    breaks = np.flatnonzero(np.diff(indices) > 1)
    starts, ends = indices[np.concatenate([[0], breaks + 1])], indices[np.concatenate([breaks, [-1]])] + 1
    edges = np.stack([starts, ends], axis=1).ravel()
    runs = np.diff(np.concatenate([[0], edges, [count]])).tolist()
    return tuple(runs if runs[-1] else runs[:-1])

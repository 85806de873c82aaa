"""The stored form of a span."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongguan.catalog.labels.base import LabelRecord

Offset = Annotated[int, Field(ge=0, le=10**9)]


class SpanLabel(LabelRecord):
    """Code points `start` to `end` of the text as it was decoded, `end` not included, nothing normalised or replaced.

    An emoji of several code points, a letter with a combining mark and CRLF count as many as they are, as in Python.
    """

    kind: Literal["span"] = "span"
    start: Offset = Field(description="First code point, from 0.")
    end: Offset = Field(description="The code point after the last.")
    text: str = Field(default="", max_length=1_000_000, description="What stands there, to check it by; may be empty.")
    pieces: tuple[tuple[Offset, Offset], ...] = Field(
        default=(),
        max_length=10_000,
        exclude_if=lambda value: not value,
        description="Of a span with gaps: each piece by start and end, in order; none where it has no gap.",
    )
    turn: int | None = Field(
        default=None,
        ge=0,
        le=10**9,
        exclude_if=lambda value: value is None,
        description="In a conversation: the turn that it lies in, from 0.",
    )

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end {self.end} lies before start {self.start}")
        last = None
        for start, end in self.pieces:
            if end <= start or (last is not None and start < last):
                raise ValueError("the pieces do not follow each other")
            last = end
        if self.pieces and (self.pieces[0][0], self.pieces[-1][1]) != (self.start, self.end):
            raise ValueError("the pieces do not reach from start to end")
        return self

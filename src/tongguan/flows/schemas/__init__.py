"""What the stage flows answers over the API."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from tongguan.rules.schemas import Change


class Touched(BaseModel):
    """What a change of the rules touches, counted by each stage."""

    annotations: int = Field(description="Answers that carry one of the label classes.")
    tasks: int = Field(description="Open tasks that move to the new version.")
    gold: int = Field(description="Gold items whose answer carries one of the label classes.")
    exams: int = Field(description="Exams that are running and would end.")
    people: int = Field(description="People who may work now and would have to qualify again.")
    clarifications: int = Field(description="Open questions on the label classes.")
    examples: int = Field(description="Examples of the label classes.")


class Impact(BaseModel):
    """What publishing the draft would do."""

    draft: bool = Field(description="Whether there is a draft at all.")
    major: bool
    current: str | None
    next: str | None
    labels: list[str] = Field(description="Keys of the label classes that the change touches in substance.")
    changes: list[Change]
    touched: Touched


class PrelabelStats(BaseModel):
    """What people made of a model's proposals."""

    model_version_id: UUID | None
    answers: int = Field(description="Answers to items that had proposals.")
    kept: int = Field(description="Boxes taken over as they were.")
    corrected: int = Field(description="Boxes taken over and changed.")
    thrown: int = Field(description="Boxes thrown away.")
    drawn: int = Field(description="Boxes that people drew beside them.")


class Started(BaseModel):
    """Work that goes on in the background."""

    job_id: UUID

"""The way of one answer through review, and the forecast of a project's finish."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from tongguan.quality.schemas import FindingView, Part


class TrailStep(Part):
    """One judgement of an answer."""

    id: UUID
    revision_id: UUID
    unit: str
    quantity: Decimal
    outcome: Literal["accepted", "rejected", "rework_own", "rework_rule"]
    judged_at: datetime
    via: Literal["review", "lot", "gold", "settle"] | None = Field(description="Null for who must not know gold.")
    by: str | None = Field(description="Name of who judged; null for who must not know it.")
    corrects: UUID | None


class Trail(Part):
    """How an answer was judged."""

    judgements: list[TrailStep]
    findings: list[FindingView]


class FinishForecast(Part):
    """When the project will be done if its coming days are like its past ones: a band of drawn futures."""

    left: int = Field(description="Items without an accepted answer.")
    days: int = Field(description="Full days that the futures are drawn from.")
    needed_days: int = Field(description="From so many full days on there is a forecast.")
    early: date | None = Field(description="10 of 100 futures are done by this day; null = later than two years.")
    middle: date | None
    late: date | None = Field(description="90 of 100 futures are done by this day; null = later than two years.")
    ready: bool = Field(description="False while there is too little to draw from, or nothing left to do.")

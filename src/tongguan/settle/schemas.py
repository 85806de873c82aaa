"""What the stage settle takes and answers over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tongguan.quality.schemas import FindingView, ShareView

Outcome = Literal["accepted", "rejected", "rework_own", "rework_rule"]


def _words(value: str) -> str:
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value) or not value.strip():
        raise ValueError("write some words, without characters that cannot be stored (NUL, half of a surrogate pair)")
    return value.strip()


class Part(BaseModel):
    """Base: values do not change."""

    model_config = ConfigDict(frozen=True)


class RatesIn(Part):
    """New pay rules of a project; they hold for the open period and later ones."""

    toml: str = Field(max_length=100_000, description="The text of a RATES.toml.")


class RatesView(Part):
    """The pay rules that hold now."""

    toml: str
    default: bool = Field(description="The project has none of its own yet; these are the default.")
    created_at: datetime | None
    without_rate: list[str] = Field(description="Units and difficulties of the current label set that lack a rate.")


class LineView(Part):
    """One line of a payslip."""

    id: UUID | None = Field(description="Of a ledger line; null while it is an estimate.")
    kind: Literal["base", "line", "correction"]
    unit: str
    difficulty: str
    outcome: str
    quantity: str = Field(description="Decimal text; of the base line the units inside the quota.")
    rate: str | None
    coefficient: str | None = Field(description="Difficulty x quality.")
    amount_fen: int
    explanation: dict[str, Any] = Field(description="What the amount was computed from.")


class SlipView(Part):
    """What one person gets for a period, and why."""

    person_id: UUID
    person: str
    base_fen: int
    accepted: str
    rejected: str
    accepted_share: str
    coefficient: str
    units_in_quota: str
    lines: list[LineView]
    total_fen: int


class PeriodView(Part):
    """A closed period."""

    id: UUID
    number: int
    month: date
    starts_on: date
    ends_on: date
    closed_at: datetime
    closed_by: UUID | None
    early: bool
    people: int
    total_fen: int


class PeriodDetail(PeriodView):
    """A closed period with its payslips; own ones only, unless the caller runs the project."""

    slips: list[SlipView]
    rate_toml: str
    appeal_until: datetime = Field(description="Until then people may appeal against their payslips.")


class OpenPeriod(Part):
    """The period that runs: an estimate, not money yet."""

    month: date
    starts_on: date
    ends_on: date
    estimate: Literal[True] = True
    problem: str | None = Field(description="Why nothing can be computed, for instance a unit without a rate.")
    slips: list[SlipView]
    total_fen: int


class PeriodList(Part):
    """Closed periods, newest first, and the one that runs."""

    items: list[PeriodView]
    open: OpenPeriod


class AppealIn(Part):
    """Why a payslip, or one line of it, is wrong."""

    line_id: UUID | None = Field(default=None, description="The line concerned; null for the payslip as a whole.")
    text: str = Field(min_length=1, max_length=2000)

    _texts = field_validator("text")(_words)


class AppealAnswerIn(Part):
    """A manager's answer. It becomes a new line of the payslip."""

    granted: bool
    amount_fen: int = Field(default=0, ge=0, le=10**12, description="What is paid in addition; 0 when refused.")
    text: str = Field(min_length=1, max_length=2000, description="The reason, which the person reads.")

    _texts = field_validator("text")(_words)


class AppealView(Part):
    """An appeal and its answer."""

    id: UUID
    period_id: UUID
    period: int = Field(description="Number of the period.")
    person_id: UUID
    person: str
    line: LineView | None = Field(description="The line concerned; null for the payslip as a whole.")
    text: str
    filed_at: datetime
    answer_by: datetime
    overdue: bool
    state: Literal["open", "granted", "refused"]
    answer: str
    answered_by: str
    answered_at: datetime | None
    amount_fen: int | None = Field(description="Amount of the new line; null while there is no answer.")


class WorkView(Part):
    """Judged units of one annotation."""

    id: UUID
    person_id: UUID
    person: str
    annotation_id: UUID
    revision_id: UUID
    item_id: UUID
    item: str
    thumb_url: str | None
    unit: str
    difficulty: str
    quantity: str
    outcome: Outcome
    accepted_at: datetime
    period_id: UUID | None = Field(description="The closed period that paid it; null while it is open.")
    void: bool = Field(description="The judgement was taken back: it does not count.")


class WorkPage(Part):
    """A window of work rows, newest first."""

    items: list[WorkView]
    next: str | None


class UnitCount(Part):
    """Accepted units of one kind."""

    unit: str
    today: str
    month: str


class PayToday(Part):
    """What the work so far would pay: an estimate."""

    estimate: Literal[True] = True
    problem: str | None
    today_fen: int | None = Field(description="How much today's work adds beyond the base wage.")
    base_fen: int | None
    beyond_fen: int | None = Field(description="Beyond the base wage, this period.")
    total_fen: int | None
    quota_units: str | None
    units_in_quota: str | None
    accepted_share: str | None
    coefficient: str | None
    lines: list[LineView]


class NextWork(Part):
    """What a person gets next, and why."""

    code: Literal["held", "rework", "priority", "queue", "empty", "not_qualified", "no_rules", "paused", "no_role"] = (
        Field(description="Why: the web says it in words.")
    )
    item: str | None = None
    batch: str | None = None
    waiting: int = Field(default=0, description="Rework that waits for this person.")


class Condition(Part):
    """One thing to clear for the next level."""

    kind: Literal["accepted_units", "quality", "promotion"]
    need: float | None
    have: float | None
    last_units: int | None = None
    met: bool


class LevelView(Part):
    """The level and what is left to clear the next one. The promotion itself is a manager's."""

    level: int
    next: int | None
    conditions: list[Condition]


class RuleToRead(Part):
    """A published rule version that is newer than what the person last worked under."""

    id: UUID
    number: str
    major: bool
    note: str
    published_at: datetime | None


class LastSlip(Part):
    """The latest payslip, as long as it may be appealed against."""

    period_id: UUID
    number: int
    total_fen: int
    appeal_until: datetime


class AppealCounts(Part):
    """Appeals that wait: own ones, and those that the caller is to answer."""

    own: int
    to_answer: int
    overdue: int = Field(description="Of those to answer.")


class Today(Part):
    """Everything that a person who works needs to know today."""

    date: date
    time_zone: str
    project_id: UUID
    project: str
    rule_version: str | None
    roles: list[str]
    units: list[UnitCount]
    pay: PayToday
    quality: ShareView = Field(description="Accepted share of the last 200 judged units.")
    level: LevelView
    next: NextWork
    findings: list[FindingView]
    rules_to_read: list[RuleToRead]
    reviews_waiting: int | None = Field(description="For those who may review.")
    last_slip: LastSlip | None
    appeals: AppealCounts


class CostDay(Part):
    """What a project's pay had come to at the end of a day."""

    day: date
    cost_fen: int = Field(description="Closed periods, and what the running one would pay for the work until then.")


class CostLine(Part):
    """The cost of a project over time."""

    days: list[CostDay]
    problem: str | None = Field(description="Why the running period cannot be computed, for instance a missing rate.")

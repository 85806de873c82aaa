"""What the stage quality takes and answers over the API, and what other stages get."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tongguan.catalog.labels.registry import EditorLabel

FindingType = Literal[
    "missed", "extra", "wrong_class", "loose_box", "tight_box", "wrong_attribute", "rule_unclear", "other"
]
Severity = Literal["critical", "major", "minor"]
GoldUse = Literal["hidden", "practice", "exam"]
Verdict = Literal["accept", "reject", "fix"]


def _storable(value: str) -> str:
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("the text holds a character that cannot be stored (NUL or half of a surrogate pair)")
    return value


class Part(BaseModel):
    """Base: unknown fields are refused, values do not change, texts can be stored."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class Region(Part):
    """A part of a picture in pixels, origin top left."""

    x: float = Field(ge=-1e7, le=1e7, allow_inf_nan=False)
    y: float = Field(ge=-1e7, le=1e7, allow_inf_nan=False)
    width: float = Field(ge=0, le=1e7, allow_inf_nan=False)
    height: float = Field(ge=0, le=1e7, allow_inf_nan=False)


class ShareView(Part):
    """A share with its Wilson interval at 95 %."""

    part: int
    whole: int
    share: float | None = Field(description="part / whole; null without any.")
    low: float
    high: float


class GoldItem(Part):
    """An item with a known answer."""

    id: UUID
    item_id: UUID
    use: GoldUse
    labels: list[dict[str, Any]]
    nothing: bool


class Settled(Part):
    """The one accepted answer of an item."""

    item_id: UUID
    annotation_id: UUID
    revision_id: UUID


class JudgementView(Part):
    """Units of one revision with one outcome."""

    id: UUID
    project_id: UUID
    annotation_id: UUID
    revision_id: UUID
    item_id: UUID
    person_id: UUID
    unit: str
    difficulty: str
    quantity: Decimal
    outcome: Literal["accepted", "rejected", "rework_own", "rework_rule"]
    judged_at: datetime
    via: Literal["review", "lot", "gold", "settle"]
    corrects: UUID | None = Field(description="The earlier judgement that this one takes back.")


class PersonQuality(Part):
    """How good a person's work in a project is."""

    person_id: UUID
    units: ShareView = Field(description="Accepted units of all judged ones.")
    checked: ShareView = Field(description="Right answers of the last checked ones (reviews and gold).")
    gold: ShareView = Field(description="Right answers to hidden gold.")
    findings: dict[str, int] = Field(description="Findings that stand, by type.")
    flagged: bool
    review_share: float = Field(description="Share of this person's work that is reviewed now.")


class FindingIn(Part):
    """What an inspector marks as wrong."""

    type: FindingType
    severity: Severity = "major"
    label_id: str = Field(default="", max_length=64, description="Id of the label concerned; empty for the picture.")
    label: str = Field(default="", max_length=200, description="Key of the label class concerned.")
    note: str = Field(default="", max_length=2000)
    region: Region | None = Field(default=None, description="Part of the picture; none: the whole, or the label's.")

    _texts = field_validator("label_id", "label", "note")(_storable)


class JudgeIn(Part):
    """An inspector's verdict on the revision that the review showed."""

    verdict: Verdict
    revision: int | None = Field(default=None, description="Number of the revision that was looked at.")
    labels: list[EditorLabel] | None = Field(default=None, max_length=10_000, description="With fix: the right labels.")
    nothing: bool = Field(default=False, description='With fix: "nothing here".')
    findings: list[FindingIn] = Field(default=[], max_length=200)


class Judged(Part):
    """What a verdict led to."""

    review_id: UUID
    verdict: Verdict
    annotation_state: str
    rework_task_id: UUID | None = None


class PictureView(Part):
    """The item under review, with links to its bytes."""

    id: UUID
    name: str
    width: int
    height: int
    image_url: str | None = None
    thumb_url: str | None = None
    tiles_url: str = ""


class LotView(Part):
    """Where a lot stands."""

    id: UUID
    person_id: UUID | None = Field(description="Null where the person must not be known (in a review).")
    person: str = ""
    number: int
    state: Literal["collecting", "reviewing", "screening", "accepted", "screened"]
    size: int
    drawn: int
    judged: int
    accepted: int
    opened_at: datetime
    closed_at: datetime | None
    ended_at: datetime | None


class FindingView(Part):
    """A finding, with its picture, and how it was contested and answered."""

    id: UUID
    annotation_id: UUID
    revision_id: UUID
    person_id: UUID
    label_id: str
    label: str
    attribute: str = Field(description="Key of the attribute that was wrong; empty for everything else.")
    type: FindingType
    severity: Severity
    note: str
    region: dict[str, Any] | None
    state: Literal["open", "contested", "confirmed", "withdrawn"]
    contest: str
    answer: str
    answered_at: datetime | None
    created_at: datetime
    mine_to_answer: bool = Field(default=False, description="The caller may answer this contest.")
    item: PictureView | None = None


class ReviewWork(Part):
    """One revision to judge. The author is not named, so that nobody judges friends."""

    id: UUID
    annotation_id: UUID
    revision_id: UUID
    revision: int
    rule_version_id: UUID
    item: PictureView
    labels: list[dict[str, Any]]
    nothing: bool
    seconds: float
    rework: bool = Field(description="The annotation was redone; its earlier findings are listed.")
    earlier: list[FindingView]
    lot: LotView | None
    leased_until: datetime
    waiting: int = Field(description="Reviews that wait for this caller, this one included.")


class NextReview(Part):
    """The next review; none with the reason."""

    review: ReviewWork | None
    reason: Literal["none_waiting", "only_own_work"] | None = None


class GoldIn(Part):
    """A known answer."""

    item_id: UUID
    use: GoldUse
    labels: list[EditorLabel] = Field(default=[], max_length=10_000)
    nothing: bool = False


class GoldView(GoldItem):
    """Gold as its keepers see it."""

    state: Literal["live", "retired"]
    name: str = ""
    answers: int = Field(description="How often it was answered as hidden gold.")
    right: int


class ContestIn(Part):
    """Why a finding is wrong, in the author's words."""

    text: str = Field(min_length=1, max_length=2000)

    _texts = field_validator("text")(_storable)


class AnswerIn(Part):
    """An inspector's answer to a contested finding."""

    withdraw: bool
    text: str = Field(default="", max_length=2000)

    _texts = field_validator("text")(_storable)


class CloseLotsIn(Part):
    """Whose lots to close now; none: everybody's."""

    person_id: UUID | None = None


class AnswerOption(Part):
    """One of several answers to an item. Its author is not named."""

    annotation_id: UUID
    revision_id: UUID
    revision: int
    rule_version_id: UUID
    labels: list[dict[str, Any]]
    nothing: bool


class Disagreement(Part):
    """An item whose answers differ."""

    item_id: UUID
    task_id: UUID
    item: PictureView
    answers: list[AnswerOption]
    state: Literal["open", "settled"]
    created_at: datetime
    own: bool = Field(description="The caller gave one of the answers and cannot settle it.")


class SettleIn(Part):
    """The right answer: one of the answers, as it is or edited."""

    annotation_id: UUID
    revision: int | None = Field(default=None, description="Number of the revision that was looked at.")
    labels: list[EditorLabel] | None = Field(default=None, max_length=10_000, description="None: the answer as it is.")
    nothing: bool = False


class ReworkIn(Part):
    """Accepted work that goes back to its authors."""

    annotation_ids: list[UUID] = Field(min_length=1, max_length=1000)
    cause: Literal["own", "rule"] = Field(description="own: a mistake, unpaid; rule: the rules changed, paid in full.")
    note: str = Field(default="", max_length=2000)

    _texts = field_validator("note")(_storable)


class ClearFlagIn(Part):
    """Why a flag is taken back."""

    note: str = Field(min_length=1, max_length=2000)

    _texts = field_validator("note")(_storable)


class Counted(Part):
    """How many of the things a request named were changed."""

    count: int


class LabelQuality(Part):
    """Quality of one label class."""

    label: str
    units: ShareView


class AttributeQuality(Part):
    """How often an attribute was right where box and class were, from gold, fixes and settled disagreements."""

    label: str
    attribute: str
    values: ShareView


class ConfusionCell(Part):
    """How often `answered` was given where `expected` was right; "" is none."""

    expected: str
    answered: str
    count: int


class FlagView(Part):
    """A person whose work lies below the project's line."""

    person_id: UUID
    answers: int
    right: int
    low: float
    high: float
    stopped: bool
    raised_at: datetime


class PersonRow(PersonQuality):
    """A person's quality, with the name."""

    name: str
    labels: list[LabelQuality]
    attributes: list[AttributeQuality]


class GateFigure(Part):
    """Gate 3: the project's accepted share over individually checked answers as they stand now."""

    state: str
    accepted: int
    judged: int
    share: float | None
    low: float
    high: float
    threshold: float
    first_pass: ShareView = Field(description="Share accepted at the first look.")


class QualityReport(Part):
    """Live quality of a project. An annotator sees only their own rows, and no gold."""

    gate: GateFigure
    people: list[PersonRow]
    labels: list[LabelQuality]
    attributes: list[AttributeQuality]
    confusion: list[ConfusionCell]
    flags: list[FlagView]
    waiting_reviews: int
    contested: int
    disagreements: int


class BurnDay(Part):
    """How far a project was at the end of a day."""

    day: date
    items: int = Field(description="Items in the project until then, refused and erased ones left out.")
    accepted: int = Field(description="Items with an accepted answer until then.")

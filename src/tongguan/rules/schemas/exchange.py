"""What goes over the API around a rulebook."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tongguan.rules.schemas.rulebook import Change, Key, Part, RuleContent, RuleVersion, Text


class Question(Part):
    """A question on the rules, usually from the page where an item is labelled."""

    question: Annotated[Text, Field(min_length=1, max_length=4000)]
    item_id: UUID | None = None
    task_id: UUID | None = None
    label: Annotated[Key | None, Field(description="Key of the label class asked about.")] = None


class Answer(Part):
    """A trainer's answer."""

    answer: Annotated[Text, Field(min_length=1, max_length=10_000)]
    take_into_rules: bool = Field(default=False, description="Append question and answer to the draft's guideline.")


class ImportedName(BaseModel):
    """A name of labels that came with an import."""

    name: str
    count: int
    mapped: bool = Field(description="Whether a person has said what it means.")
    label: str | None = Field(description="Key of the label class it was mapped to; null = left out.")
    suggestion: str | None = Field(description="The label class of the same name, if there is one.")


Share = Annotated[float, Field(ge=0, le=1)]


class GoldShares(Part):
    """Which part of a batch's labelled items becomes gold of which use; the rest stays as it was imported."""

    hidden: Share = 0
    practice: Share = 0
    exam: Share = 0

    @model_validator(mode="after")
    def _whole(self) -> GoldShares:
        if not 0 < self.hidden + self.practice + self.exam <= 1 + 1e-9:
            raise ValueError("the shares of hidden, practice and exam gold add up to more than 0 and at most 1")
        return self


class LabelMapping(Part):
    """What the names of a batch mean, and what its labels become."""

    batch_id: UUID
    mapping: dict[Annotated[str, Field(max_length=200)], Key | None] = Field(
        max_length=5000, description="Name in the import -> key of a label class; null leaves labels of that name out."
    )
    use: Literal["gold", "prelabel", "accepted", "ignore"]
    gold_use: Literal["hidden", "practice", "exam"] | None = Field(
        default=None, description="With use = gold and a number as share: the use of all of them."
    )
    share: Annotated[float, Field(gt=0, le=1)] | GoldShares | None = Field(
        default=None,
        description="With use = gold: the part of the items that becomes gold (1 without it), or a part for each use.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> LabelMapping:
        if self.use != "gold" and (self.gold_use is not None or self.share is not None):
            raise ValueError("gold_use and share belong to use = gold")
        if self.use == "gold" and not isinstance(self.share, GoldShares) and self.gold_use is None:
            raise ValueError("use = gold needs gold_use, or a share for each of hidden, practice and exam")
        return self

    def shares(self) -> GoldShares:
        """The part of each use."""
        if isinstance(self.share, GoldShares):
            return self.share
        return GoldShares.model_validate({self.gold_use or "hidden": 1.0 if self.share is None else self.share})


class Clarification(BaseModel):
    """A question with its answer, as sent over the API."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    item_id: UUID | None
    task_id: UUID | None
    rule_version_id: UUID | None = Field(description="The version that was current when the question was asked.")
    label: str | None
    question: str
    asked_by: UUID
    asked_by_name: str = ""
    answer: str | None
    answered_by: UUID | None
    answered_by_name: str = ""
    answered_at: datetime | None
    state: Literal["open", "answered", "taken", "published"]
    taken_into: UUID | None = Field(description="The draft that holds it.")
    published_in: UUID | None = Field(description="The version that took it in.")
    thumb_url: str | None = None
    image_url: str | None = None


class Picture(BaseModel):
    """A picture that examples and questions point at."""

    name: str
    width: int | None
    height: int | None
    image_url: str | None = None
    thumb_url: str | None = None
    medium_url: str | None = None


class RuleVersionView(RuleVersion):
    """A version with the pictures of its examples, by item id. Erased items are left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    pictures: dict[UUID, Picture] = Field(default_factory=dict)


class RulesView(BaseModel):
    """The rulebook of a project: what holds now, and (for trainers and managers) what is being written."""

    current: RuleVersionView | None
    draft: RuleVersionView | None
    clarifications: dict[str, int] = Field(description="How many questions are open, answered, taken, published.")


class VersionSummary(BaseModel):
    """A line of the list of versions."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    major: int
    minor: int
    note: str
    classes: int
    published_at: datetime | None
    published_by: UUID | None
    published_by_name: str = ""


class VersionList(BaseModel):
    """All published versions, newest first."""

    items: list[VersionSummary]


class VersionDiff(BaseModel):
    """What changed between two versions."""

    before: UUID | None
    before_number: str | None
    after: UUID
    after_number: str
    major: bool = Field(description="Whether people must qualify again.")
    next: str | None = Field(description="For a draft: the number that publishing gives it.")
    changes: list[Change]


class StartDraft(Part):
    """Where a draft starts from: a version, or a label set that is imported; else the current version."""

    from_version: UUID | None = None
    content: RuleContent | None = Field(default=None, description="For instance the rules of an industry.")


class SaveDraft(RuleContent):
    """The draft as it shall be. `revision` as read before refuses to overwrite another person's save."""

    revision: int | None = None

    def content(self) -> RuleContent:
        """Without the revision."""
        return RuleContent(
            label_set=self.label_set, guideline=self.guideline, examples=self.examples, checks=self.checks
        )


class Publish(Part):
    """Publishing: what to tell people about the change."""

    note: Annotated[Text, Field(max_length=4000)] = ""


class ClarificationPage(BaseModel):
    """A window of questions, newest first; `next` goes into `after`."""

    items: list[Clarification]
    next: UUID | None


class ImportedNames(BaseModel):
    """Names that came with imports."""

    items: list[ImportedName]


class Started(BaseModel):
    """Work that goes on in the background."""

    job_id: UUID

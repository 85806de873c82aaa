"""What the stage academy takes and answers over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tongguan.annotate.schemas import Labels, Work
from tongguan.rules.schemas import Change, Clarification, Example, LabelClass, Picture

Kind = Literal["practice", "exam"]
State = Literal["running", "passed", "failed"]
Step = Literal["rules", "lesson", "practice", "exam", "wait", "work", "ask"]


def _reason(value: str) -> str:
    cleaned = value.strip()
    if len(cleaned) < 3 or "\x00" in cleaned:
        raise ValueError("a reason of at least three characters is needed")
    return cleaned


class Part(BaseModel):
    """Base: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class LessonClass(Part):
    """A label class as it is taught: what it is, what belongs to it and what does not."""

    label: LabelClass
    right: list[Example]
    wrong: list[Example]
    clarifications: list[Clarification]


class Lesson(Part):
    """The lesson of the current rules, made from them."""

    rule_version_id: UUID
    major: int
    minor: int
    published_at: datetime | None
    note: str
    classes: list[LessonClass]
    guideline: str = Field(description="Markdown.")
    clarifications: list[Clarification] = Field(description="Answered questions on no class in particular.")
    pictures: dict[UUID, Picture] = Field(description="Pictures of the examples, by item id.")
    checks: dict[str, Any] = Field(description="Machine checks at submit.")
    changes: list[Change] = Field(description="What changed since the version that this person read last.")
    read_before: str | None = Field(description="Number of the version that this person read last.")
    read_at: datetime | None = Field(description="When this person read the lesson of this version.")


class ReadLesson(Part):
    """Marks a lesson as read; `rule_version_id` as shown, so that a change in between is noticed."""

    rule_version_id: UUID


class Obstacle(Part):
    """Why somebody cannot go on, and what to do."""

    code: str
    message: str
    params: dict[str, Any] = Field(default_factory=dict)


class AttemptView(Part):
    """A series of practice, or an exam."""

    id: UUID
    person_id: UUID
    person: str = ""
    kind: Kind
    number: int
    rule_major: int
    rule_version_id: UUID
    state: State
    end_reason: str | None
    answered: int
    correct: int | None = Field(description="Null while an exam is running.")
    total: int
    pass_mark: float
    started_at: datetime
    finished_at: datetime | None
    next_allowed_at: datetime | None


class Standing(Part):
    """Where a person stands on the way to work."""

    rule_version_id: UUID | None
    rule_major: int | None
    lesson_read: bool
    practice_answered: int
    practice_needed: int
    practice_available: int = Field(description="Gold items that practice can use.")
    exam_needed: int
    exam_available: int
    attempts_used: int
    max_attempts: int
    wait_minutes: int
    pass_mark: float
    next_allowed_at: datetime | None
    qualified: bool
    source: str | None = Field(description="exam, granted, or null.")
    step: Step = Field(description="The one next thing to do.")
    obstacle: Obstacle | None


class AttemptList(Part):
    """Attempts, newest first, and where the caller stands."""

    items: list[AttemptView]
    standing: Standing


class StartAttempt(Part):
    """Starts practice or an exam; a running one is gone on with."""

    kind: Kind


class StudyItem(Part):
    """The item of a step."""

    id: UUID
    name: str
    width: int
    height: int
    image_url: str | None = None
    thumb_url: str | None = None
    medium_url: str | None = None
    tiles_url: str = ""


class StudyWork(Work):
    """One step of an attempt: the same as any work, and where it stands in the series."""

    attempt_id: UUID
    kind: Kind
    position: int = Field(description="From 0.")
    total: int


class NextStep(Part):
    """The next step, or none with the reason."""

    work: StudyWork | None
    reason: str | None = None


class StudyAnswer(Part):
    """An answer to one step."""

    task_id: UUID
    labels: Labels = Field(default_factory=list)
    nothing: bool = False


class PairView(Part):
    """Label number `answer` of the answer lies on number `expected` of the right ones."""

    answer: int
    expected: int
    agreement: float


class AttributePair(PairView):
    """A match whose attributes are not as the right label states them."""

    attributes: list[str] = Field(default=[], description="Keys of the attributes that differ.")


class Verdict(Part):
    """What was right and wrong in one answer. Numbers count from 0 in the answer, or in `expected`."""

    correct: bool
    matches: list[PairView]
    wrong_class: list[PairView]
    wrong_attribute: list[AttributePair]
    missed: list[int] = Field(description="Numbers in `expected`.")
    extra: list[int] = Field(description="Numbers in the answer.")
    expected: list[dict[str, Any]] = Field(description="The right labels; none = nothing here.")


class Judged(Part):
    """What became of an answer: practice is judged at once, an exam says only how much is left."""

    remaining: int
    verdict: Verdict | None
    attempt: AttemptView | None = Field(description="Once the series is over.")


class ItemResult(Part):
    """One item of a finished attempt. In an exam the right answer is not shown: only how many labels were missed."""

    position: int
    item: StudyItem | None
    correct: bool | None
    labels: list[dict[str, Any]]
    nothing: bool
    right: list[int] = Field(description="Numbers of own labels that are right.")
    wrong_class: list[int]
    wrong_attribute: list[int]
    extra: list[int]
    missed: int
    verdict: Verdict | None = Field(description="With the right answer; practice only.")


class AttemptDetail(AttemptView):
    """An attempt with its items, once they may be seen."""

    items: list[ItemResult]


class QualificationView(Part):
    """Whether one person may work in the project."""

    person_id: UUID
    name: str
    level: int
    active: bool
    roles: list[str]
    state: Literal["open", "reclosed", "working", "closed"]
    rule_major: int | None
    source: str | None
    since: datetime | None
    lesson_read: bool
    practice_answered: int
    exams: int
    best: float | None = Field(description="Best share of an exam under the current rules.")
    next_allowed_at: datetime | None


class QualificationList(Part):
    """Who may work under the current rules."""

    rule_major: int | None
    qualified: int
    people: int
    items: list[QualificationView]


class GrantQualification(Part):
    """Lets a person work without the exam."""

    person_id: UUID
    reason: Annotated[str, Field(max_length=500), AfterValidator(_reason)]

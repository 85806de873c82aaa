"""Routes of the stage quality."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from tongguan.catalog.labels.registry import dump_labels
from tongguan.core.errors import Invalid
from tongguan.projects.interface import ProjectAccess, project_role, require_active
from tongguan.quality import repository
from tongguan.quality.schemas import (
    AnswerIn,
    BurnDay,
    ClearFlagIn,
    CloseLotsIn,
    ContestIn,
    Counted,
    Disagreement,
    FindingView,
    GoldIn,
    GoldUse,
    GoldView,
    Judged,
    JudgeIn,
    LotView,
    NextReview,
    QualityReport,
    ReworkIn,
    SettleIn,
)
from tongguan.quality.schemas.trail import FinishForecast, Trail
from tongguan.quality.service import consensus, contests, flags, gold, known, lots, present, reviews, rework, trail
from tongguan.rules.interface import check_labels, current_version

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["quality"])
AnyRole = Annotated[ProjectAccess, Depends(project_role(), scope="function")]
Worker = Annotated[
    ProjectAccess, Depends(project_role("annotator", "inspector", "trainer", "manager"), scope="function")
]
Inspector = Annotated[ProjectAccess, Depends(project_role("inspector", "trainer", "manager"), scope="function")]
Lead = Annotated[ProjectAccess, Depends(project_role("trainer", "manager"), scope="function")]
INSPECTING = frozenset({"inspector", "trainer", "manager", "owner"})


class FindingPage(BaseModel):
    """A window of findings, newest first."""

    items: list[FindingView]
    next: UUID | None


class DisagreementPage(BaseModel):
    """A window of items whose answers differ, oldest first."""

    items: list[Disagreement]
    next: UUID | None


@router.get("/review/next")
def next_review(access: Inspector) -> NextReview:
    """Takes the next review (or the one that the caller holds) for 30 minutes. Never the caller's own work."""
    require_active(access)
    found = reviews.take_next(access.session, access.project.id, access.caller.person_id)
    if found is None:
        own = repository.waiting_reviews(access.session, access.project.id) > 0
        return NextReview(review=None, reason="only_own_work" if own else "none_waiting")
    return NextReview(review=present.review_work(access.session, access.caller, found))


@router.post("/review/{review_id}/judge")
def judge_review(access: Inspector, review_id: UUID, wish: JudgeIn) -> Judged:
    """Accepts, rejects (with findings) or fixes. 409 when the review was lost or the answer has changed."""
    review, task_id = reviews.judge(access.session, access.project.id, review_id, access.caller.person_id, wish)
    state = "rejected" if wish.verdict == "reject" else "accepted"
    return Judged(review_id=review.id, verdict=wish.verdict, annotation_state=state, rework_task_id=task_id)


@router.post("/review/{review_id}/return")
def return_review(access: Inspector, review_id: UUID) -> Counted:
    """Puts a review back into the queue."""
    reviews.give_back(access.session, access.project.id, review_id, access.caller.person_id)
    return Counted(count=1)


@router.get("/lots")
def list_lots(access: Worker, state: str | None = None) -> list[LotView]:
    """Lots, newest first; an annotator's own ones."""
    only = None if access.roles & INSPECTING else access.caller.person_id
    states = (state,) if state else ()
    return present.lots(access.session, repository.lots(access.session, access.project.id, *states, person_id=only))


@router.post("/lots/close")
def close_lots(access: Lead, wish: CloseLotsIn) -> Counted:
    """Closes open lots before the end of the day: everybody's, or one person's."""
    closed = lots.close_all(access.session, access.project.id, wish.person_id, access.caller.person_id)
    return Counted(count=closed)


@router.get("/findings")
def list_findings(
    access: Worker,
    person: str | None = None,
    state: str | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> FindingPage:
    """Findings with pictures, newest first. `person=me` for own ones; an annotator sees no others."""
    only = _person(access, person)
    rows = repository.findings(
        access.session, access.project.id, person_id=only, state=state, before=after, limit=limit
    )
    items = present.findings(access.session, access.caller, access.project.id, rows, access.roles)
    return FindingPage(items=items, next=rows[-1].id if len(rows) == limit else None)


def _person(access: ProjectAccess, wanted: str | None) -> UUID | None:
    if wanted == "me" or not access.roles & INSPECTING:
        return access.caller.person_id
    if wanted is None:
        return None
    try:
        return UUID(wanted)
    except ValueError:
        raise Invalid("person.invalid", "person is an id or `me`.", {"field": "person"}) from None


@router.post("/findings/{finding_id}/contest")
def contest_finding(access: Worker, finding_id: UUID, wish: ContestIn) -> FindingView:
    """The author says why a finding is wrong; another inspector answers."""
    row = contests.contest(access.session, access.project.id, finding_id, access.caller.person_id, wish.text)
    return present.findings(access.session, access.caller, access.project.id, [row], access.roles)[0]


@router.post("/findings/{finding_id}/answer")
def answer_finding(access: Inspector, finding_id: UUID, wish: AnswerIn) -> FindingView:
    """Confirms a contested finding, or withdraws it and takes its rejection back."""
    row = contests.answer(
        access.session, access.project.id, finding_id, access.caller.person_id, wish.withdraw, wish.text
    )
    return present.findings(access.session, access.caller, access.project.id, [row], access.roles)[0]


@router.get("/quality")
def get_quality(access: Worker) -> QualityReport:
    """Live quality: the gate's figure, people, label classes, confusion, flags. An annotator sees only own rows."""
    only = None if access.roles & INSPECTING else access.caller.person_id
    return present.report(access.session, access.project.id, only)


@router.get("/burn-up")
def get_burn_up(access: AnyRole) -> list[BurnDay]:
    """Items and accepted items by day, as running totals."""
    return present.burn_up(access.session, access.project.id)


@router.get("/forecast")
def get_forecast(access: Inspector) -> FinishForecast:
    """When the project will be done: a band of futures drawn from its past days."""
    return trail.finish(access.session, access.project.id)


@router.get("/annotations/{annotation_id}/trail")
def get_trail(access: Worker, annotation_id: UUID) -> Trail:
    """Judgements and findings of an answer. Who only annotates sees their own."""
    return trail.show(access, annotation_id)


@router.post("/quality/flags/{person_id}/clear")
def clear_flag(access: Lead, person_id: UUID, wish: ClearFlagIn) -> Counted:
    """Takes the flag of a person back, with a note; counting starts anew."""
    flags.clear(access.session, access.project.id, person_id, access.caller.person_id, wish.note)
    return Counted(count=1)


@router.post("/rework")
def send_back(access: Lead, wish: ReworkIn) -> Counted:
    """Sends accepted work back to its authors, for an own mistake (unpaid) or changed rules (paid in full)."""
    made = rework.request(
        access.session, access.project.id, wish.annotation_ids, wish.cause, access.caller.person_id, wish.note
    )
    return Counted(count=len(made))


@router.get("/gold")
def list_gold(access: Lead, use: GoldUse | None = None) -> list[GoldView]:
    """Live gold, with how often it was answered and how often right."""
    return present.golds(access.session, access.project.id, repository.golds(access.session, access.project.id, use))


@router.post("/gold", status_code=201)
def add_gold(access: Lead, wish: GoldIn) -> GoldView:
    """Makes an item gold; it leaves the ordinary work."""
    labels = dump_labels(wish.labels)
    rules = current_version(access.session, access.project.id)
    problems = check_labels(rules, labels, wish.nothing, None, None) if rules else []
    if problems:
        listed = [problem.model_dump(mode="json") for problem in problems[:50]]
        raise Invalid("labels.invalid", "The labels break the rules: " + problems[0].message, {"problems": listed})
    gold_id = known.add_gold(
        access.session,
        access.project.id,
        wish.item_id,
        labels,
        wish.nothing,
        wish.use,
        access.caller.person_id,
    )
    row = repository.gold(access.session, gold_id)
    return present.golds(access.session, access.project.id, [row] if row else [])[0]


@router.delete("/gold/{gold_id}")
def remove_gold(access: Lead, gold_id: UUID) -> Counted:
    """Retires gold; answers given so far stay judged."""
    gold.remove_gold(access.session, access.project.id, gold_id, access.caller.person_id)
    return Counted(count=1)


@router.get("/disagreements")
def list_disagreements(
    access: Inspector, after: UUID | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> DisagreementPage:
    """Items whose answers differ, with all answers, oldest first."""
    rows = repository.open_disagreements(access.session, access.project.id, after, limit)
    items = present.disagreements(access.session, access.caller, access.project.id, rows)
    return DisagreementPage(items=items, next=rows[-1].id if len(rows) == limit else None)


@router.post("/disagreements/{item_id}/settle")
def settle_disagreement(access: Inspector, item_id: UUID, wish: SettleIn) -> Counted:
    """Picks the right answer, as it is or edited; the others are judged by it."""
    consensus.settle(access.session, access.project.id, item_id, access.caller.person_id, wish)
    return Counted(count=1)

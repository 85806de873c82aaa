"""The review queue: an inspector takes a piece of someone else's work and judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from tongguan.annotate.interface import add_revision
from tongguan.catalog.labels.registry import dump_labels
from tongguan.collect.interface import items_by_id
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.quality import events, repository
from tongguan.quality.models import Finding, Review
from tongguan.quality.repository import earlier
from tongguan.quality.schemas import FindingIn, JudgeIn
from tongguan.quality.service import flags, gold, judging, lots, rework
from tongguan.quality.service.comparing import compare
from tongguan.quality.service.judging import Answer, Verdict
from tongguan.quality.service.units import FixSplit, split_fix
from tongguan.rules.interface import check_labels, version

LEASE = timedelta(minutes=30)


def take_next(session: Session, project_id: UUID, me: UUID) -> Review | None:
    """The review that this person holds, else a new one; None when nothing waits for them."""
    moment = now()
    held = repository.leased_by(session, project_id, me, moment)
    if held is None:
        review_id = repository.lease_next(session, project_id, me, moment, moment + LEASE)
        held = repository.review(session, project_id, review_id) if review_id else None
    if held is None:
        return None
    head = earlier.annotation_facts(session, [held.annotation_id])[held.annotation_id]
    if head.state != "submitted" or head.current_revision_id != held.revision_id:
        held.state, held.reviewer_id, held.leased_until = "void", None, None
        session.flush()
        if head.state == "submitted":
            lots.send_to_review(session, judging.answers(session, [head.id])[head.id], held.lot_id)
        return take_next(session, project_id, me)
    held.leased_until = moment + LEASE
    session.flush()
    return held


def give_back(session: Session, project_id: UUID, review_id: UUID, me: UUID) -> None:
    """Puts a review back into the queue."""
    review = _held(session, project_id, review_id, me)
    review.state, review.reviewer_id, review.leased_until = "waiting", None, None
    session.flush()


def judge(session: Session, project_id: UUID, review_id: UUID, me: UUID, wish: JudgeIn) -> tuple[Review, UUID | None]:
    """Judges a leased review; returns it and the rework task of a rejection.

    Conflict `review.lost` when someone else holds it or it is done, `review.stale` when the annotation has a newer
    revision than the one that was looked at; Invalid `review.finding_needed`, `review.labels_needed`, `labels.invalid`.
    """
    review = _held(session, project_id, review_id, me)
    answer = _current(session, review, wish.revision)
    task_id = None
    if wish.verdict == "accept":
        judging.accept(session, answer, Verdict("review", me))
        outcome = "accepted"
    elif wish.verdict == "reject":
        if not wish.findings:
            raise Invalid("review.finding_needed", "A rejection needs at least one finding.", {"field": "findings"})
        judging.reject(session, answer, Verdict("review", me))
        outcome = "rejected"
    else:
        unchanged = apply_fix(session, answer, *right_answer(session, answer, wish), Verdict("review", me), "fix")
        outcome = "accepted" if unchanged else "fixed"
    shown = _add_findings(session, review, answer, wish.findings, me)
    if wish.verdict == "reject":
        task_id = rework.send_back(session, answer, "own", me, shown)
    review.verdict = "accept" if outcome == "accepted" else wish.verdict
    review.state, review.done_at, review.leased_until = "done", now(), None
    session.flush()
    events.reviewed(session, project_id, review.id)
    if review.lot_id is not None:
        lots.judged(session, review.lot_id, answer.annotation_id, outcome)
    gold.judge_waiting(session, project_id, answer.person_id)
    flags.evaluate(session, project_id, answer.person_id)
    return review, task_id


def right_answer(session: Session, answer: Answer, wish: JudgeIn) -> tuple[list[dict[str, Any]], bool]:
    """An inspector's labels, checked by machine against the rules of the revision."""
    if wish.labels is None:
        raise Invalid("review.labels_needed", "A fix needs the right labels.", {"field": "labels"})
    labels = dump_labels(wish.labels)
    check_answer(session, answer, labels, wish.nothing)
    return labels, wish.nothing


def check_answer(session: Session, answer: Answer, labels: Sequence[Mapping[str, Any]], nothing: bool) -> None:
    """Raises Invalid `labels.invalid` with the problems that the machine checks find."""
    item = items_by_id(session, [answer.item_id])[answer.item_id]
    problems = check_labels(version(session, answer.rule_version_id), labels, nothing, item.width, item.height)
    if problems:
        listed = [problem.model_dump(mode="json") for problem in problems[:50]]
        raise Invalid("labels.invalid", "The labels break the rules: " + problems[0].message, {"problems": listed})


def apply_fix(
    session: Session,
    answer: Answer,
    labels: list[dict[str, Any]],
    nothing: bool,
    verdict: Verdict,
    reason: Literal["fix", "settle"],
) -> bool:
    """Makes an inspector's labels the accepted answer. Labels left as they were are the author's accepted ones, changed
    or removed ones the author's rejected ones, added ones the inspector's. True when nothing was changed."""
    split = split_fix(answer.labels, labels)
    rules = version(session, answer.rule_version_id)
    if not split.rejected and not split.added and nothing == answer.nothing:
        judging.accept(session, answer, verdict, rules)
        return True
    if verdict.by is None:
        raise ValueError("a fix has an inspector")
    outcome = judging.accepted_outcome(session, answer, rules)
    add_revision(session, answer.annotation_id, answer.number, verdict.by, labels, nothing, reason)
    write_split(session, answer, split, outcome, verdict)
    fixed = judging.answers(session, [answer.annotation_id])[answer.annotation_id]
    if split.added:
        judging.write(session, fixed, verdict.by, split.added, "accepted", verdict, rules)
    compared = compare(answer.labels, labels, 0.5, rules.judged_attributes())
    judging.note_confusion(session, answer, reason, compared)
    judging.settle(session, fixed, "accepted")
    return False


def write_split(session: Session, answer: Answer, split: FixSplit, outcome: judging.Outcome, verdict: Verdict) -> None:
    """Judges the author's labels: kept ones by `outcome`, the others rejected."""
    rules = version(session, answer.rule_version_id)
    if split.kept:
        judging.write(session, answer, answer.person_id, split.kept, outcome, verdict, rules)
    if split.rejected or not split.kept:
        judging.write(session, answer, answer.person_id, split.rejected, "rejected", verdict, rules)


def _add_findings(
    session: Session, review: Review, answer: Answer, findings: Sequence[FindingIn], me: UUID
) -> list[dict[str, Any]]:
    """Writes findings; returns them as the author sees them when the work comes back."""
    by_id = {str(label.get("id")): label for label in answer.labels if label.get("id")}
    shown = []
    for finding in findings:
        label = by_id.get(finding.label_id)
        if finding.label_id and label is None:
            params = {"id": finding.label_id}
            raise Invalid("review.unknown_label", "A finding names a label that the answer does not have.", params)
        facts = finding.model_dump()
        facts["region"] = facts["region"] or (gold.region_of(label) if label else None)
        facts["label"] = facts["label"] or (str(label["label"]) if label else "")
        row = Finding(
            id=new_id(),
            project_id=review.project_id,
            review_id=review.id,
            annotation_id=answer.annotation_id,
            revision_id=answer.revision_id,
            item_id=answer.item_id,
            person_id=answer.person_id,
            made_by=me,
            **facts,
        )
        session.add(row)
        shown.append({"id": str(row.id), **facts})
    session.flush()
    return shown


def _held(session: Session, project_id: UUID, review_id: UUID, me: UUID) -> Review:
    review = repository.review(session, project_id, review_id)
    if review is None:
        raise NotFound("review.not_found", "There is no such review.", {"id": str(review_id)})
    if review.person_id == me or me in earlier.touched_by(session, review.annotation_id):
        raise Forbidden("review.own_work", "Nobody reviews their own work.")
    if review.state != "leased" or review.reviewer_id != me:
        params = {"state": review.state, "verdict": review.verdict}
        raise Conflict("review.lost", "This review is not yours any more: it went back to the queue.", params)
    return review


def _current(session: Session, review: Review, revision: int | None) -> Answer:
    head = earlier.annotation_facts(session, [review.annotation_id])[review.annotation_id]
    answer = judging.answers(session, [review.annotation_id])[review.annotation_id]
    seen = revision if revision is not None else answer.number
    if head.state != "submitted" or answer.revision_id != review.revision_id or answer.number != seen:
        params = {"seen": seen, "revision": answer.number, "state": head.state, "labels": list(answer.labels)}
        raise Conflict("review.stale", "The answer was changed while you looked at it; look at it again.", params)
    return answer

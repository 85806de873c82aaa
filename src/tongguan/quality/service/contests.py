"""Contesting a finding: the author says why it is wrong, another inspector confirms or withdraws it."""

from __future__ import annotations

from uuid import UUID

from tongguan.annotate.interface import close_tasks
from tongguan.core import audit
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, NotFound
from tongguan.quality import events, repository
from tongguan.quality.models import Finding, Judgement
from tongguan.quality.repository import earlier
from tongguan.quality.service import judging, rework


def contest(session: Session, project_id: UUID, finding_id: UUID, me: UUID, text: str) -> Finding:
    """The author contests an own finding, once. NotFound for someone else's."""
    finding = _finding(session, project_id, finding_id)
    if finding.person_id != me:
        raise NotFound("finding.not_found", "There is no such finding.", {"id": str(finding_id)})
    if finding.state != "open":
        raise Conflict("finding.answered", "This finding was contested already.", {"state": finding.state})
    finding.state, finding.contest, finding.contested_at = "contested", text, now()
    session.flush()
    return finding


def answer(session: Session, project_id: UUID, finding_id: UUID, me: UUID, withdraw: bool, text: str) -> Finding:
    """Another inspector answers. A withdrawn finding takes its rejection back when it was the last one that stood."""
    finding = _finding(session, project_id, finding_id)
    if me in (finding.made_by, finding.person_id):
        raise Forbidden("finding.own", "A contested finding is answered by another inspector.")
    if finding.state != "contested":
        raise Conflict("finding.not_contested", "This finding is not contested.", {"state": finding.state})
    finding.state = "withdrawn" if withdraw else "confirmed"
    finding.answer, finding.answered_by, finding.answered_at = text, me, now()
    session.flush()
    audit.record(session, me, finding.state, "finding", finding.id, {"text": text}, project_id)
    if withdraw:
        _take_back(session, finding, me)
        events.withdrawn(session, project_id, finding.id)
    elif finding.review_id is not None:
        events.confirmed(session, project_id, [finding.id])
    return finding


def _take_back(session: Session, finding: Finding, me: UUID) -> None:
    """Corrects the judgement of a revision none of whose findings stands any more.

    Rejected as a whole and not redone yet: it is accepted, and its rework ends. Redone meanwhile and accepted: the
    units are paid already, so the rejection is only taken out of the count. After a fix the inspector's labels stay.
    """
    others = repository.findings_of(session, finding.annotation_id, finding.revision_id)
    if any(other.state != "withdrawn" for other in others):
        return
    rows = repository.judgements_of(session, finding.annotation_id, finding.person_id)
    corrected = {row.corrects for row in rows}
    judged = [row for row in rows if row.revision_id == finding.revision_id]
    wrong = [row for row in judged if row.outcome == "rejected" and row.id not in corrected]
    if not wrong:
        return
    head = earlier.annotation_facts(session, [finding.annotation_id])[finding.annotation_id]
    whole = all(row.outcome == "rejected" for row in judged)
    current = head.current_revision_id == finding.revision_id
    untouched = whole and current and head.state == "rejected"
    paid_later = any(row.outcome in judging.PAID and row not in judged for row in rows)
    pay = not paid_later and (current or not whole)
    # The author may have an accepted row on this revision already (labels that were left as they were): then the
    # correction stands on the revision that became the right answer.
    places = [finding.revision_id, *earlier.later_answers(session, finding.annotation_id, finding.revision_id)]
    for row in wrong:
        _write_once(session, row, places, pay, me)
    if untouched:
        close_tasks(session, rework.open_rework(session, finding.annotation_id))
        given = judging.answers(session, [finding.annotation_id]).get(finding.annotation_id)
        if given is not None:
            judging.settle(session, given, "accepted")


def _write_once(session: Session, row: Judgement, places: list[UUID], pay: bool, me: UUID) -> None:
    for revision_id in places:
        if judging.take_back(session, row, revision_id, pay=pay, by=me):
            return
    raise Conflict("finding.not_correctable", "The units of this finding cannot be corrected any more.")


def _finding(session: Session, project_id: UUID, finding_id: UUID) -> Finding:
    found = repository.finding(session, project_id, finding_id)
    if found is None:
        raise NotFound("finding.not_found", "There is no such finding.", {"id": str(finding_id)})
    return found

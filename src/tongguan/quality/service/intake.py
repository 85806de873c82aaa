"""Submitted answers come in: to the review queue, into a lot, or against gold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.quality import repository
from tongguan.quality.repository import earlier, verdicts
from tongguan.quality.service import gold, judging, lots


def submitted(session: Session, annotation_ids: Iterable[UUID]) -> None:
    """Decides what happens to submitted answers. Called again for the same revision it changes nothing.

    Hidden gold is compared; redone work is always reviewed; one of several answers waits for the others; everything
    else joins its author's lot. Practice and exam are the academy's.
    """
    ids = sorted(set(annotation_ids))
    heads = earlier.annotation_facts(session, ids)
    answers = judging.answers(session, ids)
    tasks = earlier.tasks(session, {head.task_id for head in heads.values()})
    joining = []
    for annotation_id in ids:
        head, answer = heads.get(annotation_id), answers.get(annotation_id)
        if head is None or answer is None or head.state != "submitted" or head.source != "person":
            continue
        task = tasks.get(head.task_id)
        if task is None:
            continue
        if head.purpose == "gold" and task.gold_id is not None:
            gold.answered(session, answer, task.gold_id)
            gold.top_up(session, head.project_id, answer.person_id)
        elif head.purpose == "ordinary" and head.revision > 1:
            if task.needed < 2 or verdicts.compared(session, task.id):
                lots.leave(session, answer)
                lots.send_to_review(session, answer, None)
        elif head.purpose == "ordinary" and task.needed < 2:
            joining.append(answer)
    lots.join(session, joining)


def restored(session: Session, annotation_id: UUID) -> None:
    """Takes in an answer that was undeleted, or whose earlier version was brought back. One that stands accepted stays
    so: what it says was accepted. One that waits goes where it would have gone."""
    head = earlier.annotation_facts(session, [annotation_id]).get(annotation_id)
    if head is None or head.state != "submitted":
        return
    answer = judging.answers(session, [annotation_id]).get(annotation_id)
    if answer is not None and head.revision == 1 and repository.member_of(session, annotation_id) is not None:
        # It had left its lot while it was gone, and the lot may be settled: it is looked at by itself.
        lots.send_to_review(session, answer, None)
        return
    submitted(session, [annotation_id])


def adopt(session: Session, project_id: UUID) -> int:
    """Takes in answers that wait but stand in no queue, for instance deleted and restored ones. Returns how many."""
    found = judging.answers(session, earlier.stranded(session, project_id, now() - timedelta(minutes=5)))
    for answer in found.values():
        if answer.number > 1 or repository.member_of(session, answer.annotation_id) is not None:
            lots.send_to_review(session, answer, None)
        else:
            lots.join(session, [answer])
    return len(found)


def sweep(session: Session) -> dict[str, int]:
    """Looks after every project of the organization: closes lots whose day is over, judges gold that has waited for a
    day, fills the stock of gold, and takes in what was left behind. Returns what was done."""
    done = {"lots": 0, "gold_judged": 0, "gold_added": 0, "adopted": 0}
    for project_id in earlier.live_projects(session):
        done["lots"] += lots.close_due(session, project_id, now())
        lots.advance_all(session, project_id)
        done["gold_judged"] += gold.judge_waiting(session, project_id, before=now() - timedelta(days=1))
        done["gold_added"] += gold.top_up(session, project_id)
        done["adopted"] += adopt(session, project_id)
    return done


def erased(session: Session, project_id: UUID, item_id: UUID) -> None:
    """Takes an erased item out of the review queue, out of its lots, and out of gold."""
    for review in repository.live_reviews_of_item(session, item_id):
        review.state, review.reviewer_id, review.leased_until = "void", None, None
    for lot_id in repository.void_members_of_item(session, item_id):
        lot = repository.lot(session, lot_id)
        if lot is not None:
            lots.advance(session, lot)
    found = repository.gold_of_item(session, project_id, item_id)
    if found is not None:
        gold.retire(session, project_id, found.id)
    session.flush()

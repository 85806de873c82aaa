"""Several answers to one item: they agree, or an inspector settles which is right."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.catalog.labels.registry import dump_labels
from tongguan.core import audit
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, NotFound
from tongguan.projects.interface import settings_of
from tongguan.quality import repository
from tongguan.quality.models import Consensus
from tongguan.quality.repository import earlier
from tongguan.quality.schemas import SettleIn
from tongguan.quality.service import flags, gold, judging, lots, reviews
from tongguan.quality.service.comparing import compare, mean_agreement
from tongguan.quality.service.judging import Answer, Verdict
from tongguan.quality.service.units import FixSplit
from tongguan.rules.interface import version


def task_done(session: Session, task_id: UUID) -> None:
    """All answers to a task are in. Equal ones join the lots of their authors; different ones wait for an inspector."""
    task = earlier.task(session, task_id)
    if task is None or task.purpose != "ordinary" or task.needed < 2 or task.rework_of is not None:
        return
    heads = earlier.answers_of_task(session, task_id)
    found = judging.answers(session, [head.id for head in heads])
    given = [found[head.id] for head in heads if head.id in found]
    waiting = [each for each, head in zip(given, heads, strict=True) if head.state == "submitted"]
    if len(given) < 2:
        lots.join(session, waiting)
        return
    iou = settings_of(session, task.project_id).quality.gold_iou
    pairs = [(a, b) for number, a in enumerate(given) for b in given[number + 1 :]]
    judged = version(session, given[0].rule_version_id).judged_attributes()
    # Both ways: an attribute that only one of them states is a difference.
    agreed = all(
        compare(a.labels, b.labels, iou, judged).correct and compare(b.labels, a.labels, iou, judged).correct
        for a, b in pairs
    )
    new = repository.add_once(
        session,
        Consensus,
        {
            "project_id": task.project_id,
            "item_id": task.item_id,
            "task_id": task_id,
            "state": "agreed" if agreed else "open",
            "annotation_id": _central(given, iou).annotation_id if agreed else None,
            "detail": {"agreement": [round(mean_agreement(a.labels, b.labels, iou), 4) for a, b in pairs]},
        },
    )
    if new and agreed:
        lots.join(session, waiting)


def _central(given: Sequence[Answer], iou: float) -> Answer:
    """The answer that is most like all others; of equal ones the first submitted."""
    return max(
        given,
        key=lambda each: sum(mean_agreement(each.labels, other.labels, iou) for other in given if other is not each),
    )


def settle(session: Session, project_id: UUID, item_id: UUID, me: UUID, wish: SettleIn) -> None:
    """An inspector picks one answer, as it is or edited; the others are judged by it.

    Forbidden `review.own_work` for who gave one of the answers; Conflict `disagreement.settled`, `review.stale`.
    """
    row = repository.consensus_of_item(session, project_id, item_id)
    if row is None:
        raise NotFound("disagreement.not_found", "Nobody disagrees about this item.", {"item_id": str(item_id)})
    if row.state != "open":
        raise Conflict("disagreement.settled", "This item is settled already.", {"item_id": str(item_id)})
    heads = {head.id: head for head in earlier.answers_of_task(session, row.task_id) if head.state == "submitted"}
    found = judging.answers(session, heads)
    if any(each.person_id == me for each in found.values()):
        raise Forbidden("review.own_work", "Nobody settles a disagreement that they are part of.")
    chosen = found.get(wish.annotation_id)
    if chosen is None:
        raise NotFound("annotation.not_found", "This is not one of the answers.", {"id": str(wish.annotation_id)})
    if wish.revision is not None and wish.revision != chosen.number:
        params = {"seen": wish.revision, "revision": chosen.number, "labels": list(chosen.labels)}
        raise Conflict("review.stale", "The answer was changed while you looked at it; look at it again.", params)
    labels, nothing = list(map(dict, chosen.labels)), chosen.nothing
    if wish.labels is not None:
        labels, nothing = dump_labels(wish.labels), wish.nothing
        reviews.check_answer(session, chosen, labels, nothing)
    verdict = Verdict("settle", me, now())
    row.state, row.annotation_id, row.settled_by, row.settled_at = "settled", chosen.annotation_id, me, now()
    session.flush()
    reviews.apply_fix(session, chosen, labels, nothing, verdict, "settle")
    for other in found.values():
        if other is not chosen:
            _judge_by(session, other, labels, verdict)
        gold.judge_waiting(session, project_id, other.person_id)
        flags.evaluate(session, project_id, other.person_id)
    detail = {"item_id": str(item_id), "annotation_id": str(chosen.annotation_id), "edited": wish.labels is not None}
    audit.record(session, me, "settled", "disagreement", row.id, detail, project_id)
    session.flush()


def _judge_by(session: Session, answer: Answer, labels: list[dict[str, object]], verdict: Verdict) -> None:
    """Judges an answer by the settled one: labels that match are accepted, others rejected; nothing is redone."""
    rules = version(session, answer.rule_version_id)
    iou = settings_of(session, answer.project_id).quality.gold_iou
    compared = compare(answer.labels, labels, iou, rules.judged_attributes())
    if compared.correct:
        judging.accept(session, answer, verdict)
        return
    kept = [dict(label) for i, label in enumerate(answer.labels) if i in compared.right]
    rest = [dict(label) for i, label in enumerate(answer.labels) if i not in compared.right]
    outcome = judging.accepted_outcome(session, answer, rules)
    reviews.write_split(session, answer, FixSplit(kept, rest, []), outcome, verdict)
    judging.note_confusion(session, answer, "settle", compared)
    judging.settle(session, answer, "rejected")
    gold.own_findings(session, answer, compared, labels)

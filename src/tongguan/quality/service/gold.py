"""Gold: items with known answers, their hidden stock among the work, and how answers to them are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tongguan.annotate.interface import close_tasks, create_tasks, release_items
from tongguan.core import audit
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.people.interface import people_by_id, qualifications
from tongguan.projects.interface import members_with, settings_of
from tongguan.quality import repository
from tongguan.quality.models import Finding, GoldResult
from tongguan.quality.repository import earlier
from tongguan.quality.schemas import GoldItem
from tongguan.quality.service import figures, flags, judging, known
from tongguan.quality.service.comparing import Comparison, compare
from tongguan.quality.service.judging import Answer, Verdict
from tongguan.rules.interface import current_version, version

# Reserved gold tasks that wait for each annotator: enough that a draw finds one, few enough to change the gold.
STOCK = 3
MAY_LABEL = ("annotator", "inspector", "trainer", "manager")


def remove_gold(session: Session, project_id: UUID, gold_id: UUID, person_id: UUID) -> None:
    """Retires gold: it is handed out no more; answers given so far stay judged."""
    if not retire(session, project_id, gold_id, person_id):
        raise NotFound("gold.not_found", "This gold item does not exist.", {"id": str(gold_id)})


def retire(session: Session, project_id: UUID, gold_id: UUID, by: UUID | None = None, **why: object) -> bool:
    """Retires live gold and closes its waiting tasks; False when there is none."""
    item_id = repository.retire_gold(session, project_id, gold_id)
    if item_id is None:
        return False
    close_tasks(session, earlier.open_tasks(session, gold_id))
    release_items(session, project_id, [item_id])
    audit.record(session, by, "removed", "gold", gold_id, dict(why), project_id)
    return True


def follow_rules(session: Session, project_id: UUID) -> int:
    """Retires gold that carries a label class which the current rules no longer have. Returns how many."""
    rules = current_version(session, project_id)
    if rules is None:
        return 0
    retired = 0
    for row in repository.golds(session, project_id):
        gone = sorted({str(label["label"]) for label in row.labels} - set(rules.class_keys))
        retired += bool(gone) and retire(session, project_id, row.id, classes_gone=gone)
    return retired


def top_up(session: Session, project_id: UUID, person_id: UUID | None = None) -> int:
    """Fills the stock of reserved gold tasks of one person, or of everybody who may work. Returns how many."""
    rules = current_version(session, project_id)
    if rules is None or not repository.has_hidden_gold(session, project_id):
        return 0
    settings, added = settings_of(session, project_id), 0
    open_ = {row.person_id for row in qualifications(session, project_id, rules.major) if row.state == "open"}
    members = set(members_with(session, project_id, *MAY_LABEL))
    wanted = open_ & members & {person_id} if person_id else open_ & members
    people = people_by_id(session, wanted)
    for person in people.values():
        if not person.active or figures.gold_share(settings, person.level) <= 0:
            continue
        missing = STOCK - earlier.reserved_gold(session, project_id, person.id)
        if missing <= 0:
            continue
        for row in earlier.reserve_candidates(session, project_id, person.id, missing):
            create_tasks(
                session, project_id, [row.item_id], rules.id, purpose="gold", person_id=person.id, gold_id=row.id
            )
            added += 1
    return added


def answered(session: Session, answer: Answer, gold_id: UUID) -> bool:
    """Compares an answer with the known one, once. Its judgement waits for the next of ordinary work (`judge_waiting`):
    an answer that is judged within a second of its submit would tell that it was gold."""
    compared = with_known(session, answer, known.gold_item(session, gold_id))
    new = repository.add_once(
        session,
        GoldResult,
        {
            "project_id": answer.project_id,
            "gold_id": gold_id,
            "annotation_id": answer.annotation_id,
            "revision_id": answer.revision_id,
            "item_id": answer.item_id,
            "person_id": answer.person_id,
            "correct": compared.correct,
            "matched": len(compared.matches),
            "missed": len(compared.missed),
            "extra": len(compared.extra),
            "wrong_class": len(compared.wrong_class),
            "wrong_attribute": len(compared.wrong_attribute),
            "answered_at": now(),
        },
    )
    if new:
        judging.note_confusion(session, answer, "gold", compared)
        flags.evaluate(session, answer.project_id, answer.person_id)
    return new


def with_known(session: Session, answer: Answer, right: GoldItem) -> Comparison:
    """An answer beside the known one, by the rules under which it was given."""
    iou = settings_of(session, answer.project_id).quality.gold_iou
    judged = version(session, answer.rule_version_id).judged_attributes()
    return compare(answer.labels, right.labels, iou, judged)


def judge_waiting(
    session: Session, project_id: UUID, person_id: UUID | None = None, before: datetime | None = None
) -> int:
    """Judges gold answers (given before a moment) with ordinary work, by the known answer. Returns how many."""
    waiting = repository.waiting_gold(session, project_id, person_id, before)
    heads = earlier.annotation_facts(session, [row.annotation_id for row in waiting])
    found = judging.answers(session, heads)
    judged = 0
    for row in waiting:
        answer = found.get(row.annotation_id)
        if answer is None or heads[row.annotation_id].state != "submitted" or answer.revision_id != row.revision_id:
            continue
        verdict = Verdict("gold", at=now())
        if row.correct:
            judging.accept(session, answer, verdict)
        else:
            judging.reject(session, answer, verdict)
            right = known.gold_item(session, row.gold_id)
            own_findings(session, answer, with_known(session, answer, right), right.labels)
        row.judged_at = verdict.at
        judged += 1
    session.flush()
    return judged


def own_findings(session: Session, answer: Answer, compared: Comparison, expected: Sequence[Mapping[str, Any]]) -> None:
    """Findings that show an author only their own labels: a right answer, or another person's, never reaches them."""
    found: list[tuple[str, Mapping[str, Any], str]] = [("extra", answer.labels[i], "") for i in compared.extra]
    found += [("wrong_class", answer.labels[match.answer], "") for match in compared.wrong_class]
    found += [("missed", {"label": expected[j]["label"]}, "") for j in compared.missed]
    found += [
        ("wrong_attribute", answer.labels[unlike.match.answer], key)
        for unlike in compared.wrong_attribute
        for key in unlike.attributes
    ]
    for type_, label, attribute in found:
        session.add(
            Finding(
                project_id=answer.project_id,
                annotation_id=answer.annotation_id,
                revision_id=answer.revision_id,
                item_id=answer.item_id,
                person_id=answer.person_id,
                label_id=str(label.get("id") or ""),
                label=str(label["label"]),
                attribute=attribute,
                type=type_,
                severity="major",
                region=region_of(label),
            )
        )


def region_of(label: Mapping[str, Any]) -> dict[str, Any] | None:
    """The part of the picture that a label covers; None for one of the whole item."""
    if "width" not in label or "x" not in label:
        return None
    return {key: label[key] for key in ("x", "y", "width", "height")}

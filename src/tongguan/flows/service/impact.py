"""What publishing the draft would touch, summed from what each stage counts of its own."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.academy import interface as academy
from tongguan.annotate import interface as annotate
from tongguan.flows.schemas import Impact, Touched
from tongguan.quality import interface as quality
from tongguan.rules import interface as rules


def impact(session: Session, project_id: UUID) -> Impact:
    """The impact of publishing the draft now; without a draft nothing is touched."""
    current, draft = rules.current_version(session, project_id), rules.draft(session, project_id)
    if draft is None:
        return Impact(
            draft=False,
            major=False,
            current=current.number if current else None,
            next=None,
            labels=[],
            changes=[],
            touched=Touched(annotations=0, tasks=0, gold=0, exams=0, people=0, clarifications=0, examples=0),
        )
    found = rules.changes(current.content() if current else None, draft.content())
    major = current is None or any(change.major for change in found)
    number = rules.next_number((current.major, current.minor) if current else None, major)
    keys = rules.changed_keys(found)
    return Impact(
        draft=True,
        major=major,
        current=current.number if current else None,
        next=f"{number[0]}.{number[1]}",
        labels=keys,
        changes=found,
        touched=_touched(session, project_id, keys, major),
    )


def _touched(session: Session, project_id: UUID, keys: list[str], major: bool) -> Touched:
    answers = annotate.count_touched(session, project_id, keys)
    own = rules.count_touched(session, project_id, keys)
    study = academy.count_touched(session, project_id) if major else {"people": 0, "exams": 0}
    gold = sum(
        1
        for use in ("hidden", "practice", "exam")
        for found in quality.gold_items(session, project_id, use)
        if any(str(label.get("label")) in keys for label in found.labels)
    )
    return Touched(
        annotations=answers["annotations"],
        tasks=answers["open_tasks"],
        gold=gold,
        exams=study["exams"],
        people=study["people"],
        clarifications=own["clarifications"],
        examples=own["examples"],
    )

"""What the pages of lesson, practice and exam show."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.academy import repository
from tongguan.academy.models import Attempt, AttemptAnswer
from tongguan.academy.schemas import (
    AttemptDetail,
    AttemptView,
    ItemResult,
    Lesson,
    LessonClass,
    NextStep,
    StudyItem,
    StudyWork,
    Verdict,
)
from tongguan.academy.service import answering, attempts
from tongguan.annotate import interface as annotate
from tongguan.collect import interface as collect
from tongguan.core.clock import now
from tongguan.core.errors import Conflict
from tongguan.people import interface as people
from tongguan.projects.interface import ProjectAccess
from tongguan.rules import interface as rules_interface


def lesson(access: ProjectAccess) -> Lesson:
    """The lesson of the current rules. Conflict `academy.no_rules` before the first version."""
    session, project_id = access.session, access.project.id
    rules = rules_interface.current_version(session, project_id)
    if rules is None:
        raise Conflict("academy.no_rules", "The project has no published rules yet.")
    read = repository.lessons_read(session, project_id, access.caller.person_id)
    before = next(
        (found for found in rules_interface.published_versions(session, project_id) if found.id in read), None
    )
    answered = rules_interface.answered_questions(access)
    keys = set(rules.class_keys)
    return Lesson(
        rule_version_id=rules.id,
        major=rules.major,
        minor=rules.minor,
        published_at=rules.published_at,
        note=rules.note,
        classes=[
            LessonClass(
                label=entry,
                right=[example for example in rules.examples if example.label == entry.key and example.right],
                wrong=[example for example in rules.examples if example.label == entry.key and not example.right],
                clarifications=[question for question in answered if question.label == entry.key],
            )
            for entry in rules.label_set
        ],
        guideline=rules.guideline,
        clarifications=[question for question in answered if question.label not in keys],
        pictures=rules_interface.pictures(access, [example.item_id for example in rules.examples]),
        checks=rules.checks.model_dump(mode="json"),
        changes=rules_interface.changes(before, rules) if before and before.id != rules.id else [],
        read_before=before.number if before else None,
        read_at=read.get(rules.id),
    )


def attempt_view(access: ProjectAccess, attempt: Attempt) -> AttemptView:
    """One attempt; the count of right answers of a running exam is not told."""
    return attempt_views(access, [attempt])[0]


def attempt_views(access: ProjectAccess, rows: Sequence[Attempt]) -> list[AttemptView]:
    """Attempts with the names of their people."""
    names = people.people_by_id(access.session, {row.person_id for row in rows})
    made = []
    for row in rows:
        hidden = row.kind == "exam" and row.state == "running"
        fields = {name: getattr(row, name) for name in AttemptView.model_fields if name not in ("person", "correct")}
        made.append(
            AttemptView(
                **fields,
                person=names[row.person_id].name if row.person_id in names else "",
                correct=None if hidden else row.correct,
            )
        )
    return made


def next_step(access: ProjectAccess, attempt: Attempt) -> NextStep:
    """The next item of the caller's attempt, opened for them; none with the reason when it is over."""
    if attempt.state != "running":
        return NextStep(work=None, reason="academy.attempt_over")
    attempts.require_running(access.session, attempt)
    row = answering.next_answer(access.session, attempt, access.settings)
    if row is None:
        return NextStep(work=None, reason="academy.attempt_over")
    work = annotate.start_reserved(access.session, access.caller, row.task_id)
    if row.opened_at is None:
        row.opened_at = now()
        access.session.flush()
    return NextStep(
        work=StudyWork(
            **dict(work),
            attempt_id=attempt.id,
            kind="exam" if attempt.kind == "exam" else "practice",
            position=row.position,
            total=attempt.total,
        )
    )


def attempt_detail(access: ProjectAccess, attempt: Attempt) -> AttemptDetail:
    """What was right and wrong per item; an exam shows it once it is over, without the right answers."""
    running_exam = attempt.kind == "exam" and attempt.state == "running"
    rows = [row for row in repository.answers(access.session, attempt.id) if row.answered_at is not None]
    shown = [] if running_exam else rows
    items = _items(access, shown)
    view = attempt_view(access, attempt)
    return AttemptDetail(
        **dict(view), items=[_result(row, items.get(row.item_id), attempt.kind == "practice") for row in shown]
    )


def _result(row: AttemptAnswer, item: StudyItem | None, with_answer: bool) -> ItemResult:
    detail = row.detail or {"labels": [], "nothing": False, "verdict": {}}
    verdict = Verdict.model_validate(detail["verdict"])
    unlike = {pair.answer for pair in verdict.wrong_attribute}
    return ItemResult(
        position=row.position,
        item=item,
        correct=row.correct,
        labels=detail["labels"],
        nothing=detail["nothing"],
        right=[pair.answer for pair in verdict.matches if pair.answer not in unlike],
        wrong_class=[pair.answer for pair in verdict.wrong_class],
        wrong_attribute=sorted(unlike),
        extra=verdict.extra,
        missed=len(verdict.missed),
        verdict=verdict if with_answer else None,
    )


def _items(access: ProjectAccess, rows: Sequence[AttemptAnswer]) -> dict[UUID, StudyItem]:
    found = collect.items_by_id(access.session, [row.item_id for row in rows])
    items = [item for item in found.values() if item.state != "erased"]
    links = collect.image_links(access.caller, access.project.id, items)
    return {
        item.id: StudyItem(id=item.id, name=item.name, width=item.width, height=item.height, **links.get(item.id, {}))
        for item in items
    }

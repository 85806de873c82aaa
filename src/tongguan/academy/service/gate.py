"""Gate 2: who of the project's annotators may work under the current rules."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.academy import repository
from tongguan.academy.schemas import QualificationList, QualificationView
from tongguan.academy.service import choosing
from tongguan.academy.service.standing import NONE
from tongguan.people import interface as people
from tongguan.projects import interface as projects
from tongguan.rules.interface import RuleVersion, current_version, published_versions

PersonState = Literal["open", "reclosed", "working", "closed"]
# From worst to best: the project shows the worst state of its people.
ORDER: tuple[PersonState, ...] = ("reclosed", "closed", "working", "open")
STUDENTS = ("annotator",)


def qualification_list(session: Session, project_id: UUID) -> QualificationList:
    """Everybody who works in the project, with the state of the gate for each."""
    rules = current_version(session, project_id)
    ids = projects.members_with(session, project_id, "annotator", "inspector", "trainer", "manager")
    found = people.people_by_id(session, ids)
    views = _views(session, project_id, rules, ids)
    students = [view for view in views if view.active and set(view.roles) & set(STUDENTS)]
    return QualificationList(
        rule_major=rules.major if rules else None,
        qualified=sum(1 for view in students if view.state == "open"),
        people=len(students),
        items=sorted(views, key=lambda view: (ORDER.index(view.state), found[view.person_id].name)),
    )


def _views(session: Session, project_id: UUID, rules: RuleVersion | None, ids: list[UUID]) -> list[QualificationView]:
    found = people.people_by_id(session, ids)
    every = people.qualifications(session, project_id)
    before = {row.person_id for row in every if rules is not None and row.rule_major < rules.major}
    present = {row.person_id: row for row in every if rules is not None and row.rule_major == rules.major}
    tallies = repository.tallies(session, project_id, rules.major) if rules else {}
    same = [version.id for version in published_versions(session, project_id) if rules and version.major == rules.major]
    read = repository.readers(session, same)
    views = []
    for person_id in ids:
        person = found.get(person_id)
        if person is None:
            continue
        tally, row = tallies.get(person_id, NONE), present.get(person_id)
        state: PersonState = "closed"
        if row is not None and row.state == "open":
            state = "open"
        elif row is not None or person_id in before:
            state = "reclosed"
        elif person_id in read or person_id in tallies:
            state = "working"
        views.append(
            QualificationView(
                person_id=person_id,
                name=person.name,
                level=person.level,
                active=person.active,
                roles=sorted(projects.role_of(session, person_id, project_id)),
                state=state,
                rule_major=row.rule_major if row else None,
                source=row.source if row else None,
                since=row.created_at if row else None,
                lesson_read=person_id in read,
                practice_answered=tally.practice_answered,
                exams=tally.exams,
                best=tally.best,
                next_allowed_at=tally.next_allowed_at,
            )
        )
    return views


def refresh(session: Session, project_id: UUID) -> str:
    """Writes gate 2 of a project down; its state."""
    rules = current_version(session, project_id)
    listed = qualification_list(session, project_id)
    students = [view for view in listed.items if view.active and set(view.roles) & set(STUDENTS)]
    missing = _missing(session, project_id, rules, students)
    states = {view.state for view in students}
    state = next((name for name in ORDER if name in states), "closed") if rules else "closed"
    figure = {
        "value": listed.qualified,
        "total": listed.people,
        "unit": "people",
        "rule_version": rules.number if rules else None,
        "reclosed": sum(1 for view in students if view.state == "reclosed"),
    }
    projects.record_gate(session, project_id, 2, state, figure, missing, rule_version_id=rules.id if rules else None)
    return state


def _missing(
    session: Session, project_id: UUID, rules: RuleVersion | None, students: list[QualificationView]
) -> list[dict[str, Any]]:
    """What is missing to open the gate: codes with facts, the most pressing first."""
    if rules is None:
        return [{"code": "academy.no_rules", "params": {}}]
    wanted = projects.settings_of(session, project_id).academy
    missing: list[dict[str, Any]] = []
    waiting = [view for view in students if view.state != "open"]
    if waiting:
        exams = len(choosing.usable(session, project_id, rules, "exam"))
        practice = len(choosing.practice_pool(session, project_id, rules, wanted.practice_count))
        if practice == 0 and wanted.practice_count:
            params = {"kind": "practice", "needed": wanted.practice_count, "available": 0}
            missing.append({"code": "academy.not_enough_gold", "params": params})
        if exams < wanted.exam_count:
            params = {"kind": "exam", "needed": wanted.exam_count, "available": exams}
            missing.append({"code": "academy.not_enough_gold", "params": params})
        again = sum(1 for view in waiting if view.state == "reclosed")
        if again:
            params = {"people": again, "version": rules.number}
            missing.append({"code": "academy.reclosed", "params": params})
        if len(waiting) > again:
            missing.append({"code": "academy.unqualified", "params": {"people": len(waiting) - again}})
    if not students:
        missing.append({"code": "academy.no_annotators", "params": {}})
    return missing

"""Jobs of the stage academy: the gate follows what other stages tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.academy.service import answering, attempts, gate
from tongguan.annotate.events import ANNOTATION_SUBMITTED
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext, job, periodic, together
from tongguan.people.events import QUALIFICATION_CHANGED
from tongguan.projects.events import MEMBERS_CHANGED, SETTINGS_CHANGED
from tongguan.rules.events import RULE_PUBLISHED
from tongguan.rules.interface import projects_with_rules


@job(RULE_PUBLISHED, name="academy.rules_published")
def rules_published(context: JobContext, payload: dict[str, Any]) -> None:
    """A major version closes qualifications and ends what runs under the old one; the gate is written down anew."""
    with context.transaction() as session:
        if payload["major_change"]:
            attempts.end_for_new_rules(session, UUID(payload["project_id"]), int(payload["major"]))
        else:
            gate.refresh(session, UUID(payload["project_id"]))


@job(QUALIFICATION_CHANGED, name="academy.qualification_changed")
@job(MEMBERS_CHANGED, name="academy.members_changed")
@job(SETTINGS_CHANGED, name="academy.settings_changed")
def refresh_gate(context: JobContext, payload: dict[str, Any]) -> None:
    """Somebody may work or no longer, joined or left, or the project asks for more or fewer gold items."""
    with context.transaction() as session:
        gate.refresh(session, UUID(payload["project_id"]))


@together(ANNOTATION_SUBMITTED, name="academy.annotation_submitted")
def annotation_submitted(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
    """Answers to practice or an exam that came by their lease are judged too."""
    for payload in payloads:
        if payload.get("attempt_id") is not None:
            answering.judge_submitted(
                session,
                UUID(payload["project_id"]),
                UUID(payload["attempt_id"]),
                UUID(payload["task_id"]),
                UUID(payload["revision_id"]),
            )


@periodic(60, name="academy.gates")
def refresh_gates(session: Session) -> int:
    """Gold comes and goes, and people leave, without telling: every gate 2 is written down each minute."""
    projects = projects_with_rules(session)
    for project_id in projects:
        gate.refresh(session, project_id)
    return len(projects)

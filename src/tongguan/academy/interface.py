"""What later stages may call of the stage academy."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.academy import repository
from tongguan.academy.schemas import QualificationList, Standing
from tongguan.academy.service import gate
from tongguan.academy.service.standing import standing as standing_of
from tongguan.projects.interface import ProjectSettings

__all__ = ["QualificationList", "Standing", "count_touched", "qualification_list", "standing"]


def qualification_list(session: Session, project_id: UUID) -> QualificationList:
    """Who may work under the current rules, and how far the others are."""
    return gate.qualification_list(session, project_id)


def standing(session: Session, project_id: UUID, person_id: UUID, settings: ProjectSettings) -> Standing:
    """Where one person stands on the way to work."""
    return standing_of(session, project_id, person_id, settings)


def count_touched(session: Session, project_id: UUID) -> dict[str, int]:
    """What a major version would touch: `people` who are qualified now, `exams` and `practices` that are running."""
    running = repository.count_running(session, project_id)
    people = sum(1 for view in gate.qualification_list(session, project_id).items if view.state == "open")
    return {"people": people, "exams": running.get("exam", 0), "practices": running.get("practice", 0)}

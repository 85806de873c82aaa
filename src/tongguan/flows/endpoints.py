"""HTTP of the stage flows."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from tongguan.flows.schemas import Impact, PrelabelStats, Started
from tongguan.flows.service import prelabelling
from tongguan.flows.service.impact import impact
from tongguan.projects.interface import ProjectAccess, project_role

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["flows"])
Reader = Annotated[
    ProjectAccess, Depends(project_role("manager", "trainer", "engineer", "inspector"), scope="function")
]
Writer = Annotated[ProjectAccess, Depends(project_role("trainer", "manager"), scope="function")]


@router.get("/rules/impact")
def get_rules_impact(access: Writer) -> Impact:
    """What publishing the draft of the rules would touch: answers, gold, exams, people."""
    return impact(access.session, access.project.id)


@router.post("/models/{model_id}/prelabel", status_code=202)
def prelabel_tasks(access: Writer, model_id: UUID) -> Started:
    """Puts a model's labels before people as proposals, for all open tasks, in the background."""
    return Started(job_id=prelabelling.begin(access.session, access.caller, access.project.id, model_id))


@router.get("/prelabel-stats")
def get_prelabel_stats(access: Reader) -> list[PrelabelStats]:
    """What people made of proposals, by model version."""
    return prelabelling.stats(access.session, access.project.id)

"""HTTP of the stage flows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from tongguan.flows.schemas import Impact
from tongguan.flows.service.impact import impact
from tongguan.projects.interface import ProjectAccess, project_role

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["flows"])
Writer = Annotated[ProjectAccess, Depends(project_role("trainer", "manager"), scope="function")]


@router.get("/rules/impact")
def get_rules_impact(access: Writer) -> Impact:
    """What publishing the draft of the rules would touch: answers, gold, exams, people."""
    return impact(access.session, access.project.id)

"""HTTP of the stage flows."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from tongguan.flows.schemas import Impact, PrelabelStats, Started
from tongguan.flows.schemas.loop import LoopCounts, LoopPage, LoopState, RouteOut, RouteSettings
from tongguan.flows.schemas.provenance import BackOut, ForwardOut
from tongguan.flows.service import prelabelling, provenance, showing
from tongguan.flows.service.impact import impact
from tongguan.projects.interface import ProjectAccess, project_role

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["flows"])
Reader = Annotated[
    ProjectAccess, Depends(project_role("manager", "trainer", "engineer", "inspector"), scope="function")
]
Everybody = Annotated[
    ProjectAccess, Depends(project_role("manager", "trainer", "engineer", "inspector", "client"), scope="function")
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


@router.get("/loop")
def list_loop(
    access: Reader,
    state: Annotated[list[LoopState] | None, Query(description="Only these states.")] = None,
    deployment_id: UUID | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> LoopPage:
    """Predictions that were called wrong, or drawn, on their way to a better model; newest first."""
    return showing.page(access.session, access.caller, access.project.id, state or [], deployment_id, before, limit)


@router.get("/loop/counts")
def count_loop(access: Everybody, deployment_id: UUID | None = None) -> LoopCounts:
    """How many are where, for the gate map."""
    return showing.counts(access.session, access.project.id, deployment_id)


@router.get("/loop/routes/{deployment_id}")
def get_loop_route(access: Reader, deployment_id: UUID) -> RouteOut:
    """Who gets a deployment's pictures to label, how early, under which rules and terms."""
    return showing.show_route(access.session, access.project.id, deployment_id)


@router.put("/loop/routes/{deployment_id}")
def set_loop_route(access: Writer, deployment_id: UUID, wanted: RouteSettings) -> RouteOut:
    """Changes a deployment's route, for what comes from now on."""
    return showing.set_route(access.session, access.caller, access.project.id, deployment_id, wanted)


@router.get("/provenance/predictions/{prediction_id}")
def walk_back(access: Reader, prediction_id: UUID) -> BackOut:
    """From a prediction back: deployment, model, run, data, people, rules, batches."""
    return provenance.back(access, prediction_id)


@router.get("/provenance/rules/{rule_version_id}")
def walk_forward(access: Reader, rule_version_id: UUID) -> ForwardOut:
    """From a rule version forward: answers, data, runs, models, evaluations, deployments."""
    return provenance.forward(access, rule_version_id)

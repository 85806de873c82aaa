"""Routes of the stage prepare: items with their problems, decisions on problems, the data gate and its report."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from tongguan.collect.interface import ItemFilter
from tongguan.core import tables
from tongguan.prepare.schemas import (
    GateNow,
    ItemDetail,
    ItemPage,
    OpenGateIn,
    ProblemPage,
    RefuseIn,
    ReopenIn,
    WaiveIn,
)
from tongguan.prepare.service import decisions, gate, listing, report
from tongguan.projects.interface import ProjectAccess, project_role

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["prepare"])

Lead = Annotated[ProjectAccess, Depends(project_role("trainer", "manager"), scope="function")]
Team = Annotated[ProjectAccess, Depends(project_role("trainer", "manager", "inspector", "engineer"), scope="function")]
Portal = Annotated[
    ProjectAccess, Depends(project_role("trainer", "manager", "inspector", "engineer", "client"), scope="function")
]
ItemState = Literal["ok", "refused", "erased", "unread"]
Limit = Annotated[int, Query(ge=1, le=1000)]
SAFE_PAGE = {"Content-Security-Policy": "sandbox allow-modals; default-src 'none'; style-src 'unsafe-inline'"}


@router.get("/items")
def list_items(
    access: Portal,
    state: ItemState | None = None,
    batch: UUID | None = None,
    check: Annotated[str | None, Query(max_length=60, description="Items with an open problem of this check.")] = None,
    q: Annotated[str | None, Query(max_length=500, description="Beginning of the name; the order is by name.")] = None,
    group: Annotated[str | None, Query(max_length=500)] = None,
    label_state: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[str | None, Query(max_length=4000)] = None,
    limit: Limit = 100,
) -> ItemPage:
    """Items of the project, in order of import, or by name when looked up by name."""
    chosen = ItemFilter(access.project.id, state, batch, q or None, group, label_state)
    return listing.item_page(access.session, access.caller, chosen, check, limit, after)


@router.get("/items.csv", response_class=StreamingResponse)
def download_items(
    access: Team,
    request: Request,
    state: ItemState | None = None,
    batch: UUID | None = None,
    check: Annotated[str | None, Query(max_length=60)] = None,
    q: Annotated[str | None, Query(max_length=500)] = None,
    group: Annotated[str | None, Query(max_length=500)] = None,
    label_state: Annotated[str | None, Query(max_length=40)] = None,
    columns: Annotated[str, Query(max_length=400, description="Names separated by commas; empty = all.")] = "",
) -> StreamingResponse:
    """The list of items as it is shown: the same filters, the chosen columns; cells are never formulas."""
    chosen = ItemFilter(access.project.id, state, batch, q or None, group, label_state)
    parts = listing.items_csv(request.app.state.database, access.caller, chosen, check, columns)
    return StreamingResponse(parts, media_type=tables.CSV, headers=tables.download("items.csv"))


@router.get("/items/{item_id}")
def get_item(access: Team, item_id: UUID) -> ItemDetail:
    """One item with its provenance, measurements, imported labels and problems."""
    return listing.item_detail(access.session, access.caller, access.project.id, item_id)


@router.get("/problems")
def list_problems(
    access: Team,
    check: Annotated[str | None, Query(max_length=60)] = None,
    state: Literal["open", "waived", "refused"] | None = None,
    batch: UUID | None = None,
    after: UUID | None = None,
    limit: Limit = 100,
) -> ProblemPage:
    """What the checks found."""
    return listing.problem_page(
        access.session,
        access.caller,
        access.project.id,
        check=check,
        state=state,
        batch_id=batch,
        after=after,
        limit=limit,
    )


@router.post("/problems/waive")
def waive_problems(access: Lead, body: WaiveIn) -> GateNow:
    """Decides that problems do not matter, with a reason under the caller's name."""
    return decisions.waive_problems(access.session, access.project.id, access.caller.person_id, body)


@router.post("/problems/reopen")
def reopen_problems(access: Lead, body: ReopenIn) -> GateNow:
    """Takes waivers back."""
    return decisions.reopen_problems(access.session, access.project.id, access.caller.person_id, body.ids)


@router.post("/problems/refuse")
def refuse_problem_items(access: Lead, body: RefuseIn) -> GateNow:
    """Takes the items of problems out of use, for instance all copies: `{"check": "duplicate"}`."""
    return decisions.refuse_problem_items(access.session, access.project.id, access.caller.person_id, body, body.reason)


@router.post("/gates/1/open")
def open_data_gate(access: Lead, body: OpenGateIn) -> GateNow:
    """Opens the data gate although something is missing, with a reason under the caller's name."""
    return gate.open_gate(access.session, access.project.id, access.caller.person_id, body.reason.strip())


@router.get("/data-report", response_model=dict[str, Any])
def get_data_report(
    access: Portal,
    format: Literal["json", "html"] = "json",
    language: Literal["zh", "en"] = "zh",
    examples: Annotated[int, Query(ge=0, le=500)] = 20,
) -> Response:
    """What came in, what was refused and why: as JSON, or as a page to print."""
    made = report.data_report(access.session, access.project.id, examples)
    if format == "html":
        return HTMLResponse(report.report_page(made, language), headers=SAFE_PAGE)
    return JSONResponse(made)

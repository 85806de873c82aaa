"""Routes of reports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from tongguan.core.links import asset_link
from tongguan.projects.interface import ProjectAccess, project_role
from tongguan.reports import repository
from tongguan.reports.schemas import Format, ReportIn, ReportOut
from tongguan.reports.service import asking

router = APIRouter(prefix="/api/v1/projects/{project_id}/reports", tags=["reports"])
Reader = Annotated[ProjectAccess, Depends(project_role("manager", "trainer", "engineer"), scope="function")]


@router.get("")
def list_reports(access: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[ReportOut]:
    """Reports, newest first; those with figures of pay for managers and owners only."""
    rows = repository.reports(access.session, access.project.id, asking.sees_costs(access), limit)
    return asking.show(access.caller, access.project.name, rows)


@router.post("", status_code=201)
def make_report(access: Reader, wish: ReportIn) -> ReportOut:
    """Makes a report of the project or of an evaluation, in the background: web page, Word, PDF."""
    return asking.show(access.caller, access.project.name, [asking.begin(access, wish)])[0]


@router.get("/{number}")
def get_report(access: Reader, number: int) -> ReportOut:
    """One report with links to its files."""
    return asking.show(access.caller, access.project.name, [asking.find(access, number)])[0]


@router.get("/{number}/files/{format}", response_class=Response)
def get_report_file(access: Reader, number: int, format: Format) -> Response:
    """Leads to the file. 409 says why there is no PDF, and which font package helps."""
    row, stored = asking.file_of(access, number, format)
    title = None if format == "html" else f"{access.project.name}-{row.number}.{format}"
    link = asset_link(access.caller, access.project.id, stored["key"], asking.TYPES[format], title)
    return RedirectResponse(link, status_code=303)

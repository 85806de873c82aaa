"""Asking for a report, and showing what was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tongguan.core import audit, jobs
from tongguan.core.auth import Caller
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.core.links import asset_link
from tongguan.projects.interface import ProjectAccess
from tongguan.reports import repository
from tongguan.reports.models import Report
from tongguan.reports.schemas import FileOut, Format, ReportIn, ReportOut

TYPES: dict[Format, str] = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def sees_costs(access: ProjectAccess) -> bool:
    """Whether the caller may read figures of pay."""
    return bool(access.roles & {"manager", "owner"})


def begin(access: ProjectAccess, wish: ReportIn) -> Report:
    """Queues a report of what is so when it is made. Invalid without the number of an evaluation that it needs."""
    session, caller, project_id = access.session, access.caller, access.project.id
    if (wish.subject == "evaluation") != (wish.evaluation is not None):
        raise Invalid("report.evaluation", "A report of an evaluation needs its number, another has none.")
    row = Report(
        id=new_id(),
        project_id=project_id,
        number=repository.next_number(session, project_id),
        subject=wish.subject,
        evaluation=wish.evaluation,
        language=wish.language,
        costs=wish.subject == "project" and sees_costs(access),
        created_by=caller.person_id,
    )
    session.add(row)
    session.flush()
    title = f"#{row.number} {row.subject}" + (f" #{row.evaluation}" if row.evaluation else "")
    payload = {"report_id": str(row.id)}
    row.job_id = jobs.start(
        session, "report", title=title, project_id=project_id, person_id=caller.person_id, payload=payload
    )
    audit.record(session, caller.person_id, "started", "report", row.id, wish.model_dump(mode="json"), project_id)
    session.flush()
    session.refresh(row)
    return row


def find(access: ProjectAccess, number: int) -> Report:
    """A report that the caller may read. NotFound otherwise."""
    row = repository.report(access.session, access.project.id, number)
    if row is None or (row.costs and not sees_costs(access)):
        raise NotFound("report.unknown", "There is no such report.")
    return row


def show(caller: Caller, name: str, rows: Sequence[Report]) -> list[ReportOut]:
    """Reports with links to their files; the page opens in the browser, the others are downloads."""
    found = []
    for row in rows:
        files: dict[Format, FileOut] = {}
        for kind, media_type in TYPES.items():
            stored = row.files.get(kind)
            if stored and stored.get("key"):
                title = None if kind == "html" else f"{name}-{row.number}.{kind}"
                url = asset_link(caller, row.project_id, stored["key"], media_type, title)
                files[kind] = FileOut(size=stored["size"], url=url)
            elif stored:
                files[kind] = FileOut(error=stored.get("error"))
        found.append(ReportOut.model_validate({**_columns(row), "files": files}))
    return found


def _columns(row: Report) -> dict[str, Any]:
    wanted = set(ReportOut.model_fields) - {"files"}
    return {name: getattr(row, name) for name in wanted}


def file_of(access: ProjectAccess, number: int, kind: Format) -> tuple[Report, dict[str, Any]]:
    """What is stored of a report in one format. Conflict while it is not made, or where it could not be."""
    row = find(access, number)
    stored = row.files.get(kind)
    if row.state != "done" or not stored:
        raise Conflict("report.not_made", "The report is not made yet.", {"number": number, "state": row.state})
    if stored.get("error"):
        error = stored["error"]
        raise Conflict(error["code"], error["message"], error.get("params"))
    return row, stored

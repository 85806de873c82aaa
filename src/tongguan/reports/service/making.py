"""Asking for a report, making it, and showing what was made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from tongguan.core import audit, failpoints, jobs
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound, TongguanError
from tongguan.core.ids import new_id
from tongguan.core.jobs import JobContext
from tongguan.core.links import asset_link
from tongguan.people.interface import organization, organization_zone
from tongguan.projects.interface import ProjectAccess, project_of
from tongguan.reports import repository
from tongguan.reports.models import Report
from tongguan.reports.schemas import Document, Facts, FileOut, Format, ReportIn, ReportOut
from tongguan.reports.service import evaluation, models_and_line, numbers, project
from tongguan.reports.service.rendering import page, pdf, word
from tongguan.reports.service.view import View

TYPES: dict[Format, str] = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
RENDERERS: dict[Format, Callable[[Document], bytes]] = {"html": page.render, "docx": word.render, "pdf": pdf.render}


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


def make(context: JobContext, job_id: UUID, report_id: UUID) -> dict[str, Any]:
    """Reads the facts in one transaction, writes them in every format, and notes the files. Run twice it ends alike."""
    with context.transaction() as session:
        row = session.get_one(Report, report_id)
        if row.state == "done":
            return {"number": row.number}
        made_at = row.made_at or now()
        view = _view(session, context, row)
        document = _document(view, row, numbers.when(made_at, view.zone))
        sources = view.sources
    failpoints.hit("reports.gathered")
    files: dict[str, Any] = {}
    for done, (name, render) in enumerate(RENDERERS.items()):
        context.raise_if_cancelled(job_id)
        context.progress(job_id, done, len(RENDERERS), name)
        files[name] = _stored(context, report_id, name, render, document)
    failpoints.hit("reports.written")
    with context.transaction() as session:
        row = session.get_one(Report, report_id)
        row.state, row.files, row.sources, row.made_at, row.error = "done", files, sources, made_at, None
        return {"number": row.number}


def _stored(
    context: JobContext, report_id: UUID, name: Format, render: Callable[[Document], bytes], document: Document
) -> dict[str, Any]:
    try:
        content = render(document)
    except TongguanError as error:
        return {"error": error.body()}
    key = f"{context.org_id}/reports/{report_id}.{name}"
    context.storage.put(key, content)
    return {"key": key, "size": len(content)}


def _view(session: Session, context: JobContext, row: Report) -> View:
    found = project_of(session, row.project_id)
    return View(session, context.storage, found, row.language, organization_zone(session))


def _document(view: View, row: Report, made: str) -> Document:
    if row.subject == "evaluation":
        found = evaluation.find(view, int(row.evaluation or 0))
        sections = evaluation.sections(view, found)
        title = view.words("evaluation_report", name=view.project.name, number=found.number)
    else:
        parts = [project.gates, project.data, project.rules, project.people, project.quality, project.datasets]
        parts += [project.cost] if row.costs else []
        parts += [models_and_line.models, models_and_line.evaluation, models_and_line.line]
        sections = [part(view) for part in parts]
        title = view.words("project_report", name=view.project.name)
    company = organization(view.session).name
    order = ("rules", "dataset", "model", "evaluation", "benchmark", "deployment")
    named = [(view.words(key), str(view.sources[key])) for key in order if view.sources.get(key)]
    head = [
        (view.words("organization"), company),
        (view.words("made"), f"{made} ({view.zone.key})"),
        (view.words("by"), view.person(row.created_by)),
    ]
    said = "; ".join(f"{name} {value}" for name, value in named) or view.words("none")
    return Document(
        language="zh" if row.language == "zh" else "en",
        title=title,
        subtitle=f"{company} · {made}" + (f" · {view.project.description}" if view.project.description else ""),
        head=Facts(rows=[*head, *named]),
        sections=sections,
        foot=view.words("foot", number=row.number, at=f"{made} ({view.zone.key})", sources=said),
    )


def end(context: JobContext, report_id: UUID, error: dict[str, Any] | None) -> None:
    """Notes a report that was not made."""
    with context.transaction() as session:
        row = session.get_one(Report, report_id)
        if row.state == "queued":
            row.state, row.error = "failed", error


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

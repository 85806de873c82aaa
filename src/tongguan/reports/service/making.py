"""Making a report: the facts of one moment in every format. Only the worker needs the writers of Word and PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tongguan.core import failpoints
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import TongguanError
from tongguan.core.jobs import JobContext
from tongguan.people.interface import organization, organization_zone
from tongguan.projects.interface import project_of
from tongguan.reports.models import Report
from tongguan.reports.schemas import Document, Facts, Format
from tongguan.reports.service import evaluation, models_and_line, numbers, project
from tongguan.reports.service.rendering import page, pdf, word
from tongguan.reports.service.view import View

RENDERERS: dict[Format, Callable[[Document], bytes]] = {"html": page.render, "docx": word.render, "pdf": pdf.render}


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

"""All queries of projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.core.models import Audit, Job
from tongguan.projects.models import GateRecord, Project, ProjectGate, ProjectMember, ProjectVisit, SavedView


def project(session: Session, project_id: UUID) -> Project | None:
    """A project of this organization."""
    return session.get(Project, project_id)


def project_and_roles(session: Session, project_id: UUID, person_id: UUID) -> tuple[Project | None, frozenset[str]]:
    """A project of this organization and the roles of a person in it, in one statement."""
    theirs = select(ProjectMember.role).where(
        ProjectMember.project_id == project_id, ProjectMember.person_id == person_id
    )
    row = session.execute(
        select(Project, func.array(theirs.scalar_subquery(), type_=ARRAY(Text))).where(Project.id == project_id)
    ).one_or_none()
    return (None, frozenset()) if row is None else (row[0], frozenset(row[1]))


def roles(session: Session, project_id: UUID, person_id: UUID) -> frozenset[str]:
    """Roles of a person in a project."""
    return frozenset(
        session.scalars(
            select(ProjectMember.role).where(
                ProjectMember.project_id == project_id, ProjectMember.person_id == person_id
            )
        )
    )


def visible(session: Session, person_id: UUID, everything: bool) -> Sequence[Project]:
    """Projects in which a person has a role, or all."""
    query = select(Project).order_by(Project.id)
    if not everything:
        query = query.where(
            Project.id.in_(select(ProjectMember.project_id).where(ProjectMember.person_id == person_id))
        )
    return session.scalars(query).all()


def roles_by_project(session: Session, person_id: UUID) -> dict[UUID, list[str]]:
    """All roles of a person."""
    found: dict[UUID, list[str]] = {}
    for row in session.execute(
        select(ProjectMember.project_id, ProjectMember.role).where(ProjectMember.person_id == person_id)
    ):
        found.setdefault(row.project_id, []).append(row.role)
    return found


def members(session: Session, project_id: UUID) -> dict[UUID, list[str]]:
    """Roles by person."""
    found: dict[UUID, list[str]] = {}
    query = select(ProjectMember.person_id, ProjectMember.role).where(ProjectMember.project_id == project_id)
    for row in session.execute(query.order_by(ProjectMember.id)):
        found.setdefault(row.person_id, []).append(row.role)
    return found


def set_roles(session: Session, project_id: UUID, person_id: UUID, wanted: Sequence[str]) -> None:
    """Makes a person's roles in a project exactly these."""
    session.execute(
        delete(ProjectMember).where(
            ProjectMember.project_id == project_id,
            ProjectMember.person_id == person_id,
            ProjectMember.role.not_in(list(wanted)),
        )
    )
    for role in wanted:
        session.execute(
            insert(ProjectMember).values(project_id=project_id, person_id=person_id, role=role).on_conflict_do_nothing()
        )


def gates(session: Session, project_id: UUID) -> dict[int, ProjectGate]:
    """Present gates by number."""
    query = select(ProjectGate).where(ProjectGate.project_id == project_id)
    return {row.gate: row for row in session.scalars(query)}


def gate(session: Session, project_id: UUID, number: int) -> ProjectGate | None:
    """One gate, locked so that two writers follow each other."""
    return session.scalar(
        select(ProjectGate).where(ProjectGate.project_id == project_id, ProjectGate.gate == number).with_for_update()
    )


def gate_records(session: Session, project_id: UUID, number: int, limit: int) -> Sequence[GateRecord]:
    """History of a gate, newest first."""
    return session.scalars(
        select(GateRecord)
        .where(GateRecord.project_id == project_id, GateRecord.gate == number)
        .order_by(GateRecord.id.desc())
        .limit(limit)
    ).all()


def visit(session: Session, project_id: UUID, person_id: UUID) -> ProjectVisit | None:
    """When a person last looked at the map."""
    return session.scalar(
        select(ProjectVisit).where(ProjectVisit.project_id == project_id, ProjectVisit.person_id == person_id)
    )


def changes(session: Session, project_id: UUID, since: datetime, limit: int) -> Sequence[Audit]:
    """Audited changes of a project since a moment, newest first."""
    return session.scalars(
        select(Audit)
        .where(Audit.project_id == project_id, Audit.created_at > since)
        .order_by(Audit.id.desc())
        .limit(limit)
    ).all()


def jobs(session: Session, project_id: UUID, limit: int) -> Sequence[Job]:
    """Visible work of a project, newest first."""
    return session.scalars(select(Job).where(Job.project_id == project_id).order_by(Job.id.desc()).limit(limit)).all()


def job(session: Session, project_id: UUID, job_id: UUID) -> Job | None:
    """One visible work of a project."""
    return session.scalar(select(Job).where(Job.project_id == project_id, Job.id == job_id))


def views(session: Session, project_id: UUID, list_name: str, person_id: UUID) -> Sequence[SavedView]:
    """A person's own saved views of a list, and those that others share, by name."""
    return session.scalars(
        select(SavedView)
        .where(SavedView.project_id == project_id, SavedView.list_name == list_name)
        .where(or_(SavedView.person_id == person_id, SavedView.shared))
        .order_by(SavedView.name, SavedView.id)
        .limit(500)
    ).all()


def save_view(session: Session, values: dict[str, Any]) -> SavedView:
    """Adds a view, or replaces the person's own of that name."""
    query = insert(SavedView).values(id=new_id(), **values)
    new = {key: query.excluded[key] for key in ("query", "columns", "shared")}
    query = query.on_conflict_do_update(constraint="uq_saved_view", set_=new)
    return session.scalars(query.returning(SavedView), execution_options={"populate_existing": True}).one()


def view(session: Session, project_id: UUID, view_id: UUID) -> SavedView | None:
    """One saved view."""
    return session.scalar(select(SavedView).where(SavedView.project_id == project_id, SavedView.id == view_id))

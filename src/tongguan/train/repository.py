"""All queries of train."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from tongguan.core.database import Session
from tongguan.train.models import ModelVersion, Study, TrainRun, Trial


def next_run_number(session: Session, project_id: UUID) -> int:
    """The number of the next run; makers follow each other by a lock on the project."""
    session.execute(text("SELECT 1 FROM project WHERE id = :id FOR UPDATE"), {"id": project_id})
    return (session.scalar(select(func.max(TrainRun.number)).where(TrainRun.project_id == project_id)) or 0) + 1


def next_model_number(session: Session, project_id: UUID) -> int:
    """The number of the next model version."""
    session.execute(text("SELECT 1 FROM project WHERE id = :id FOR UPDATE"), {"id": project_id})
    highest = session.scalar(select(func.max(ModelVersion.number)).where(ModelVersion.project_id == project_id))
    return (highest or 0) + 1


def next_study_number(session: Session, project_id: UUID) -> int:
    """The number of the next study."""
    session.execute(text("SELECT 1 FROM project WHERE id = :id FOR UPDATE"), {"id": project_id})
    return (session.scalar(select(func.max(Study.number)).where(Study.project_id == project_id)) or 0) + 1


def studies(session: Session, project_id: UUID, limit: int) -> Sequence[Study]:
    """Studies of a project, newest first."""
    query = select(Study).where(Study.project_id == project_id)
    return session.scalars(query.order_by(Study.number.desc()).limit(limit)).all()


def study(session: Session, project_id: UUID, study_id: UUID) -> Study | None:
    """One study of a project."""
    return session.scalar(select(Study).where(Study.project_id == project_id, Study.id == study_id))


def trials(session: Session, study_id: UUID) -> Sequence[Trial]:
    """Trials of a study by number."""
    return session.scalars(select(Trial).where(Trial.study_id == study_id).order_by(Trial.number)).all()


def runs(session: Session, project_id: UUID, limit: int) -> Sequence[TrainRun]:
    """Runs of a project, newest first."""
    query = select(TrainRun).where(TrainRun.project_id == project_id)
    return session.scalars(query.order_by(TrainRun.number.desc()).limit(limit)).all()


def run(session: Session, project_id: UUID, run_id: UUID) -> TrainRun | None:
    """One run of a project."""
    return session.scalar(select(TrainRun).where(TrainRun.project_id == project_id, TrainRun.id == run_id))


def models(session: Session, project_id: UUID) -> Sequence[ModelVersion]:
    """Model versions of a project, newest first."""
    query = select(ModelVersion).where(ModelVersion.project_id == project_id)
    return session.scalars(query.order_by(ModelVersion.number.desc())).all()


def model(session: Session, project_id: UUID, model_id: UUID) -> ModelVersion | None:
    """One model version of a project."""
    return session.scalar(
        select(ModelVersion).where(ModelVersion.project_id == project_id, ModelVersion.id == model_id)
    )


def model_of_run(session: Session, run_id: UUID) -> ModelVersion | None:
    """The model version that a run left."""
    return session.scalar(select(ModelVersion).where(ModelVersion.run_id == run_id))


def version_numbers(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Numbers of dataset versions by id (a fact of the stage below, kept out of the model by rule)."""
    if not ids:
        return {}
    rows: Any = session.execute(
        text("SELECT id, number FROM dataset_version WHERE id = ANY(:ids)"), {"ids": list(set(ids))}
    )
    return {row.id: row.number for row in rows}


def run_numbers(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Numbers of runs by id."""
    rows = session.execute(select(TrainRun.id, TrainRun.number).where(TrainRun.id.in_(ids))).tuples()
    return dict(rows.all())

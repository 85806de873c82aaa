"""All queries of evaluate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from tongguan.core.database import Session
from tongguan.evaluate.models import Benchmark, BenchmarkItem, Champion, Evaluation

CHUNK = 1000


def _next(session: Session, project_id: UUID, column: Any, owner: Any) -> int:
    """The next number in a project; makers follow each other by a lock on it."""
    session.execute(text("SELECT 1 FROM project WHERE id = :id FOR UPDATE"), {"id": project_id})
    return (session.scalar(select(func.max(column)).where(owner == project_id)) or 0) + 1


def next_benchmark_number(session: Session, project_id: UUID) -> int:
    """The number of the next benchmark."""
    return _next(session, project_id, Benchmark.number, Benchmark.project_id)


def next_evaluation_number(session: Session, project_id: UUID) -> int:
    """The number of the next evaluation."""
    return _next(session, project_id, Evaluation.number, Evaluation.project_id)


def benchmarks(session: Session, project_id: UUID) -> Sequence[Benchmark]:
    """Benchmarks of a project, newest first."""
    query = select(Benchmark).where(Benchmark.project_id == project_id)
    return session.scalars(query.order_by(Benchmark.number.desc())).all()


def benchmark(session: Session, project_id: UUID, number: int | None) -> Benchmark | None:
    """A benchmark by its number, or the newest."""
    query = select(Benchmark).where(Benchmark.project_id == project_id)
    if number is not None:
        query = query.where(Benchmark.number == number)
    return session.scalar(query.order_by(Benchmark.number.desc()).limit(1))


def add_items(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Adds the items of a new benchmark in chunks."""
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(BenchmarkItem), list(rows[start : start + CHUNK]))


def items_page(session: Session, benchmark_id: UUID, after: int | None, limit: int) -> Sequence[BenchmarkItem]:
    """A window of items by position."""
    query = select(BenchmarkItem).where(BenchmarkItem.benchmark_id == benchmark_id)
    if after is not None:
        query = query.where(BenchmarkItem.position > after)
    return session.scalars(query.order_by(BenchmarkItem.position).limit(limit)).all()


def erased_counts(session: Session, benchmark_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many items of each benchmark are erased."""
    query = (
        select(BenchmarkItem.benchmark_id, func.count())
        .where(BenchmarkItem.benchmark_id.in_(list(benchmark_ids)), BenchmarkItem.erased)
        .group_by(BenchmarkItem.benchmark_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def mark_erased(session: Session, item_id: UUID) -> None:
    """Leaves a tombstone in every benchmark that holds the item."""
    query = update(BenchmarkItem).where(BenchmarkItem.item_id == item_id, ~BenchmarkItem.erased)
    session.execute(query.values(erased=True))


def evaluations(session: Session, project_id: UUID, model_id: UUID | None, limit: int) -> Sequence[Evaluation]:
    """Evaluations of a project or of one model, newest first."""
    query = select(Evaluation).where(Evaluation.project_id == project_id)
    if model_id is not None:
        query = query.where(Evaluation.model_version_id == model_id)
    return session.scalars(query.order_by(Evaluation.number.desc()).limit(limit)).all()


def evaluation(session: Session, project_id: UUID, evaluation_id: UUID) -> Evaluation | None:
    """One evaluation of a project."""
    query = select(Evaluation).where(Evaluation.project_id == project_id, Evaluation.id == evaluation_id)
    return session.scalar(query)


def going_on(session: Session, benchmark_id: UUID, model_id: UUID) -> bool:
    """Whether this model is being measured on this benchmark."""
    query = select(Evaluation.id).where(
        Evaluation.benchmark_id == benchmark_id,
        Evaluation.model_version_id == model_id,
        Evaluation.state.in_(["queued", "running"]),
    )
    return session.scalar(query.limit(1)) is not None


def done_on(session: Session, benchmark_id: UUID, model_id: UUID) -> Evaluation | None:
    """The newest finished evaluation of a model on a benchmark."""
    query = select(Evaluation).where(
        Evaluation.benchmark_id == benchmark_id, Evaluation.model_version_id == model_id, Evaluation.state == "done"
    )
    return session.scalar(query.order_by(Evaluation.id.desc()).limit(1))


def newest_done(session: Session, project_id: UUID) -> Evaluation | None:
    """The newest finished evaluation of a project."""
    query = select(Evaluation).where(Evaluation.project_id == project_id, Evaluation.state == "done")
    return session.scalar(query.order_by(Evaluation.id.desc()).limit(1))


def champion(session: Session, project_id: UUID) -> Champion | None:
    """The row that holds: the newest one."""
    query = select(Champion).where(Champion.project_id == project_id)
    return session.scalar(query.order_by(Champion.id.desc()).limit(1))


def champions(session: Session, project_id: UUID, limit: int) -> Sequence[Champion]:
    """All who were champion, newest first."""
    query = select(Champion).where(Champion.project_id == project_id)
    return session.scalars(query.order_by(Champion.id.desc()).limit(limit)).all()


def lock_champion(session: Session, project_id: UUID) -> None:
    """Two people who decide at once follow each other."""
    session.execute(text("SELECT 1 FROM project WHERE id = :id FOR UPDATE"), {"id": project_id})


def done_of_models(session: Session, model_version_ids: Sequence[UUID]) -> Sequence[Evaluation]:
    """Finished evaluations of models, newest first."""
    query = select(Evaluation).where(
        Evaluation.model_version_id.in_(list(model_version_ids)), Evaluation.state == "done"
    )
    return session.scalars(query.order_by(Evaluation.id.desc())).all()


def numbered(session: Session, project_id: UUID, number: int) -> Evaluation | None:
    """One evaluation of a project by its number."""
    query = select(Evaluation).where(Evaluation.project_id == project_id, Evaluation.number == number)
    return session.scalar(query)

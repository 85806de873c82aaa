"""Queries on what reviews and comparisons said, and on reviews that no longer count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select, update

from tongguan.core.database import Session
from tongguan.quality.models import Consensus, Finding, Review, Rework


def void_older(session: Session, annotation_id: UUID, revision_id: UUID) -> None:
    """Takes reviews of other revisions of an annotation out of the queue; one that somebody holds they find stale."""
    session.execute(
        update(Review)
        .where(Review.annotation_id == annotation_id, Review.revision_id != revision_id, Review.state == "waiting")
        .values(state="void")
    )


def reviews_that_missed(session: Session, annotation_id: UUID) -> list[UUID]:
    """Reviews that accepted a revision which was sent back later for its author's mistake."""
    query = select(Review.id).join(
        Rework, (Rework.annotation_id == Review.annotation_id) & (Rework.revision_id == Review.revision_id)
    )
    query = query.where(Review.annotation_id == annotation_id, Review.state == "done", Review.verdict == "accept")
    return list(session.scalars(query.where(Rework.cause == "own").order_by(Review.id).distinct()))


def reviews_by_id(session: Session, ids: Iterable[UUID]) -> Sequence[Review]:
    """Finished reviews by id."""
    return session.scalars(select(Review).where(Review.id.in_(list(ids)), Review.state == "done")).all()


def findings_by_id(session: Session, ids: Iterable[UUID]) -> Sequence[Finding]:
    """Findings by id."""
    return session.scalars(select(Finding).where(Finding.id.in_(list(ids))).order_by(Finding.id)).all()


def compared(session: Session, task_id: UUID) -> bool:
    """Whether the answers to a task were compared, and agreed or were settled."""
    query = select(Consensus.id).where(Consensus.task_id == task_id, Consensus.state != "open")
    return session.scalar(query) is not None

"""All queries of the stage rules."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tongguan.rules.models import ClarificationRow, LabelMappingRow, RuleVersionRow


def latest_published(session: Session, project_id: UUID) -> RuleVersionRow | None:
    """The highest published version of a project."""
    return session.scalars(
        select(RuleVersionRow)
        .where(RuleVersionRow.project_id == project_id, RuleVersionRow.state == "published")
        .order_by(RuleVersionRow.major.desc(), RuleVersionRow.minor.desc())
        .limit(1)
    ).first()


def draft(session: Session, project_id: UUID, lock: bool = False) -> RuleVersionRow | None:
    """The draft of a project, locked for this transaction on request."""
    query = select(RuleVersionRow).where(RuleVersionRow.project_id == project_id, RuleVersionRow.state == "draft")
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def version(session: Session, version_id: UUID) -> RuleVersionRow | None:
    """One version by id, draft or published."""
    return session.get(RuleVersionRow, version_id)


def published(session: Session, project_id: UUID) -> Sequence[RuleVersionRow]:
    """All published versions, newest first."""
    return session.scalars(
        select(RuleVersionRow)
        .where(RuleVersionRow.project_id == project_id, RuleVersionRow.state == "published")
        .order_by(RuleVersionRow.major.desc(), RuleVersionRow.minor.desc())
    ).all()


def projects_with_rules(session: Session) -> list[UUID]:
    """Projects that have published rules."""
    return list(
        session.scalars(select(RuleVersionRow.project_id).where(RuleVersionRow.state == "published").distinct())
    )


def clarifications(
    session: Session, project_id: UUID, state: str | None, item_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[ClarificationRow]:
    """A window of clarifications, newest first; `after` is the last id of the window before."""
    query = select(ClarificationRow).where(ClarificationRow.project_id == project_id)
    if state is not None:
        query = query.where(ClarificationRow.state == state)
    if item_id is not None:
        query = query.where(ClarificationRow.item_id == item_id)
    if after is not None:
        query = query.where(ClarificationRow.id < after)
    return session.scalars(query.order_by(ClarificationRow.id.desc()).limit(limit)).all()


def answered(session: Session, project_id: UUID, most: int = 1000) -> Sequence[ClarificationRow]:
    """Questions that have an answer, oldest first."""
    return session.scalars(
        select(ClarificationRow)
        .where(ClarificationRow.project_id == project_id, ClarificationRow.answer.is_not(None))
        .order_by(ClarificationRow.id)
        .limit(most)
    ).all()


def clarification(session: Session, project_id: UUID, clarification_id: UUID) -> ClarificationRow | None:
    """One clarification of a project, locked for this transaction."""
    return session.scalars(
        select(ClarificationRow)
        .where(ClarificationRow.project_id == project_id, ClarificationRow.id == clarification_id)
        .with_for_update()
    ).first()


def count_clarifications(session: Session, project_id: UUID) -> dict[str, int]:
    """How many clarifications are in each state."""
    rows = session.execute(
        select(ClarificationRow.state, func.count())
        .where(ClarificationRow.project_id == project_id)
        .group_by(ClarificationRow.state)
    )
    return {row[0]: row[1] for row in rows}


def count_open_on(session: Session, project_id: UUID, keys: Sequence[str]) -> int:
    """Open questions on any of the label classes."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ClarificationRow)
            .where(
                ClarificationRow.project_id == project_id,
                ClarificationRow.state == "open",
                ClarificationRow.label.in_(list(keys)),
            )
        )
        or 0
    )


def publish_taken(session: Session, version_id: UUID) -> int:
    """Marks the clarifications taken into a draft as published with it; how many."""
    taken = session.scalars(
        update(ClarificationRow)
        .where(ClarificationRow.taken_into == version_id, ClarificationRow.state == "taken")
        .values(state="published", published_in=version_id)
        .returning(ClarificationRow.id)
    ).all()
    return len(taken)


def release_taken(session: Session, version_id: UUID) -> None:
    """Puts the clarifications taken into a draft that is thrown away back to answered."""
    session.execute(
        update(ClarificationRow)
        .where(ClarificationRow.taken_into == version_id, ClarificationRow.state == "taken")
        .values(state="answered", taken_into=None)
    )


def mapping(session: Session, project_id: UUID, batch_id: UUID) -> dict[str, LabelMappingRow]:
    """What the names of a batch mean, by name."""
    rows = session.scalars(
        select(LabelMappingRow).where(LabelMappingRow.project_id == project_id, LabelMappingRow.batch_id == batch_id)
    )
    return {row.name: row for row in rows}

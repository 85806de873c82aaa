"""All queries of people. Identity tables are reached only through the definer functions of migration 0002."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select, text, update

from tongguan.core.database import Session, direct
from tongguan.core.models import Audit
from tongguan.people.models import Person, Qualification


def call(session: Session, statement: str, **values: Any) -> Sequence[Row[Any]]:
    """Rows of a definer function."""
    return session.execute(text(statement), values).all()


def first(session: Session, statement: str, **values: Any) -> Row[Any] | None:
    """The first row of a definer function, or None."""
    return session.execute(text(statement), values).first()


def value(session: Session, statement: str, **values: Any) -> Any:
    """The single value of a definer function."""
    return session.execute(text(statement), values).scalar()


# Who asks, and in the same statement the transaction is bound to them: every request begins with it.
_BOUND = (
    "SELECT f.*, set_config('tongguan.org_id', f.org_id::text, true) AS bound_org, "
    "set_config('tongguan.person_id', f.person_id::text, true) AS bound_person FROM "
)


def _one(rows: Sequence[Any]) -> Any:
    return rows[0] if rows else None


def session_row(session: Session, hashed: bytes, moment: datetime, days: int) -> Any:
    """The caller behind a session cookie; binds the transaction to them."""
    values = {"hash": hashed, "moment": moment, "days": days}
    return _one(direct(session, _BOUND + "auth_session(%(hash)s, %(moment)s, %(days)s) f", values))


def token_row(session: Session, hashed: bytes, moment: datetime) -> Any:
    """The caller behind a personal token; binds the transaction to them."""
    return _one(direct(session, _BOUND + "auth_token(%(hash)s, %(moment)s) f", {"hash": hashed, "moment": moment}))


def invite(session: Session, values: dict[str, Any]) -> None:
    """Stores an invitation of the organization of this transaction."""
    call(
        session,
        "SELECT org_invite(:id, :hash, :email, :name, CAST(:level AS smallint), :org_role, CAST(:roles AS jsonb), "
        ":invited_by, :until)",
        **{**values, "roles": orjson.dumps(values["roles"]).decode()},
    )


def person(session: Session, person_id: UUID) -> Person | None:
    """A person of this organization."""
    return session.get(Person, person_id)


def people(session: Session, after: UUID | None = None, limit: int = 500) -> Sequence[Person]:
    """People of this organization in the order in which they joined."""
    query = select(Person).order_by(Person.id).limit(limit)
    return session.scalars(query if after is None else query.where(Person.id > after)).all()


def people_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """People by id; unknown ids are left out."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(wanted)))}


def qualification(session: Session, person_id: UUID, project_id: UUID, rule_major: int) -> Qualification | None:
    """One qualification, open or closed."""
    return session.scalar(
        select(Qualification).where(
            Qualification.person_id == person_id,
            Qualification.project_id == project_id,
            Qualification.rule_major == rule_major,
        )
    )


def qualifications(session: Session, project_id: UUID, rule_major: int | None = None) -> Sequence[Qualification]:
    """Qualifications of a project, newest last."""
    query = select(Qualification).where(Qualification.project_id == project_id).order_by(Qualification.id)
    if rule_major is not None:
        query = query.where(Qualification.rule_major == rule_major)
    return session.scalars(query).all()


def close_below(session: Session, project_id: UUID, below_major: int, moment: datetime) -> list[UUID]:
    """Closes open qualifications of older major versions; returns whose."""
    rows = session.execute(
        update(Qualification)
        .where(
            Qualification.project_id == project_id,
            Qualification.rule_major < below_major,
            Qualification.state == "open",
        )
        .values(state="closed", closed_at=moment)
        .returning(Qualification.person_id)
    )
    return [row.person_id for row in rows]


def audit_rows(session: Session, before: UUID | None, limit: int) -> Sequence[Audit]:
    """Audit rows, newest first."""
    query = select(Audit).order_by(Audit.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(Audit.id < before)).all()

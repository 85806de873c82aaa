"""A time of the log in figures, counted by the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tongguan.core.database import Session
from tongguan.deploy.repository.log import floor_id

_WINDOW = """
    WITH seen AS (
        SELECT * FROM prediction
        WHERE deployment_id = :d AND shadow_of IS NULL AND id >= :since AND id < :until),
    said AS (
        SELECT DISTINCT ON (f.prediction_id) f.prediction_id, f.kind, f.reason
        FROM feedback f JOIN seen s ON s.id = f.prediction_id ORDER BY f.prediction_id, f.id DESC) """


def _rows(session: Session, deployment_id: UUID, since: datetime, until: datetime, query: str) -> Any:
    values = {"d": deployment_id, "since": floor_id(since), "until": floor_id(until)}
    return session.execute(text(_WINDOW + query), values).all()


def hours(session: Session, deployment_id: UUID, since: datetime, until: datetime) -> Any:
    """(hour, verdict, answers, called wrong)."""
    query = (
        "SELECT date_trunc('hour', s.created_at) AS at, s.verdict, count(*) AS answers, "
        "count(*) FILTER (WHERE f.kind = 'wrong') AS wrong "
        "FROM seen s LEFT JOIN said f ON f.prediction_id = s.id GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return _rows(session, deployment_id, since, until, query)


def checks(session: Session, deployment_id: UUID, since: datetime, until: datetime) -> dict[str, int]:
    """Why answers were `check`."""
    query = "SELECT reason, count(*) AS n FROM seen WHERE verdict = 'check' GROUP BY 1 ORDER BY 2 DESC"
    return {row.reason: row.n for row in _rows(session, deployment_id, since, until, query)}


def feedback(session: Session, deployment_id: UUID, since: datetime, until: datetime) -> Any:
    """(kind, reason, how often) of the newest words."""
    query = "SELECT kind, reason, count(*) AS n FROM said GROUP BY 1, 2 ORDER BY 3 DESC"
    return _rows(session, deployment_id, since, until, query)


def labels(session: Session, deployment_id: UUID, since: datetime, until: datetime) -> dict[str, int]:
    """Marks at or above the threshold by label class."""
    query = (
        "SELECT m->>'label' AS label, count(*) AS n FROM seen s, jsonb_array_elements(s.labels) m "
        "WHERE (m->>'score')::double precision >= s.threshold GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return {row.label: row.n for row in _rows(session, deployment_id, since, until, query)}


def latency(session: Session, deployment_id: UUID, since: datetime, until: datetime) -> dict[str, float | None]:
    """Milliseconds: median, 95 of 100, longest."""
    query = (
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS p50, "
        "percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95, max(latency_ms) AS most FROM seen"
    )
    (row,) = _rows(session, deployment_id, since, until, query)
    return {"p50": row.p50, "p95": row.p95, "max": row.most}


def shadow(session: Session, deployment_id: UUID, since: datetime, until: datetime) -> tuple[int, int]:
    """(answers of shadows, how many with another verdict)."""
    query = (
        "SELECT count(*) AS n, count(*) FILTER (WHERE b.verdict <> s.verdict) AS other "
        "FROM seen s JOIN prediction b ON b.shadow_of = s.id"
    )
    (row,) = _rows(session, deployment_id, since, until, query)
    return row.n, row.other

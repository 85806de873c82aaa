"""Events: rows written in the caller's transaction, delivered by the worker to durable jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from tongguan.core.database import Session
from tongguan.core.ids import new_id

CHANNEL = "tongguan_event"
_INSERT = text("INSERT INTO event (id, kind, payload) VALUES (:id, :kind, CAST(:payload AS jsonb))")
_NOTIFY = text(f"NOTIFY {CHANNEL}")


def emit(session: Session, kind: str, payload: dict[str, Any], wake: bool = False) -> UUID:
    """Writes an event in the running transaction; it exists only if the transaction commits.

    The worker looks every quarter of a second. `wake` calls it at once, which makes commits wait for each
    other (NOTIFY takes a lock), so it is for rare events that a person waits for.
    """
    event_id = new_id()
    session.execute(_INSERT, {"id": event_id, "kind": kind, "payload": orjson.dumps(payload, default=str).decode()})
    if wake:
        session.execute(_NOTIFY)
    return event_id

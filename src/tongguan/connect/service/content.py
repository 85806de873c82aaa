"""What an event says to the outside: the stage's payload, with the few facts that a receiver would have to ask for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.collect.interface import batch_facts
from tongguan.connect.service import wording
from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.core.models import Event
from tongguan.core.settings import Settings
from tongguan.projects.interface import project_of
from tongguan.train.interface import model


def content_of(session: Session, settings: Settings, event: str, row: Event) -> dict[str, Any]:
    """The body of a delivery: id, event, at, project, data, link."""
    data = dict(row.payload)
    project_id = data.pop("project_id", None)
    project = project_of(session, UUID(project_id)) if project_id else None
    if project is not None:
        data |= _facts(session, event, project.id, data)
    return {
        "id": str(row.id),
        "event": event,
        "at": row.created_at.isoformat(),
        "project": {"id": str(project.id), "name": project.name} if project else None,
        "data": data,
        "link": wording.link(settings.address, event, project_id),
    }


def _facts(session: Session, event: str, project_id: UUID, data: dict[str, Any]) -> dict[str, Any]:
    if event == "import.done":
        found = next((one for one in batch_facts(session, project_id) if one["id"] == data.get("batch_id")), None)
        counts = dict(found["counts"]) if found else {}
        return {"batch": found["name"], "items": counts.get("items"), "counts": counts} if found else {}
    if event in ("model.trained", "champion.changed") and data.get("model_version_id"):
        try:
            row = model(session, project_id, UUID(str(data["model_version_id"])))
        except NotFound:
            return {}
        return {"model": row.number, "metrics": row.metrics, "classes": row.classes, "sha256": row.sha256}
    if event == "pay.closed":
        return {"total": f"¥{int(data['total_fen']) / 100:,.2f}"} if "total_fen" in data else {}
    return {}

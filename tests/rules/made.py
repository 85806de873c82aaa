"""Made-up rulebooks, items and imported labels for tests."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from tongguan.collect.models import Asset, Batch, ImportedLabel, Item
from tongguan.core.database import Session
from tongguan.core.ids import new_id

CLASSES: list[dict[str, Any]] = [
    {
        "key": "scratches",
        "kind": "box",
        "name": {"zh": "划痕", "en": "Scratches"},
        "color": "#ffb000",
        "hotkey": "6",
        "definition": {"zh": "连续线状", "en": "A continuous line"},
        "attributes": [
            {
                "key": "severity",
                "name": {"zh": "程度", "en": "Severity"},
                "type": "choice",
                "options": [
                    {"value": "light", "name": {"zh": "轻", "en": "light"}, "hotkey": "q"},
                    {"value": "heavy", "name": {"zh": "重", "en": "heavy"}, "hotkey": "w"},
                ],
            }
        ],
    },
    {"key": "patches", "kind": "box", "name": {"zh": "斑块", "en": "Patches"}, "color": "#78d98b", "hotkey": "3"},
]


def content(**changed: Any) -> dict[str, Any]:
    """A rulebook as a client sends it."""
    return {
        "label_set": CLASSES,
        "guideline": "# Guideline\n\n<script>alert(1)</script> stays text.",
        "examples": [],
        "checks": {"min_width": 4, "min_height": 4, "require_any": True},
        **changed,
    }


def box(x: float, y: float, width: float, height: float, label: str = "scratches", **more: Any) -> dict[str, Any]:
    """A box as a client sends it."""
    made = {"kind": "box", "label": label, "x": x, "y": y, "width": width, "height": height, "attributes": {}}
    return {"id": str(new_id())[-12:], **made, **more}


def add_batch(session: Session, project_id: UUID, name: str = "first") -> UUID:
    """A batch that has been read."""
    row = Batch(project_id=project_id, name=name, source="folder", mode="copy", format="voc", state="done")
    session.add(row)
    session.flush()
    return row.id


def add_items(session: Session, project_id: UUID, batch_id: UUID, count: int, first: int = 0) -> list[UUID]:
    """Pictures of 200 x 200 pixels (their bytes are nowhere)."""
    made = []
    for number in range(first, first + count):
        sha = hashlib.sha256(f"{project_id}/{number}".encode()).hexdigest()
        asset = Asset(sha256=sha, size=10, media_type="image/png", location=f"assets/{sha}")
        session.add(asset)
        session.flush()
        item = Item(
            project_id=project_id,
            batch_id=batch_id,
            asset_id=asset.id,
            name=f"plate_{number:04}.png",
            width=200,
            height=200,
            bytes=10,
        )
        session.add(item)
        session.flush()
        made.append(item.id)
    return made


def import_labels(
    session: Session,
    project_id: UUID,
    batch_id: UUID,
    item_id: UUID,
    labels: list[dict[str, Any]],
    nothing: bool = False,
) -> None:
    """Labels as a file brought them."""
    session.add(
        ImportedLabel(
            project_id=project_id, batch_id=batch_id, item_id=item_id, format="voc", labels=labels, nothing=nothing
        )
    )
    session.flush()

"""Small pictures of items with what people drew and what the model found."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw

from tongguan.collect.interface import items_by_id
from tongguan.collect.schemas import ItemFacts
from tongguan.core.database import Session
from tongguan.core.storage import Storage
from tongguan.reports.schemas import Picture

SIDE = 420
COLORS = {"right": "#1a9c5b", "wrong": "#e08a00", "missed": "#d92d20", "invented": "#d92d20"}


def worst(
    session: Session, storage: Storage, rows: Iterable[Mapping[str, Any]], caption: str, most: int
) -> list[Picture]:
    """The first of the worst pictures; erased ones and those without a stored preview are left out."""
    chosen = list(rows)[: most * 2]
    facts = items_by_id(session, [UUID(str(row["item"])) for row in chosen if row.get("item")])
    found: list[Picture] = []
    for row in chosen:
        item = facts.get(UUID(str(row["item"]))) if row.get("item") else None
        drawn = _drawn(storage, item, row) if item is not None else None
        if drawn is not None:
            names = {key: row.get(key, 0) for key in ("name", "missed", "invented", "wrong")}
            found.append(Picture(jpeg=drawn, caption=caption.format(**names)))
        if len(found) == most:
            break
    return found


def _drawn(storage: Storage, item: ItemFacts, row: Mapping[str, Any]) -> str | None:
    if item.erased or not item.thumb:
        return None
    try:
        image = Image.open(io.BytesIO(storage.read(f"{item.thumb}480.jpg"))).convert("RGB")
    except (OSError, FileNotFoundError):
        return None
    image.thumbnail((SIDE, SIDE))
    scale = max(image.size) / max(item.width, item.height, 1)
    pen = ImageDraw.Draw(image)
    for labels, dashed in ((row.get("truth") or [], False), (row.get("found") or [], True)):
        for label in labels:
            _box(pen, label, scale, dashed)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return base64.b64encode(out.getvalue()).decode()


def _box(pen: ImageDraw.ImageDraw, label: Mapping[str, Any], scale: float, dashed: bool) -> None:
    if not all(isinstance(label.get(key), (int, float)) for key in ("x", "y", "width", "height")):
        return
    x, y = label["x"] * scale, label["y"] * scale
    right, bottom = x + label["width"] * scale, y + label["height"] * scale
    color = COLORS.get(str(label.get("state")), "#2f6fd0")
    if not dashed:
        pen.rectangle((x, y, right, bottom), outline=color, width=2)
        return
    for a, b in (
        ((x, y), (right, y)),
        ((x, bottom), (right, bottom)),
        ((x, y), (x, bottom)),
        ((right, y), (right, bottom)),
    ):
        length = abs(b[0] - a[0]) + abs(b[1] - a[1])
        count = max(1, round(length / 9))
        for step in range(count):
            start, end = step / count, (step + 0.55) / count
            ends = [(a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part) for part in (start, end)]
            pen.line(ends, fill=color, width=2)

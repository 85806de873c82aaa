"""Pre-labels: stored per item, handed out with the work, and counted at submit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.repository import answers
from tongguan.core.database import Session

SAME_PIXELS = 0.01  # the precision of the canvas: a label moved by less was not touched
_ASIDE = frozenset({"id", "origin", "score", "attributes"})
CHUNK = 1000


def outcome(prelabels: Sequence[Mapping[str, Any]], labels: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """What became of each pre-label, by the `origin` of the labels submitted.

    kept: label class and geometry as they were (attributes may be added); corrected: another class or geometry;
    thrown: no label comes from it; drawn: labels that come from none. The first label of an origin counts for it,
    further ones (a split box) are drawn.
    """
    by_origin: dict[str, Mapping[str, Any]] = {}
    known = {str(mark.get("id")) for mark in prelabels}
    drawn = 0
    for label in labels:
        origin = label.get("origin")
        if origin in known and origin not in by_origin:
            by_origin[str(origin)] = label
        else:
            drawn += 1
    counts = {"kept": 0, "corrected": 0, "thrown": 0, "drawn": drawn}
    for mark in prelabels:
        label = by_origin.get(str(mark.get("id")), {})
        counts["thrown" if not label else "kept" if _same(mark, label) else "corrected"] += 1
    return counts


def _same(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    for key in (first.keys() | second.keys()) - _ASIDE:
        a, b = first.get(key), second.get(key)
        if isinstance(a, int | float) and isinstance(b, int | float):
            if abs(a - b) > SAME_PIXELS:
                return False
        elif a != b:
            return False
    return True


def store(
    session: Session,
    project_id: UUID,
    model_version_id: UUID | None,
    sets: Iterable[tuple[UUID, Sequence[dict[str, Any]]]],
) -> int:
    """Replaces the live pre-labels of items by a model's; returns how many items got some. Work that was handed out
    before keeps those it was handed out with."""
    part: list[tuple[UUID, Sequence[dict[str, Any]]]] = []
    stored = 0
    for entry in sets:
        part.append(entry)
        if len(part) == CHUNK:
            stored += len(answers.store_prelabels(session, project_id, model_version_id, part))
            part = []
    if part:
        stored += len(answers.store_prelabels(session, project_id, model_version_id, part))
    return stored


def stats(session: Session, project_id: UUID) -> list[dict[str, Any]]:
    """By model version: answers, and labels kept, corrected, thrown away, drawn besides."""
    return [
        {
            "model_version_id": row.model_version_id,
            "answers": int(row.answers),
            "kept": int(row.kept),
            "corrected": int(row.corrected),
            "thrown": int(row.thrown),
            "drawn": int(row.drawn),
        }
        for row in answers.prelabel_stats(session, project_id)
    ]

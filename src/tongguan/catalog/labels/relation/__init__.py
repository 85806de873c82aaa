"""Relation: an arrow from one label of the annotation to another."""

from __future__ import annotations

from tongguan.catalog.labels.relation.kind import RelationKind
from tongguan.catalog.labels.relation.schema import RelationLabel

__all__ = ["RelationKind", "RelationLabel"]

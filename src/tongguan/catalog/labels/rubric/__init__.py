"""Rubric: points for several weighted criteria."""

from __future__ import annotations

from tongguan.catalog.labels.rubric.kind import RubricKind
from tongguan.catalog.labels.rubric.schema import Criterion, RubricLabel

__all__ = ["Criterion", "RubricKind", "RubricLabel"]

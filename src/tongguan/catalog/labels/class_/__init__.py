"""Class: a label class given to the whole item, one or several, or a grade on an ordered scale."""

from __future__ import annotations

from tongguan.catalog.labels.class_.kind import ClassKind
from tongguan.catalog.labels.class_.schema import ClassLabel

__all__ = ["ClassKind", "ClassLabel"]

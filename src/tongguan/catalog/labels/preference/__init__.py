"""Preference: which of two answers is better, and how clearly."""

from __future__ import annotations

from tongguan.catalog.labels.preference.kind import PreferenceKind
from tongguan.catalog.labels.preference.schema import PreferenceLabel

__all__ = ["PreferenceKind", "PreferenceLabel"]

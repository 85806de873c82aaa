"""Span: a stretch of a text, counted in Unicode code points."""

from __future__ import annotations

from tongguan.catalog.labels.span.kind import SpanKind
from tongguan.catalog.labels.span.schema import SpanLabel

__all__ = ["SpanKind", "SpanLabel"]

"""Documents: PDF."""

from __future__ import annotations

from tongguan.catalog.media.document.kind import SUFFIXES, DocumentType

__all__ = ["SUFFIXES", "DocumentType"]

"""Mask: any set of pixels of a picture, as COCO's run lengths."""

from __future__ import annotations

from tongguan.catalog.labels.mask import rle
from tongguan.catalog.labels.mask.kind import MaskKind
from tongguan.catalog.labels.mask.schema import MaskLabel, MaskShape

__all__ = ["MaskKind", "MaskLabel", "MaskShape", "rle"]

"""Pictures: JPEG, PNG, BMP, GIF, TIFF, WebP."""

from __future__ import annotations

from tongguan.catalog.media.image.decode import MAX_PIXELS, MAX_SIDE, gray, limit_pictures, open_picture, preview
from tongguan.catalog.media.image.kind import ImageType
from tongguan.catalog.media.image.probe import SUFFIXES, probe, verify
from tongguan.catalog.media.image.tiles import read_index, write_pyramid

__all__ = [
    "MAX_PIXELS",
    "MAX_SIDE",
    "SUFFIXES",
    "ImageType",
    "gray",
    "limit_pictures",
    "open_picture",
    "preview",
    "probe",
    "read_index",
    "verify",
    "write_pyramid",
]

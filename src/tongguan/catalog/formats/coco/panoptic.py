"""Panoptic segments: the PNG of a picture holds at each pixel the number of its segment, R + 256 G + 65,536 B."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Tree
from tongguan.catalog.formats.coco.document import Document
from tongguan.catalog.formats.coco.shape import Mark
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.masks import mask_of_pixels, read_numbers
from tongguan.catalog.formats.paths import folder_of, join, safe_path, stem_of, suffix_of


class Segments:
    """Reads the PNG of one annotation at a time."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._members = frozenset(path for path in tree.list() if suffix_of(path) == ".png")

    def marks(self, annotation: dict[str, Any], document: Document, marks: ItemMarks) -> Iterator[Mark]:
        """One mask a segment; a segment without pixels, or all of them without the PNG, is refused."""
        raw = annotation["segments_info"]
        segments = [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []
        try:
            numbers = read_numbers(self._tree, self._find(annotation, document))
        except shapes.Unreadable as error:
            for _ in segments:
                marks.refuse("mask", str(error))
            return
        for segment in segments:
            label = document.categories.get(segment.get("category_id"))
            pixels = numbers == segment.get("id")
            if label is None:
                marks.refuse("mask", f"category_id {str(segment.get('category_id'))[:60]} is not among the categories")
            elif not pixels.any():
                marks.refuse("mask", f"segment {str(segment.get('id'))[:40]} has no pixel in the PNG", "zero_area")
            else:
                _, rle = mask_of_pixels(pixels)
                yield Mark("mask", label, {**segment, "segmentation": rle}, document.path)

    def _find(self, annotation: dict[str, Any], document: Document) -> str:
        name = safe_path(str(annotation.get("file_name") or "")) or ""
        folder = folder_of(document.path)
        for candidate in (
            join(folder, stem_of(document.path), name),
            join(folder, "panoptic", name),
            join(folder, name),
        ):
            if candidate in self._members:
                return candidate
        raise shapes.Unreadable(f"{name or 'a PNG without a name'} of {document.path} is absent")

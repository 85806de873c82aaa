"""How sure we are that a tree is COCO."""

from __future__ import annotations

import re

from tongguan.catalog.formats.base import Sniff, Tree
from tongguan.catalog.formats.paths import suffix_of
from tongguan.catalog.formats.text import read_head

LOOKED_AT = 20
TOP = re.compile(rb'"(images|annotations|categories|licenses|info)"\s*:\s*[\[{]')
INSIDE = re.compile(rb'"(file_name|image_id|bbox|category_id|supercategory|segmentation|coco_url)"\s*:')
USUAL_NAMES = re.compile(
    r"(^|/)((instances|person_keypoints|labels|captions|stuff|panoptic|image_info)_[^/]*|_annotations\.coco)\.json$"
)


def coco_files(tree: Tree) -> list[str]:
    """The JSON files that begin like COCO, or are called like it."""
    files = [path for path in tree.list() if suffix_of(path) == ".json"]
    return [path for path in files if likeness(read_head(tree, path), path) >= 0.5]


def likeness(head: bytes, path: str) -> float:
    """How much the first bytes of a JSON file look like COCO, in [0, 1]."""
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    named = bool(USUAL_NAMES.search(path))
    if not text.startswith(b"{"):
        return 0.5 if named else 0.0
    top = {match.group(1) for match in TOP.finditer(text)}
    inside = {match.group(1) for match in INSIDE.finditer(text)}
    if b"items" in {match.group(1) for match in re.finditer(rb'"(items)"\s*:\s*\[', text)} and b"images" not in top:
        return 0.0
    if top & {b"images", b"annotations"} and (inside or len(top) >= 2):
        return 0.95
    if named or (inside and top):
        return 0.8
    return 0.5 if b"images" in top else 0.0


def sniff(tree: Tree) -> Sniff:
    """Reads the first 64 KB of up to 20 JSON files."""
    files = [path for path in tree.list() if suffix_of(path) == ".json"]
    if not files:
        return Sniff(0.0, "no JSON files")
    best, which = max((likeness(read_head(tree, path), path), path) for path in files[:LOOKED_AT])
    if best < 0.5:
        return Sniff(0.0, f"{len(files)} JSON files, none with images and annotations like COCO")
    return Sniff(best, f"{which} has images, annotations and categories like COCO")

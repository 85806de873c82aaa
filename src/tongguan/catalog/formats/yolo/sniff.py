"""How sure we are that a tree is YOLO."""

from __future__ import annotations

import re

from tongguan.catalog.formats.base import Sniff, Tree
from tongguan.catalog.formats.paths import suffix_of
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.formats.text import read_head
from tongguan.catalog.formats.yolo.layout import NAME_FILES, NO_LABELS, label_candidates
from tongguan.catalog.formats.yolo.read import is_list_name, looks_like_labels

LOOKED_AT = 40


def sniff(tree: Tree) -> Sniff:
    """A data.yaml with names, names files of Darknet, and text files of five numbers beside or across from pictures."""
    members = tree.list()
    declared = _declared(tree, members)
    texts = {path for path in members if _may_be_labels(path)}
    matched = [text for path in members if is_picture(path) for text in label_candidates(path) if text in texts][
        :LOOKED_AT
    ]
    sample = matched or sorted(texts)[:LOOKED_AT]
    heads = [read_head(tree, path, 4096) for path in sample]
    full = [head for head in heads if head.strip()]
    fit = sum(looks_like_labels(head) for head in full)
    share = fit / len(full) if full else 0.0
    if declared and not texts and suffix_of(declared) not in (".yaml", ".yml"):
        return Sniff(0.3, f"{declared} may name label classes, but there are no label files")
    if declared and (share > 0.5 or not full):
        return Sniff(0.95, f"{declared} names the label classes, {len(texts)} label files")
    if declared:
        return Sniff(0.6, f"{declared} names the label classes, but the text files are no lines of five numbers")
    if share > 0.5:
        return Sniff(0.85, f"{len(texts)} text files with a class number and four numbers a line, such as {sample[0]}")
    return Sniff(0.0, "no data.yaml, no names file, no text files of five numbers a line")


def _may_be_labels(path: str) -> bool:
    base = path.rpartition("/")[2].lower()
    return (
        suffix_of(path) == ".txt"
        and base not in NAME_FILES
        and not is_list_name(path)
        and not NO_LABELS.search(path)
        and "/imagesets/" not in "/" + path.lower()
        and base not in ("gt.txt", "det.txt")  # of a sequence of MOT
    )


def _declared(tree: Tree, members: list[str]) -> str | None:
    for path in members:
        if suffix_of(path) in (".yaml", ".yml") and re.search(rb"^\s*names\s*:", read_head(tree, path), re.MULTILINE):
            return path
    return next(
        (
            path
            for path in members
            if path.rpartition("/")[2].lower() in ("obj.names", "obj.data", "classes.txt", "_darknet.labels")
        ),
        None,
    )

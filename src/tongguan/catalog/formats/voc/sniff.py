"""How sure we are that a tree is Pascal VOC."""

from __future__ import annotations

from tongguan.catalog.formats.base import Sniff, Tree
from tongguan.catalog.formats.paths import suffix_of
from tongguan.catalog.formats.text import read_head
from tongguan.catalog.formats.voc.read import looks_like_voc

LOOKED_AT = 20


def sniff(tree: Tree) -> Sniff:
    """Reads the first bytes of up to 20 XML files, spread over the list."""
    files = [path for path in tree.list() if suffix_of(path) == ".xml"]
    if not files:
        return Sniff(0.0, "no XML files")
    step = max(1, len(files) // LOOKED_AT)
    sample = files[::step][:LOOKED_AT]
    heads = [(path, read_head(tree, path, 4096)) for path in sample]
    fit = [path for path, head in heads if head.strip() and looks_like_voc(head)]
    if not fit:
        return Sniff(0.0, f"{len(files)} XML files, none with the root <annotation> of VOC")
    return Sniff(0.95 * len(fit) / len(sample), f"{len(files)} XML files with the root <annotation>, such as {fit[0]}")

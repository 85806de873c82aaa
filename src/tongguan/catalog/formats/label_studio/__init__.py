"""Label Studio: tasks as JSON; JSON-MIN and CSV are read too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.label_studio.read import read, sniff
from tongguan.catalog.formats.label_studio.write import write
from tongguan.catalog.formats.writing import Describes

__all__ = ["LabelStudioFormat"]


class LabelStudioFormat(Describes):
    """Contract of `Format` for `label-studio`."""

    id = "label-studio"
    title = "Label Studio"
    kinds = frozenset(
        {
            *("box", "rotated_box", "polygon", "polyline", "ellipse", "mask", "class", "text_answer"),
            *("span", "relation", "sound_segment", "track"),
        }
    )
    media = frozenset({"image", "text", "sound", "video"})
    keeps = frozenset({"sides", "empty", "unlabelled", "score", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """JSON lists of tasks, or tables with annotation_id."""
        return sniff(tree)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every task once, then pictures that none names."""
        return read(tree, report)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """tasks.json and the files beside it."""
        write(self, items, sink, options, report)

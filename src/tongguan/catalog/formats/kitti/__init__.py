"""KITTI: label files of the object benchmark, masks of the segmentation benchmark, tracklets of the raw recordings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.beside import Layout, entries_beside
from tongguan.catalog.formats.gather import Places, gather
from tongguan.catalog.formats.kitti.instances import is_instance, is_label_png, read_instances
from tongguan.catalog.formats.kitti.raw import is_tracklets, of_recording, tracklet_entries
from tongguan.catalog.formats.kitti.rows import is_label_file, read_rows, row_of
from tongguan.catalog.formats.output import side_path, without_suffix
from tongguan.catalog.formats.pictures import PictureIndex
from tongguan.catalog.formats.sniffing import matching, members_of, sniff_heads
from tongguan.catalog.formats.writing import Describes, Writing

__all__ = ["KittiFormat"]

PICTURES = ("image_2", "image_02", "images", "image")
ROWS = Layout(("label_2", "label_02", "labels", "label"), PICTURES, suffix=".png")
INSTANCES = Layout(("instance",), PICTURES, suffix=".png")


class KittiFormat(Describes):
    """Contract of `Format` for `kitti`."""

    id = "kitti"
    title = "KITTI"
    kinds = frozenset({"box", "cuboid"})
    media = frozenset({"image"})
    keeps = frozenset({"sides", "empty", "unlabelled", "score", "names"})

    def sniff(self, tree: Tree) -> Sniff:
        """Lines of a name and 14 numbers, tracklet_labels.xml, or a folder `instance` beside image_2."""
        rows = sniff_heads(
            tree, {".txt"}, is_label_file, "a name and 14 numbers a line, as KITTI has", one_is_enough=True
        )
        if rows.score == 0:
            xml = sniff_heads(tree, {".xml"}, is_tracklets, "tracklets of a KITTI recording", one_is_enough=True)
            masks = [path for path in tree.list() if is_instance(path)]
            if masks and not xml.score:
                return Sniff(0.95, f"{masks[0]} holds instances beside image_2, as KITTI does")
            return xml if xml.score else rows
        return rows

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture and every frame of a recording."""
        rows = matching(tree, {".txt"}, lambda head, path: is_label_file(head, path) or _empty(head, path))
        masks = [path for path in members_of(tree, {".png"}) if is_instance(path)]
        recordings = matching(tree, {".xml"}, is_tracklets)
        places = Places(PictureIndex(path for path in tree.list() if not is_label_png(path)))
        entries = chain(
            entries_beside(tree, rows, ROWS, read_rows, places),
            entries_beside(tree, masks, INSTANCES, read_instances, places),
            tracklet_entries(tree, recordings, report),
        )
        return gather(tree, report, entries, lambda path: is_label_png(path) or of_recording(path, recordings))

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """image_2/SIDE and label_2/SIDE."""
        out = Writing(self, sink, options, report)
        for item in items:
            begun = out.begin(item, lambda name, item=item: side_path("image_2", item, name))  # type: ignore[misc]
            if begun is None:
                continue
            name, labels = begun
            if labels is None:
                continue
            rows = [row for label in labels if (row := row_of(label, item, out)) is not None]
            if rows or not labels:
                out.text(side_path("label_2", item, without_suffix(name) + ".txt"), "".join(rows))
        out.finish()


def _empty(head: bytes, path: str) -> bool:
    return not head.strip() and "/label_2/" in "/" + path

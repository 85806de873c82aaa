"""A folder of masks: images/NAME.jpg and masks/NAME.png, whose numbers are those of the lines of classes.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.beside import Layout, Size, read_beside
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.masks import mask_of_pixels, pixels_of, png_of, read_numbers
from tongguan.catalog.formats.output import side_path, without_suffix
from tongguan.catalog.formats.paths import stem_of
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.formats.text import read_text
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.mask import MaskLabel

FOLDERS = frozenset({"masks", "mask", "segmentations", "gt_masks", "labels_mask"})
NAME_FILES = ("classes.txt", "labels.txt", "class_names.txt")
LAYOUT = Layout(tuple(FOLDERS), ("images", "image", "imgs", "img", "JPEGImages", ""), lambda path: _stem(path))
BACKGROUND = "background"
ONLY = "foreground"
MOST = 255


def _stem(path: str) -> str:
    return stem_of(path).removesuffix("_mask")


class MaskFolderFormat(Describes):
    """Contract of `Format` for `masks`: one label class a number, things of one class are not told apart."""

    id = "masks"
    title = "a folder of masks"
    kinds = frozenset({"mask"})
    keeps = frozenset({"sides", "empty", "unlabelled", "order", "names"})

    def sniff(self, tree: Tree) -> Sniff:
        """PNG in a folder of masks for pictures of the same stem."""
        members = tree.list()
        masks = [path for path in members if _is_mask(path)]
        stems = {stem_of(path) for path in members if is_picture(path) and not _is_mask(path)}
        matched = [path for path in masks if _stem(path) in stems]
        if not masks or len(matched) * 2 < len(masks):
            return Sniff(0.0, "no folder `masks` with a PNG for each picture")
        other = next((path for path in members if path.endswith((".json", ".xml"))), None)
        if other:
            return Sniff(0.4, f"{len(masks)} masks, but also {other}")
        return Sniff(0.9, f"{len(masks)} masks such as {masks[0]}, with pictures of the same name")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture; without a mask it is unlabelled, with an empty one nothing is there."""
        names = _names(tree, report)
        report.classes.extend(name for name in names.values() if name != BACKGROUND)
        files = [path for path in tree.list() if _is_mask(path)]

        def reading(inner: Tree, path: str, size: Size, marks: ItemMarks) -> None:
            _read(inner, path, size, names, marks)

        return read_beside(tree, report, files, LAYOUT, reading, _is_mask)

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """images/SIDE, masks/SIDE and classes.txt."""
        out = Writing(self, sink, options, report)
        for item in items:
            begun = out.begin(item, lambda name, item=item: side_path("images", item, name), sized=True)  # type: ignore[misc]
            if begun is None:
                continue
            name, labels = begun
            if labels is None:
                continue
            numbers = np.zeros((item.height, item.width), dtype=np.uint8)
            written = sum(_draw(label, numbers, item, out) for label in labels)
            if written or not labels:
                sink.write(side_path("masks", item, without_suffix(name) + ".png"), (png_of(numbers),))
                report.files += 1
        out.text("classes.txt", "".join(f"{name}\n" for name in (BACKGROUND, *out.classes.numbers)))
        out.finish()


def _is_mask(path: str) -> bool:
    return path.lower().endswith((".png", ".bmp", ".tif")) and any(
        part.lower() in FOLDERS for part in path.split("/")[:-1]
    )


def _names(tree: Tree, report: Report) -> dict[int, str]:
    path = next((path for path in tree.list() if path.rpartition("/")[2] in NAME_FILES), None)
    if path is None:
        return {}
    try:
        lines = read_text(tree, path).split("\n")
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return {}
    return {at: line.rstrip("\r") for at, line in enumerate(lines) if line.strip()}


def _read(tree: Tree, path: str, size: Size, names: dict[int, str], marks: ItemMarks) -> None:
    try:
        numbers = read_numbers(tree, path)
        if size is not None and numbers.shape != (size[1], size[0]):
            raise shapes.Unreadable(
                f"{path}: {numbers.shape[1]} x {numbers.shape[0]} px, the picture has {size[0]} x {size[1]}"
            )
    except shapes.Unreadable as error:
        marks.refuse("mask", str(error))
        return
    found = [value for value in np.unique(numbers).tolist() if value != 0]
    for value in found:
        # Without names, black and white is one class; other numbers are their own names.
        label = names.get(value, "") if names else ONLY if found in ([255], [1]) else str(value)
        if label:
            marks.add(label, mask_of_pixels(numbers == value))
        else:
            marks.refuse("mask", f"{path}: the number {value} is not among the {len(names)} names")


def _draw(
    label: LabelRecord, numbers: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], item: WriteItem, out: Writing
) -> bool:
    if not isinstance(label, MaskLabel):
        return False
    number = out.classes.numbers[label.label] + 1
    reason = None
    if number > MOST:
        reason = f"a mask of 8 bits has {MOST} label classes"
    elif "\n" in label.label or "\r" in label.label or not label.label.strip():
        reason = "the label's name holds a line break, which classes.txt cannot"
    elif label.size != numbers.shape:
        reason = "the mask has not the size of the picture"
    elif (numbers == number).any():
        reason = "a second mask of its label class, which a folder of masks would not tell from the first"
    elif (numbers[pixels_of(label)] != 0).any():
        reason = "it covers pixels of another mask, and a pixel belongs to one label class"
    if reason:
        out.refuse(item, label, reason)
        return False
    numbers[pixels_of(label)] = number
    out.done(label)
    return True

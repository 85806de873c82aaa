"""Segmentation masks of VOC: SegmentationObject numbers the things, SegmentationClass says by colour what they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, Report, Tree, WriteItem
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.masks import Numbers, Pixels, mask_of_pixels, palette, pixels_of, png_of, read_colours
from tongguan.catalog.formats.output import without_suffix
from tongguan.catalog.formats.text import read_text
from tongguan.catalog.formats.writing import Writing
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.mask import MaskLabel

Indices = npt.NDArray[np.uint8]
CLASS, OBJECT = "SegmentationClass", "SegmentationObject"
MOST = 255
# The label classes of the challenge, by the number of their colour from 1.
CHALLENGE = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)
_NO_CLASS = frozenset({0, 224 + 256 * 224 + 65536 * 192, 0xFFFFFF})


def is_mask(path: str) -> bool:
    """A PNG in one of the two folders: a label, no item."""
    return any(part in (CLASS, OBJECT) for part in path.split("/")[:-1])


class Masks:
    """The masks of a tree, by the stem of the picture, and the names of their colours."""

    def __init__(self, tree: Tree, members: Sequence[str], report: Report) -> None:
        self._tree = tree
        self.paths = {without_suffix(path): path for path in members if is_mask(path)}
        self._taken: set[str] = set()
        self.names = _names(tree, members, report)

    def _find(self, folder: str, source: str) -> str | None:
        """The mask across from a picture or label file: root/FOLDER/inner/stem for root/any/inner/stem."""
        *parts, stem = without_suffix(source).split("/")
        for depth in range(len(parts), -1, -1):
            for inner in (parts[depth + 1 :], []):
                found = self.paths.get("/".join([*parts[:depth], folder, *inner, stem]))
                if found:
                    return found
        return None

    def add(self, source: str, marks: ItemMarks) -> bool:
        """Adds one mask a thing, or where things are not numbered one mask a label class. False where there is none."""
        classes, objects = self._find(CLASS, source), self._find(OBJECT, source)
        self._taken.update(path for path in (classes, objects) if path)
        if classes is None and objects is None:
            return False
        try:
            if classes is None:
                raise shapes.Unreadable(f"{objects}: without {CLASS} nobody knows what the things are")
            colours = read_colours(self._tree, classes)
            numbers = read_colours(self._tree, objects) if objects else colours
            if numbers.shape != colours.shape:
                raise shapes.Unreadable(f"{objects}: not of the size of {classes}")
        except shapes.Unreadable as error:
            marks.refuse("mask", str(error))
            return True
        for number in np.unique(numbers).tolist():
            if number not in _NO_CLASS:
                self._one(numbers == number, colours, classes, marks)
        return True

    def _one(self, pixels: Pixels, colours: Numbers, path: str, marks: ItemMarks) -> None:
        inside = [colour for colour in np.unique(colours[pixels]).tolist() if colour not in _NO_CLASS]
        if len(inside) != 1:
            marks.refuse("mask", f"{path}: a thing of {len(inside)} label classes")
        elif inside[0] not in self.names:
            red, green, blue = inside[0] & 255, inside[0] >> 8 & 255, inside[0] >> 16
            marks.refuse("mask", f"{path}: the colour {red},{green},{blue} has no name")
        else:
            marks.add(self.names[inside[0]], mask_of_pixels(pixels))

    def strangers(self) -> list[str]:
        """Masks of no picture, known once all items are read."""
        return sorted(set(self.paths.values()) - self._taken)


def _names(tree: Tree, members: Sequence[str], report: Report) -> dict[int, str]:
    """Colour as R + 256 G + 65,536 B to label class: by labelmap.txt, else those of the challenge."""
    path = next((path for path in members if path.rpartition("/")[2].lower() == "labelmap.txt"), None)
    if path is None:
        return {_colour(number): name for number, name in enumerate(CHALLENGE, start=1)}
    found: dict[int, str] = {}
    try:
        lines = read_text(tree, path).splitlines()
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return found
    for line in lines:
        parts = line.rsplit(":", 3)
        if line.startswith("#") or not line.strip():
            continue
        numbers = parts[1].split(",") if len(parts) == 4 else []
        if len(numbers) == 3 and all(number.strip().isdecimal() for number in numbers):
            red, green, blue = (int(number) for number in numbers)
            found[red + 256 * green + 65536 * blue] = parts[0]
    return found


def _colour(number: int) -> int:
    red, green, blue = palette()[3 * number : 3 * number + 3]
    return red + 256 * green + 65536 * blue


class MaskFiles:
    """Writes the two PNG files of each picture, and at the end the names of the colours."""

    def __init__(self, out: Writing) -> None:
        self._out, self._used = out, False

    def write(self, item: WriteItem, name: str, labels: Sequence[LabelRecord]) -> list[MaskLabel]:
        """The masks that were written; one that covers pixels of another, or has a late label class, is refused."""
        kept: list[MaskLabel] = []
        classes = objects = None
        for label in labels:
            if not isinstance(label, MaskLabel):
                continue
            if objects is None or classes is None:
                objects, classes = (np.zeros(label.size, dtype=np.uint8) for _ in range(2))
            pixels = pixels_of(label)
            reason = self._refusal(label, pixels, objects, len(kept))
            if reason:
                self._out.refuse(item, label, reason)
                continue
            kept.append(label)
            objects[pixels] = len(kept)
            classes[pixels] = self._out.classes.numbers[label.label] + 1
        if objects is not None and classes is not None and kept:
            self._used = True
            for folder, numbers in ((CLASS, classes), (OBJECT, objects)):
                self._out.sink.write(f"{folder}/{without_suffix(name)}.png", (png_of(numbers, palette()),))
                self._out.report.files += 1
        return kept

    def _refusal(
        self,
        label: MaskLabel,
        pixels: Pixels,
        objects: Indices,
        kept: int,
    ) -> str | None:
        if "\n" in label.label or "\r" in label.label:
            return "the label's name holds a line break, which labelmap.txt cannot"
        if self._out.classes.numbers[label.label] >= MOST or kept >= MOST:
            return f"VOC has {MOST} colours"
        if pixels.shape != objects.shape:
            return "the mask has not the size of the others"
        return (
            "it covers pixels of another mask, and a pixel of VOC belongs to one thing"
            if objects[pixels].any()
            else None
        )

    def finish(self) -> None:
        """labelmap.txt."""
        if self._used:
            colours = palette()
            rows = ["background:0,0,0::\n"]
            for name, number in self._out.classes.numbers.items():
                if number < MOST and "\n" not in name and "\r" not in name:
                    red, green, blue = colours[3 * number + 3 : 3 * number + 6]
                    rows.append(f"{name}:{red},{green},{blue}::\n")
            self._out.text("labelmap.txt", "".join(rows))

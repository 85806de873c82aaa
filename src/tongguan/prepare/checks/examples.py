"""A few items to look at: the first of each label class, with their labels drawn on them."""

from __future__ import annotations

import io
import zlib
from collections import Counter
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from tongguan.catalog.formats.base import ReadItem, Tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.registry import MEDIA_TYPES
from tongguan.prepare.checks.base import ItemFacts
from tongguan.prepare.checks.looks import HELD

SHOWN = 24
OF_A_CLASS = 2
COLOURS = ("#e4572e", "#2e86ab", "#3a7d44", "#a23b72", "#f2a541", "#6b4e9b")
TEXT_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Example:
    """An item to look at; width and height are its picture's, 0 where it is none."""

    item: str
    path: str | None
    media: str
    text: str
    width: int
    height: int
    marks: tuple[LabelRecord, ...]

    @property
    def labels(self) -> str:
        """Its label classes in words: `scratches x 3, patches`."""
        counts = Counter(mark.label for mark in self.marks)
        return ", ".join(f"{name} x {count}" if count > 1 else name for name, count in counts.most_common(6))


@dataclass(slots=True)
class Examples:
    """Add every item; at most two of a class, and 24 in all, are kept."""

    chosen: list[Example] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)

    def add(self, item: ReadItem, facts: ItemFacts) -> None:
        """Keeps the item where it shows something new."""
        if len(self.chosen) >= SHOWN or facts.damage is not None:
            return
        classes = {mark.label for mark in item.labels or ()} or {""}
        if all(self._seen[name] >= (OF_A_CLASS if name else SHOWN // 3) for name in classes):
            return
        self._seen.update(classes)
        size = facts.measurement
        width, height = (size.width, size.height) if size else (0, 0)
        text = (item.text or "")[:TEXT_SHOWN]
        marks = tuple(item.labels or ())[:200]
        self.chosen.append(Example(item.name, item.path, facts.media, text, width, height, marks))


def draw(example: Example, tree: Tree, longest: int) -> tuple[bytes | None, str]:
    """(small JPEG with the extents of its labels, first words) of an example; neither where it cannot be shown."""
    if example.path is None:
        return None, example.text
    try:
        if tree.size(example.path) > HELD:
            return None, ""
        with tree.open(example.path) as stream:
            seen = MEDIA_TYPES[example.media].preview(io.BytesIO(stream.read()), example.path, longest)
    except (OSError, MediaProblem):
        return None, ""
    if seen.picture is None or not example.marks or not example.width:
        return seen.picture, seen.text
    return _marked(seen.picture, example), ""


def _marked(picture: bytes, example: Example) -> bytes:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    pen = ImageDraw.Draw(image)
    scale = image.width / example.width
    for mark in example.marks:
        kind = LABEL_KINDS.get(mark.kind)
        bounds = kind.bounds(mark) if kind is not None else None
        if bounds is None:
            continue
        colour = COLOURS[zlib.crc32(mark.label.encode()) % len(COLOURS)]  # one class, one colour, in every picture
        left, top = bounds.x * scale, bounds.y * scale
        right, bottom = max(left, left + bounds.width * scale), max(top, top + bounds.height * scale)
        pen.rectangle((left, top, right, bottom), outline=colour, width=2)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()

"""What every writer does with an item: a name, the picture, the labels that fit, and a word for what has no place."""

from __future__ import annotations

from collections.abc import Callable

from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.output import ClassNumbers, OutputNames, copy_media, fitting, write_text
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel


class Writing:
    """One export. `title` names the target in messages; `keeps` says whether attributes and scores have a place."""

    def __init__(self, format_: Describes, sink: Sink, options: WriteOptions, report: Report) -> None:
        self.title, self.kinds, self.keeps, self.media = format_.title, format_.kinds, format_.keeps, format_.media
        self.sink, self.options, self.report = sink, options, report
        self.classes = ClassNumbers(options)
        self._names = OutputNames()
        self._lost: dict[str, int] = {}

    def begin(
        self,
        item: WriteItem,
        place: Callable[[str], str],
        *,
        sized: bool = False,
        apart: bool = True,
        copied: bool = True,
    ) -> tuple[str, tuple[LabelRecord, ...] | None] | None:
        """Name of the item and its labels, None for an unlabelled one; the picture is copied to `place(name)`.

        Each side has names of its own, unless `apart` is False; without `copied` no file is written. None altogether
        where the target cannot hold the item.
        """
        if item.media not in self.media:
            self.report.refuse(item.name, "item", f"{self.title} holds no items of type {item.media}")
            return None
        labels = self.labels_of(item)
        if labels is None and "unlabelled" not in self.keeps:
            reason = "not labelled" if item.labels is None else "none of its labels can be written"
            self.report.refuse(item.name, "item", f"{reason}: {self.title} would say that nothing is there")
            return None
        if sized and labels and (item.width < 1 or item.height < 1):
            self.report.refuse(item.name, "item", f"the picture's size is not known, which {self.title} needs")
            return None
        self.report.items += 1
        name = self._names.claim(item, item.side if apart else None) if copied else item.name
        if not copied:
            return name, labels
        if self.options.media:
            copy_media(item, place(name), self.sink, self.report)
        elif self.report.items == 1:
            self.report.notes.append(f"labels alone: {item.name} belongs at {place(name)}, the others likewise")
        return name, labels

    def labels_of(self, item: WriteItem) -> tuple[LabelRecord, ...] | None:
        """The labels of the kinds and label classes that are wanted; the rest is refused."""
        labels = fitting(item, self.kinds, self.title, self.report)
        known = self.classes.numbers
        if not labels or all(label.label in known for label in labels):
            return labels
        good = tuple(label for label in labels if self._admitted(label, item))
        return good or None

    def _admitted(self, label: LabelRecord, item: WriteItem) -> bool:
        if self.classes.number(label) is None:
            reason = f"{label.label[:80]} is not one of the label classes of this export"
            self.report.refuse(item.name, label.kind, reason)
            return False
        return True

    def refuse(self, item: WriteItem, label: LabelRecord, reason: str) -> None:
        """One label that the target cannot hold for a reason of its own."""
        self.report.refuse(item.name, label.kind, reason)

    def done(self, label: LabelRecord, kept: frozenset[str] = frozenset()) -> None:
        """Counts a label that was written; attributes (other than `kept`) and a score without a place are noted."""
        self.report.count(label.kind)
        if label.attributes and "attributes" not in self.keeps:
            for key in label.attributes:
                if key not in kept:
                    self._lost[key] = self._lost.get(key, 0) + 1
        if label.kind == "class" and isinstance(label, ClassLabel) and label.grade is not None:
            self._lost["grade"] = self._lost.get("grade", 0) + 1
        if label.score is not None and "score" not in self.keeps:
            self._lost["score"] = self._lost.get("score", 0) + 1

    def text(self, path: str, text: str) -> None:
        """One small text file."""
        write_text(self.sink, path, text, self.report)

    def finish(self) -> None:
        """Says what had no place."""
        for key, count in self._lost.items():
            self.report.notes.append(f"{self.title} has no place for {key[:80]}: left out of {count} labels")


class Describes:
    """The part of a format that a writer needs to know."""

    id: str
    title: str
    kinds: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset({"image"})
    keeps: frozenset[str] = frozenset()
    by_place: bool = False

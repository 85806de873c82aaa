"""ImageNet as lists: synsets.txt names the label classes, SIDE.txt gives each picture the number of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.gather import Entry, gather
from tongguan.catalog.formats.marks import ItemMarks
from tongguan.catalog.formats.output import side_path
from tongguan.catalog.formats.paths import SIDES, join, side_folder, stem_of
from tongguan.catalog.formats.sniffing import matching
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.text import name_problem, read_lines, read_text
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.class_ import ClassLabel

NAMES = "synsets.txt"
ROW = re.compile(rb"^.+\.(?:jpe?g|png|bmp|gif|tiff?|webp)(?:\s+\d+)*\s*$", re.IGNORECASE)


class ImagenetFormat(Describes):
    """Contract of `Format` for `imagenet`. Folders of classes alone are `class-folders`."""

    id = "imagenet"
    title = "ImageNet lists"
    kinds = frozenset({"class"})
    keeps = frozenset({"sides", "empty", "order", "names"})

    def sniff(self, tree: Tree) -> Sniff:
        """synsets.txt, and lists of pictures with numbers."""
        if not any(path.rpartition("/")[2] == NAMES for path in tree.list()):
            return Sniff(0.0, f"no {NAMES}")
        lists = matching(tree, {".txt"}, _is_list)
        return Sniff(0.95, f"{lists[0]} numbers pictures by {NAMES}") if lists else Sniff(0.0, "no list of pictures")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture of every list, then the others."""
        names = _names(tree, report)
        report.classes.extend(name for name in names if name not in report.classes)
        files = matching(tree, {".txt"}, _is_list)
        return gather(tree, report, (entry for path in files for entry in _entries(tree, path, names)))

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """images/SIDE, SIDE.txt and synsets.txt."""
        out = Writing(self, sink, options, report)
        lists: dict[str, Part] = {}
        try:
            for item in items:
                labels = [label for label in item.labels or () if isinstance(label, ClassLabel)]
                bad = [label for label in labels if "\n" in label.label or "\r" in label.label]
                for label in bad:
                    out.refuse(item, label, f"the name holds a line break, which {NAMES} cannot")
                if bad:
                    continue
                begun = out.begin(item, lambda name, item=item: side_path("images", item, name))  # type: ignore[misc]
                if begun is None:
                    continue
                numbers = [str(out.classes.numbers[one.label]) for one in begun[1] or ()]
                for one in begun[1] or ():
                    out.done(one)
                row = " ".join((side_path("images", item, begun[0]).removeprefix("images/"), *numbers))
                lists.setdefault(item.side or "", Part(b"")).add(row.encode())
            for side, part in sorted(lists.items()):
                sink.write(f"{side_folder(side) or 'all'}.txt", part.chunks())
                report.files += 1
        finally:
            for part in lists.values():
                part.close()
        out.text(NAMES, "".join(f"{name}\n" for name in out.classes.numbers if "\n" not in name and "\r" not in name))
        out.finish()


def _is_list(head: bytes, path: str) -> bool:
    lines = [line for line in head.split(b"\n")[:6] if line.strip()]
    if len(head) >= 4096 and len(lines) > 1:
        lines.pop()
    return bool(lines) and all(ROW.match(line) for line in lines)


def _names(tree: Tree, report: Report) -> list[str]:
    path = next((path for path in tree.list() if path.rpartition("/")[2] == NAMES), None)
    if path is None:
        return []
    try:
        lines = read_text(tree, path).split("\n")
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return []
    names = [line.rstrip("\r") for line in lines]
    while names and not names[-1]:
        names.pop()
    for at, name in enumerate(names, start=1):
        problem = name_problem(name)
        if problem:
            report.refuse(path, "file", f"{path} line {at}: {problem}")
    return names


def _entries(tree: Tree, path: str, names: list[str]) -> Iterator[Entry]:
    side = SIDES.get(stem_of(path).lower())
    for at, line in read_lines(tree, path):
        match = re.match(r"^(.+\.(?:jpe?g|png|bmp|gif|tiff?|webp))((?:\s+\d+)*)\s*$", line, re.IGNORECASE)
        if match:
            numbers = [int(word) for word in match.group(2).split()]
            yield Entry(join(match.group(1)), path, partial(_fill, numbers, names, f"{path} line {at}"), side=side)
        elif line.strip():
            yield Entry("", f"{path} line {at}", None)


def _fill(numbers: list[int], names: list[str], where: str, marks: ItemMarks) -> None:
    for number in numbers:
        if number < len(names):
            marks.class_(names[number])
        else:
            marks.refuse("class", f"{where}: {number} is not among the {len(names)} lines of {NAMES}")

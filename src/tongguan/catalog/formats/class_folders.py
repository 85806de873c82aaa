"""One folder per label class, as people sort pictures and ImageNet does: `ok/1.jpg`, or `train/ok/1.jpg` with sides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.paths import SIDES, folder_of, is_junk, side_of_folders, suffix_of
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.formats.text import name_problem
from tongguan.catalog.formats.unlabelled import DATA_SUFFIXES, PROSE
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.class_ import ClassLabel

LAYOUT = frozenset({"images", "image", "imgs", "img", "jpegimages", "data", "dataset", "pictures"})
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*/\\]')


class ClassFoldersFormat(Describes):
    """Contract of `Format` for `class-folders`: the folder that a picture lies in is its label class."""

    id = "class-folders"
    title = "folders of classes"
    kinds = frozenset({"class"})
    keeps = frozenset({"sides", "names"})
    most_labels = 1
    by_place = True

    def sniff(self, tree: Tree) -> Sniff:
        """Pictures in two or more folders of classes, and no file that may say something else."""
        members = [path for path in tree.list() if not is_junk(path)]
        others = [path for path in members if suffix_of(path) in DATA_SUFFIXES and not PROSE.search(path)]
        classes = set(_classes(tree).values()) - {None}
        if others:
            return Sniff(0.0, f"{others[0]} may hold the labels")
        if len(classes) < 2:
            return Sniff(0.0, "no two folders of pictures")
        return Sniff(0.6, f"pictures in {len(classes)} folders, such as {min(str(one) for one in classes)}")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture; one that lies in no folder of a class is unlabelled."""
        found = _classes(tree)
        report.classes = sorted({name for name in found.values() if name is not None})
        for path, name in found.items():
            report.items += 1
            problem = None if name is None else name_problem(name)
            if problem:
                report.refuse(path, "class", problem)
            good = name is not None and not problem
            if good:
                report.count("class")
            labels = (ClassLabel(label=name),) if name is not None and good else None
            yield ReadItem(path, path, labels, side=side_of_folders(path))

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE/CLASS/NAME; an item with several classes, and a class that no folder can be called, are refused."""
        out = Writing(self, sink, options, report)
        for item in items:
            labels = [label for label in item.labels or () if isinstance(label, ClassLabel)]
            first = labels[0] if labels else None
            problem = _problem(first.label) if first else None
            if len(labels) > 1:
                problem = "several label classes, and a picture lies in one folder"
            if first and problem:
                report.refuse(item.name, "class", problem, len(labels))
                continue
            folder = "/".join(part for part in (_side(item), first.label if first else "") if part)
            begun = out.begin(item, lambda name, folder=folder: f"{folder}/{_flat(name)}")  # type: ignore[misc]
            if begun is not None and begun[1]:
                out.done(begun[1][0])
            elif begun is not None:
                report.items -= 1
                report.refuse(item.name, "item", "nothing here: a picture in no folder would be unlabelled")
        out.finish()


def _side(item: WriteItem) -> str:
    return {"train": "train", "kept": "val", "test": "test", "line": "line"}.get(item.side or "", "")


def _flat(name: str) -> str:
    """Folders of the source would be taken for label classes."""
    return name.replace("/", "_")


def _problem(name: str) -> str | None:
    if _UNSAFE.search(name) or name != name.strip(" .") or len(name.encode()) > 200:
        return "the name cannot be the name of a folder"
    if name.lower() in SIDES or name.lower() in LAYOUT:
        return f"a folder called {name} would not be taken for a label class"
    return None


def _classes(tree: Tree) -> dict[str, str | None]:
    """Label class by picture: the nearest folder that is not one of a side or of a layout; where they lie at several
    depths, as in ImageNet with folders in folders, the one at the least depth."""
    found: dict[str, list[str]] = {}
    for path in tree.list():
        if is_picture(path):
            folders = folder_of(path).split("/") if folder_of(path) else []
            found[path] = [part for part in folders if part.lower() not in SIDES and part.lower() not in LAYOUT]
    depths = {len(parts) for parts in found.values() if parts}
    least = min(depths, default=1) if len(depths) > 1 else 0
    return {path: (parts[least - 1 if least else -1] if parts else None) for path, parts in found.items()}

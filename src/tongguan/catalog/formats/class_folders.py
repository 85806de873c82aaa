"""One folder per label class, as people sort pictures: `ok/1.jpg`, or `train/ok/1.jpg` with sides. Read only."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.catalog.formats.base import ReadItem, Report, Sniff, Tree
from tongguan.catalog.formats.paths import SIDES, is_junk, side_of_folders, suffix_of
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.formats.text import name_problem
from tongguan.catalog.formats.unlabelled import DATA_SUFFIXES, PROSE
from tongguan.catalog.labels.class_ import ClassLabel

LAYOUT = frozenset({"images", "image", "imgs", "img", "jpegimages", "data", "dataset", "pictures"})


class ClassFoldersFormat:
    """Reads `class-folders`: the folder that a picture lies in is its label class; sides are folders around it."""

    id = "class-folders"

    def sniff(self, tree: Tree) -> Sniff:
        """Pictures in two or more folders of classes, and no file that may say something else."""
        members = [path for path in tree.list() if not is_junk(path)]
        others = [path for path in members if suffix_of(path) in DATA_SUFFIXES and not PROSE.search(path)]
        classes = {_class(path) for path in members if is_picture(path)} - {None}
        if others:
            return Sniff(0.0, f"{others[0]} may hold the labels")
        if len(classes) < 2:
            return Sniff(0.0, "no two folders of pictures")
        return Sniff(0.8, f"pictures in {len(classes)} folders, such as {min(str(one) for one in classes)}")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture; one that lies in no folder of a class is unlabelled."""
        members = [path for path in tree.list() if is_picture(path)]
        report.classes = sorted({name for path in members if (name := _class(path)) is not None})
        for path in members:
            name = _class(path)
            report.items += 1
            problem = None if name is None else name_problem(name)
            if problem:
                report.refuse(path, "class", problem)
            good = name is not None and not problem
            if good:
                report.count("class")
            labels = (ClassLabel(label=name),) if name is not None and good else None
            yield ReadItem(path, path, labels, side=side_of_folders(path))


def _class(path: str) -> str | None:
    """The nearest folder that is not one of a side or of a layout."""
    for part in reversed(path.split("/")[:-1]):
        if part.lower() not in SIDES and part.lower() not in LAYOUT:
            return part
    return None

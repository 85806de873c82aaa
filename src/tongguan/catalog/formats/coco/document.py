"""One COCO file, read entry by entry: what is broken is refused with its place, the rest is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tongguan.catalog.formats.base import ReadError, Report, Tree
from tongguan.catalog.formats.grouping import Grouped
from tongguan.catalog.formats.json_stream import EMPTY, walk
from tongguan.catalog.formats.marks import number
from tongguan.catalog.formats.paths import folder_of, safe_path, side_of_folders, side_of_stem, stem_of
from tongguan.catalog.formats.text import name_problem

LABEL_FOLDERS = frozenset({"annotations", "annotation", "labels", "json", "jsons"})
LISTS = ("images", "annotations", "categories")


@dataclass(frozen=True, slots=True)
class Image:
    """One entry of `images`, its name safe to look up."""

    id: int | str
    file_name: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Points:
    """Names of the keypoints of a category, and which of them are joined."""

    names: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Document:
    """One file. `root` is the folder that its pictures are looked for in, `word` the side as written (train2017)."""

    path: str
    number: int
    root: str
    side: str | None
    word: str
    labelled: bool = False
    categories: dict[Any, str] = field(default_factory=dict)
    points: dict[Any, Points] = field(default_factory=dict)


def describe(path: str, number_: int) -> Document:
    """What the file's place says about it."""
    folder = folder_of(path)
    root = folder_of(folder) if folder.rpartition("/")[2].lower() in LABEL_FOLDERS else folder
    by_stem = side_of_stem(stem_of(path))
    side, word = by_stem or (side_of_folders(path), "")
    return Document(path, number_, root, side, word)


def images_of(tree: Tree, document: Document, annotations: Grouped, report: Report) -> Iterator[Image]:
    """Every usable picture; annotations go to `annotations` under (file's number, image_id) on the way.

    Raises ReadError when the file is broken anywhere, or no COCO at all.
    """
    counters = dict.fromkeys(LISTS, 0)
    seen: set[Any] = set()
    found = False
    # image_info files list pictures that nobody has labelled; an empty list elsewhere says "nothing here".
    says_labels = not stem_of(document.path).startswith("image_info")
    for key, entry in walk(tree, document.path, LISTS):
        if key not in counters:
            continue
        if key == "annotations":
            document.labelled = says_labels
        if entry is EMPTY:
            found = found or key == "images"
            continue
        at, counters[key] = counters[key], counters[key] + 1
        if key == "annotations":
            _keep(entry, at, document, annotations, report)
        elif key == "categories":
            _category(entry, at, document, report)
        else:
            found = True
            image = _image(entry, at, document.path, seen, report)
            if image is not None:
                yield image
    if not found:
        raise ReadError(f"{document.path}: no list `images` at the top")


def _keep(entry: Any, at: int, document: Document, annotations: Grouped, report: Report) -> None:
    if not isinstance(entry, dict):
        report.refuse(document.path, "file", f"annotations[{at}] is no object")
        return
    image = entry.get("image_id")
    key = image if isinstance(image, (int, str)) and not isinstance(image, bool) else None
    try:
        annotations.add((document.number, key), entry)
    except (TypeError, ValueError) as error:  # a number that JSON allows and no computer holds
        report.refuse(document.path, "file", f"annotations[{at}]: {str(error)[:200]}")


def _category(entry: Any, at: int, document: Document, report: Report) -> None:
    where = f"categories[{at}]"
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), (int, str)):
        report.refuse(document.path, "file", f"{where} has no id")
        return
    identity = entry["id"]
    problem = name_problem(entry.get("name"))
    if problem:
        report.refuse(document.path, "file", f"{where}, id {str(identity)[:40]}: {problem}")
    elif document.categories.get(identity, entry["name"]) != entry["name"]:
        report.refuse(document.path, "file", f"{where}: id {str(identity)[:40]} is used twice; the first name is kept")
    else:
        document.categories[identity] = entry["name"]
        if isinstance(entry.get("keypoints"), list):
            document.points[identity] = _points(entry)


def _points(entry: dict[str, Any]) -> Points:
    names = tuple(str(name) for name in entry["keypoints"])
    edges = []
    for pair in entry.get("skeleton") or () if isinstance(entry.get("skeleton"), list) else ():
        whole = isinstance(pair, list) and len(pair) == 2 and all(isinstance(end, int) for end in pair)
        if whole and all(0 < end <= len(names) for end in pair):
            edges.append((names[pair[0] - 1], names[pair[1] - 1]))
    return Points(names, tuple(edges))


def _image(entry: Any, at: int, path: str, seen: set[Any], report: Report) -> Image | None:
    identity = entry.get("id") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(identity, (int, str)):
        report.refuse(path, "item", f"images[{at}] has no id")
        return None
    name = entry.get("file_name")
    clean = safe_path(name) if isinstance(name, str) else None
    if clean is None:
        report.refuse(path, "item", f"images[{at}], id {str(identity)[:40]}: file_name is absent or leaves the folder")
        return None
    if identity in seen:
        report.refuse(clean, "item", f"{path}: images[{at}] uses id {str(identity)[:40]} a second time")
        return None
    seen.add(identity)
    return Image(identity, clean, _whole(entry.get("width")), _whole(entry.get("height")))


def _whole(value: object) -> int | None:
    size = number(value)
    return int(size) if 0 < size < 1e7 else None

"""What a YOLO tree says about itself: names of the label classes, sides, and which text file belongs to a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from tongguan.catalog.formats.base import ReadError, Report, Tree
from tongguan.catalog.formats.paths import SIDES, folder_of, join, safe_path, stem_of, suffix_of
from tongguan.catalog.formats.text import name_problem, read_text

NAME_FILES = ("obj.names", "classes.txt", "labels.txt", "names.txt", "predefined_classes.txt", "_darknet.labels")
# Text files that lie about and are no labels.
NO_LABELS = re.compile(
    r"(^|/)(readme[^/]*|licen[cs]e[^/]*|requirements|notes?|changelog|predefined_classes)\.txt$", re.I
)
LABEL_FOLDERS = ("labels", "Labels", "annotations", "Annotations")
FOLDERS_KNOWN = 1000
_IMAGE_FOLDERS = frozenset({"images", "image", "imgs", "img", "jpegimages"})


@dataclass(slots=True)
class Layout:
    """Names by class number, picture folders and lists by side, keypoints' shape where declared."""

    names: dict[int, str] = field(default_factory=dict)
    folders: list[tuple[str, str | None]] = field(default_factory=list)
    listed: dict[str, str] = field(default_factory=dict)
    keypoint_values: int = 0
    keypoint_size: int = 3
    keypoint_names: dict[int, list[str]] = field(default_factory=dict)
    task: str = ""
    said: list[str] = field(default_factory=list)
    special: set[str] = field(default_factory=set)

    def side_of_folder(self, place: str) -> str | None:
        """The side that the deepest declared folder gives the pictures of a folder."""
        best = max((folder for folder, _ in self.folders if _inside(f"{place}/", folder)), key=len, default=None)
        said = {side for folder, side in self.folders if folder == best}
        return said.pop() if len(said) == 1 else None


def read_layout(tree: Tree, report: Report) -> Layout:
    """Reads data.yaml (or another YAML with `names`), obj.data, names files and lists of pictures."""
    layout = Layout()
    texts: list[tuple[str, str]] = []
    for path in tree.list():
        suffix = suffix_of(path)
        if suffix in (".yaml", ".yml"):
            _read_yaml(tree, path, layout, report)
        elif suffix == ".data":
            layout.said.append(path)
        elif suffix in (".txt", ".names", ".labels"):
            texts.append((path, suffix))
    for path, suffix in texts:
        base = path.rpartition("/")[2].lower()
        if base in NAME_FILES or suffix == ".names":
            layout.special.add(path)
            _read_names(tree, path, layout, report)
        elif suffix == ".txt" and base.removesuffix(".txt") in SIDES and _is_list(tree, path, report):
            layout.special.add(path)
            _read_list(tree, path, SIDES[base.removesuffix(".txt")], layout, report)
        elif suffix == ".txt" and NO_LABELS.search(path):
            layout.special.add(path)
    return layout


def label_candidates(picture: str) -> Iterator[str]:
    """Where the label file of a picture may lie, the likeliest first: labels/ for images/, then beside it."""
    stem = stem_of(picture)
    for folder in _label_folders(folder_of(picture)):
        yield f"{folder}/{stem}.txt" if folder else f"{stem}.txt"


@lru_cache(FOLDERS_KNOWN)
def _label_folders(folder: str) -> tuple[str, ...]:
    """Where the label files of a folder of pictures may lie."""
    found: list[str] = []
    parts = folder.split("/") if folder else []
    for depth in range(len(parts) - 1, -1, -1):
        if parts[depth].lower() in _IMAGE_FOLDERS:
            found += (join(*parts[:depth], name, *parts[depth + 1 :]) for name in LABEL_FOLDERS)
    found.append(folder)
    for name in LABEL_FOLDERS:
        found.append(join(folder, name))
        found.append(join(folder_of(folder), name, folder.rpartition("/")[2]))
        found.append(join(folder_of(folder), name))
    return tuple(dict.fromkeys(found))


def _inside(picture: str, folder: str) -> bool:
    return not folder or picture.startswith(folder + "/")


def _read_yaml(tree: Tree, path: str, layout: Layout, report: Report) -> None:
    try:
        text = read_text(tree, path, 2**20 * 16)
        raw = yaml.safe_load(text)
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if re.search(r"^\s*names\s*:", text, re.MULTILINE):
            report.refuse(path, "file", f"{path}: not readable as YAML: {' '.join(str(error).split())[:300]}")
        return
    if not isinstance(raw, dict) or "names" not in raw:
        return
    layout.said.append(path)
    _take_names(raw["names"], path, layout, report)
    shape = raw.get("kpt_shape")
    if isinstance(shape, list) and len(shape) == 2 and all(isinstance(part, int) for part in shape):
        layout.keypoint_values, layout.keypoint_size = shape[0] * shape[1], shape[1]
    named = raw.get("kpt_names")
    for key, names in named.items() if isinstance(named, dict) else ():
        if isinstance(key, int) and isinstance(names, list):
            layout.keypoint_names[key] = [str(name) for name in names]
    layout.task = str(raw.get("task") or "")
    for key, side in SIDES.items():
        value = raw.get(key)
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, str):
                _take_source(tree, path, str(raw.get("path") or ""), entry, side, layout, report)


def _take_names(raw: Any, path: str, layout: Layout, report: Report) -> None:
    """`names` as a list, or as a table from number to name."""
    entries = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for number, name in entries:
        text = name if isinstance(name, str) else str(name)
        problem = name_problem(text)
        if problem or not str(number).isdecimal():
            report.refuse(path, "file", f"names[{str(number)[:20]}]: {problem or 'the number is not whole'}")
        else:
            layout.names.setdefault(int(number), text)


def _take_source(tree: Tree, path: str, base: str, entry: str, side: str, layout: Layout, report: Report) -> None:
    """A folder of pictures or a list of them, relative to the YAML's folder or to its `path`."""
    here = folder_of(path)
    for candidate in (
        join(here, base, entry),
        join(here, entry),
        entry,
        _without_dots(entry),
        join(here, _without_dots(entry)),
    ):
        clean = safe_path(candidate)
        if clean is None:
            continue
        if suffix_of(clean) == ".txt" and clean in tree.list():
            layout.special.add(clean)
            _read_list(tree, clean, side, layout, report)
            return
        if any(member.startswith(clean + "/") for member in tree.list()):
            layout.folders.append((clean, side))
            return


def _without_dots(entry: str) -> str:
    return "/".join(part for part in entry.replace("\\", "/").split("/") if part not in ("..", "."))


def _is_list(tree: Tree, path: str, report: Report) -> bool:
    """Whether train.txt is a list of pictures, and not the labels of a picture called train."""
    try:
        lines = read_text(tree, path).split("\n", 5)[:5]
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return False
    return any(re.search(r"\.(jpe?g|png|bmp|tiff?|webp|gif)\s*$", line, re.IGNORECASE) for line in lines)


def _read_list(tree: Tree, path: str, side: str, layout: Layout, report: Report) -> None:
    try:
        lines = read_text(tree, path).splitlines()
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return
    members = frozenset(tree.list())
    here = folder_of(path)
    for line in lines:
        parts = _without_dots(line.strip()).strip("/").split("/")
        # Darknet writes paths from where training starts (data/obj_train_data/1.jpg): any tail may be the tree's.
        tails = ["/".join(parts[start:]) for start in range(len(parts))]
        found = next((name for tail in tails for name in (join(here, tail), tail) if name in members), None)
        if found:
            layout.listed.setdefault(found, side)
    layout.said.append(path)


def _read_names(tree: Tree, path: str, layout: Layout, report: Report) -> None:
    """One name a line. A file that holds lines of five numbers is the labels of a picture with an unlucky name."""
    if layout.names:
        return
    try:
        lines = read_text(tree, path).splitlines()
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return
    while lines and not lines[-1].strip():
        lines.pop()
    layout.said.append(path)
    for number, line in enumerate(lines):
        problem = name_problem(line.strip())
        if problem:
            report.refuse(path, "file", f"line {number + 1}: {problem}")
        else:
            layout.names[number] = line.strip()

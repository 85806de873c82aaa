"""One COCO file, checked entry by entry: what is broken is refused with its place, the rest is used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson

from tongguan.catalog.formats.base import ReadError, Report, Tree
from tongguan.catalog.formats.marks import number
from tongguan.catalog.formats.paths import folder_of, safe_path, side_of_folders, side_of_stem, stem_of
from tongguan.catalog.formats.text import JSON_LIMIT, decode, name_problem, read_bytes

LABEL_FOLDERS = frozenset({"annotations", "annotation", "labels", "json", "jsons"})


@dataclass(frozen=True, slots=True)
class Image:
    """One entry of `images`, its name safe to look up."""

    id: int | str
    file_name: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """One file. `root` is the folder that its pictures are looked for in, `word` the side as written (train2017)."""

    path: str
    root: str
    side: str | None
    word: str
    labelled: bool
    categories: dict[Any, str]
    images: list[Image]
    annotations: list[dict[str, Any]]


def load(tree: Tree, path: str, report: Report) -> Document | None:
    """The file's content; None, with the reason in the report, when it is no COCO file at all."""
    try:
        raw = parse(read_bytes(tree, path, JSON_LIMIT), path)
    except ReadError as error:
        report.refuse(path, "file", str(error))
        return None
    if not isinstance(raw, dict) or not isinstance(raw.get("images"), list):
        report.refuse(path, "file", f"{path}: no list `images` at the top")
        return None
    folder = folder_of(path)
    root = folder_of(folder) if folder.rpartition("/")[2].lower() in LABEL_FOLDERS else folder
    by_stem = side_of_stem(stem_of(path))
    side, word = by_stem or (side_of_folders(path), "")
    annotations = raw.get("annotations")
    # image_info files list pictures that nobody has labelled; an empty list elsewhere says "nothing here".
    labelled = isinstance(annotations, list) and not stem_of(path).startswith("image_info")
    return Document(
        path,
        root,
        side,
        word,
        labelled,
        _categories(raw.get("categories"), path, report),
        _images(raw["images"], path, report),
        _dicts(annotations if isinstance(annotations, list) else [], "annotations", path, report),
    )


def parse(data: bytes, path: str) -> Any:
    """JSON out of bytes. Raises ReadError with line and column. NaN and Infinity, which some tools write, are read."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        text = decode(data, path)
        if not text.strip():
            raise ReadError(f"{path}: the file is empty") from error
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as slow_error:
            raise ReadError(f"{path}: not readable as JSON: {str(slow_error)[:200]}") from error


def _dicts(entries: list[Any], what: str, path: str, report: Report) -> list[dict[str, Any]]:
    good = [entry for entry in entries if isinstance(entry, dict)]
    if len(good) < len(entries):
        at = next(index for index, entry in enumerate(entries) if not isinstance(entry, dict))
        report.refuse(path, "file", f"{what}[{at}] is no object", len(entries) - len(good))
    return good


def _categories(entries: object, path: str, report: Report) -> dict[Any, str]:
    names: dict[Any, str] = {}
    for at, entry in enumerate(entries if isinstance(entries, list) else []):
        where = f"categories[{at}]"
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), (int, str)):
            report.refuse(path, "file", f"{where} has no id")
            continue
        problem = name_problem(entry.get("name"))
        if problem:
            report.refuse(path, "file", f"{where}, id {str(entry['id'])[:40]}: {problem}")
        elif names.get(entry["id"], entry["name"]) != entry["name"]:
            report.refuse(path, "file", f"{where}: id {str(entry['id'])[:40]} is used twice; the first name is kept")
        else:
            names[entry["id"]] = entry["name"]
    return names


def _images(entries: list[Any], path: str, report: Report) -> list[Image]:
    images: list[Image] = []
    seen: set[Any] = set()
    for at, entry in enumerate(entries):
        identity = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(identity, (int, str)):
            report.refuse(path, "item", f"images[{at}] has no id")
            continue
        name = entry.get("file_name")
        clean = safe_path(name) if isinstance(name, str) else None
        if clean is None:
            report.refuse(
                path, "item", f"images[{at}], id {str(identity)[:40]}: file_name is absent or leaves the folder"
            )
        elif identity in seen:
            report.refuse(clean, "item", f"{path}: images[{at}] uses id {str(identity)[:40]} a second time")
        else:
            seen.add(identity)
            images.append(Image(identity, clean, _whole(entry.get("width")), _whole(entry.get("height"))))
    return images


def _whole(value: object) -> int | None:
    size = number(value)
    return int(size) if 0 < size < 1e7 else None

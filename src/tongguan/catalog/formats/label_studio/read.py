"""Reading Label Studio: tasks as JSON, the short JSON-MIN, and CSV or TSV, all together, a task once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Sniff, Tree
from tongguan.catalog.formats.gather import Entry, Places, gather, size_in
from tongguan.catalog.formats.json_stream import EMPTY, walk
from tongguan.catalog.formats.jsonio import parse
from tongguan.catalog.formats.label_studio.results import REGIONS, Results
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.paths import side_of_folders, suffix_of
from tongguan.catalog.formats.pictures import PictureIndex, is_picture
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.tables import header_of, rows

SOUND = (".wav", ".mp3", ".flac", ".ogg", ".m4a")
VIDEO = (".mp4", ".avi", ".mov", ".mkv", ".webm")
SUFFIXES = frozenset({".json", ".csv", ".tsv"})
# Columns of JSON-MIN and CSV that are about the work, and not the data.
OWN = frozenset(
    {
        "id",
        "annotator",
        "annotation_id",
        "created_at",
        "updated_at",
        "lead_time",
        "agreement",
        "completed_by",
        "history",
    }
)
_UPLOADED = re.compile(r"^[0-9a-f]{8}-")


@dataclass(frozen=True, slots=True)
class Task:
    """One task of any of the three forms: its data, and the results of each person."""

    where: str
    id: str
    data: dict[str, Any]
    answers: list[list[Any]]
    labelled: bool


def is_label_studio(head: bytes, path: str) -> bool:
    """A list of tasks, a list of JSON-MIN rows, or a table with annotation_id and lead_time."""
    if suffix_of(path) != ".json":
        names = set(header_of(head))
        return {"annotation_id", "lead_time"} <= names or {"annotation_id", "annotator"} <= names
    body = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.startswith(b"["):
        return False
    task = re.search(rb'"annotations"\s*:\s*\[', body) and re.search(rb'"(data|result|completed_by)"\s*:', body)
    task = task or (re.search(rb'"data"\s*:\s*\{', body) and re.search(rb'"(predictions|annotations|id)"\s*:', body))
    return bool(task) or (b'"annotation_id"' in body and b'"annotator"' in body)


def sniff(tree: Tree) -> Sniff:
    """JSON lists of tasks, or tables with annotation_id."""
    found = [
        sniff_heads(tree, {suffix}, is_label_studio, "an export of Label Studio", one_is_enough=True, size=65536)
        for suffix in sorted(SUFFIXES)
    ]
    return max(found, key=lambda one: one.score)


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Every task once, then pictures that none names."""
    places = Places(PictureIndex(tree.list()))
    return gather(tree, report, _entries(tree, places, report))


def _entries(tree: Tree, places: Places, report: Report) -> Iterator[Entry]:
    seen: set[str] = set()
    files = matching(tree, SUFFIXES, is_label_studio, 65536)
    for path in sorted(files, key=lambda path: suffix_of(path) != ".json"):
        tasks = _json(tree, path, report) if suffix_of(path) == ".json" else _table(tree, path, report)
        try:
            for task in tasks:
                if task.id and task.id in seen:
                    continue
                seen.add(task.id)
                yield _entry(tree, task, places)
        except ReadError as error:
            report.refuse(path, "file", str(error))


def _json(tree: Tree, path: str, report: Report) -> Iterator[Task]:
    for at, (_, raw) in enumerate(walk(tree, path), start=1):
        if raw is EMPTY:
            continue
        where = f"{path}:{at}"
        if not isinstance(raw, dict):
            report.refuse(where, "item", f"{where}: the task is no object")
        elif isinstance(raw.get("data"), dict):
            yield _task(raw, where)
        else:
            yield _short(raw, where)


def _task(raw: dict[str, Any], where: str) -> Task:
    """People first by order; what was skipped is no answer."""
    answers: list[list[Any]] = []
    found = raw.get("annotations") or raw.get("completions")
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and not one.get("was_cancelled") and isinstance(one.get("result"), list):
            answers.insert(0 if one.get("ground_truth") else len(answers), one["result"])
    return Task(where, str(raw.get("id") or ""), raw["data"], answers, bool(answers))


def _short(raw: dict[str, Any], where: str) -> Task:
    """JSON-MIN and tables: each tag's values under its own name, the kind told by what a value holds."""
    data: dict[str, Any] = {}
    results: list[Any] = []
    for key, value in raw.items():
        if key in OWN:
            continue
        found = _results(key, value)
        if found is None:
            data[key] = value
        else:
            results += found
    labelled = raw.get("annotation_id") not in (None, "")
    return Task(where, str(raw.get("id") or ""), data, [results] if labelled else [], labelled)


def _results(key: str, value: Any) -> list[dict[str, Any]] | None:
    """A tag's results in the long form; None for a column of data."""
    if isinstance(value, dict) and isinstance(value.get("choices"), list):
        return [{"type": "choices", "from_name": key, "value": value}]
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        return None
    found = []
    for one in value:
        type_ = next((type_ for type_ in (*REGIONS, "taxonomy") if isinstance(one.get(type_), list)), None)
        if type_ is None:
            return None
        sizes = {name: one.get(name) for name in ("original_width", "original_height")}
        found.append({"type": type_, "from_name": key, "value": one, **sizes})
    return found


def _table(tree: Tree, path: str, report: Report) -> Iterator[Task]:
    for where, row in rows(tree, path, report):
        raw: dict[str, Any] = {}
        for key, cell in row.items():
            raw[key] = cell
            if cell[:1] in ("[", "{"):
                try:
                    raw[key] = parse(cell.encode(), where)
                except ReadError:
                    raw[key] = cell  # a text that begins like JSON
        yield _short(raw, where)


def _entry(tree: Tree, task: Task, places: Places) -> Entry:
    media, name, text = _medium(task)
    path = None
    if media == "image":
        path = _find(places, name, task.where)
    elif media in ("sound", "video"):
        wanted = _UPLOADED.sub("", name.rpartition("/")[2])
        path = next((one for one in tree.list() if one == name or one.rpartition("/")[2] in (wanted, name)), None)
    size = size_in(tree, path, *_said(task)) if media == "image" else None
    width, height = size or (None, None)
    fill = partial(_fill, task, size) if task.labelled else None
    side = task.data.get("side") if isinstance(task.data.get("side"), str) else None
    return Entry(
        path or name, task.where, fill, width, height, side or side_of_folders(name), media=media, path=path, text=text
    )


def _said(task: Task) -> tuple[int | None, int | None]:
    """Width and height as the first result with both says them."""
    for result in (one for answer in task.answers for one in answer if isinstance(one, dict)):
        width, height = (number(result.get(key)) for key in ("original_width", "original_height"))
        if 1 <= width < 1e7 and 1 <= height < 1e7:
            return int(width), int(height)
    return None, None


def _find(places: Places, name: str, where: str) -> str | None:
    source = where.rpartition(":")[0]
    found = places.find(name, source)
    if found is None and _UPLOADED.match(name.rpartition("/")[2]):
        found = places.find(_UPLOADED.sub("", name.rpartition("/")[2]), source)
    return found


def _medium(task: Task) -> tuple[str, str, str | None]:
    """Media type, name and text of a task: what its results are about, else what its data looks like."""
    wanted = [
        str(one.get("to_name") or "").lstrip("$") for answer in task.answers for one in answer if isinstance(one, dict)
    ]
    keys = [key for key in wanted if isinstance(task.data.get(key), str)]
    keys += [key for key in ("image", "video", "audio", "text") if key in task.data]
    for key in (*keys, *task.data):
        value = task.data.get(key)
        if isinstance(value, list) and value and isinstance(value[0], dict) and isinstance(value[0].get("url"), str):
            value = value[0]["url"]
        if not isinstance(value, str) or key in ("side", "name"):
            continue
        name = _name(value)
        suffix = suffix_of(name)
        for media, fits in (("image", is_picture(name)), ("sound", suffix in SOUND), ("video", suffix in VIDEO)):
            if fits:
                return media, name, None
        if key in keys:
            return "text", str(task.data.get("name") or task.where), value
    texts = [value for value in task.data.values() if isinstance(value, str)]
    return "text", task.where, max(texts, key=len, default="")


def _name(url: str) -> str:
    """A path out of an address: https://host/a/b.jpg?x → a/b.jpg; /data/local-files/?d=a/b.jpg → a/b.jpg."""
    if "?d=" in url:
        return url.partition("?d=")[2]
    rest = url.partition("://")[2].partition("/")[2] if "://" in url else url
    return rest.partition("?")[0].lstrip("/")


def _fill(task: Task, size: tuple[int, int] | None, marks: ItemMarks) -> None:
    first, *others = task.answers
    Results(first, size).fill(marks)
    for other in others:
        for _ in other:
            marks.refuse("item", "the answer of a further person: one answer an item is read")

"""Recordings as boxes of their frames: the item is a recording, its bytes are its detections as a table."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from tongguan.catalog.formats.base import ReadError
from tongguan.catalog.formats.paths import side_of_folders
from tongguan.catalog.formats.text import read_text
from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ItemUnreadable, RecipeError, UsageProblem
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.reading import open_source
from tongguan.train.recipes.sources.base import Asked, Found, OpenTree, Progress, Source
from tongguan.train.recipes.track_parts.detections import write_detections
from tongguan.train.recipes.track_parts.recordings import (
    Recording,
    detections_of,
    events_of,
    group_of,
    names_of,
    recordings,
    tracks_of,
)

FORMATS = ("auto", "mot", "csv")
RULES = "rules.toml"
MOST_RULES = 1_000_000
PASSED_OVER = ("gt/gt.txt", "labels.txt", "tracks.csv", "events.csv", "readme.txt")
"""Files of a folder of recordings that hold no detections."""


class RecordingTree:
    """Each recording's detections as one table, by the recording's folder."""

    def __init__(self, path: Path) -> None:
        self._tree = open_source(path)
        self._by_name = {name_of(one): one for one in recordings(self._tree)}

    def close(self) -> None:
        """Frees the folder or archive."""
        self._tree.close()

    def list(self) -> list[str]:
        """Names of the recordings."""
        return sorted(self._by_name)

    def size(self, path: str) -> int:
        """Bytes of the table."""
        return len(self._bytes(path))

    def open(self, path: str) -> BinaryIO:
        """The table."""
        return io.BytesIO(self._bytes(path))

    def _bytes(self, path: str) -> bytes:
        if path not in self._by_name:
            raise FileNotFoundError(path)
        return write_detections(detections_of(self._tree, self._by_name[path], tracks=True))


class Recordings:
    """Contract of `Media` for recordings."""

    id = "detections"
    suffixes = frozenset({".csv", ".txt", ".json"})
    at_once = 1

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """Every recording with detections and with the labels that the recipe learns from."""
        if format_id not in FORMATS:
            raise UsageProblem("unknown_format", f"recordings are read as {', '.join(FORMATS)}, not {format_id!r}")
        tree = open_source(path)
        try:
            return _read(path, tree, asked, progress)
        except ReadError as error:
            raise RecipeError("data_unreadable", str(error), path=str(path)) from error
        finally:
            tree.close()

    def open(self, path: Path) -> RecordingTree:
        """The recordings of a folder or archive."""
        return RecordingTree(path)

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The file itself, unless it is one that holds no detections."""
        if not f"/{name}".lower().endswith(tuple(f"/{one}" for one in PASSED_OVER)):
            yield name, content


def name_of(one: Recording) -> str:
    """The item's name."""
    return one.root or "recording"


def _read(path: Path, tree: OpenTree, asked: Asked, progress: Progress | None) -> Source:
    events = asked.manifest.label_kind == "interval"
    found: list[Found] = []
    left_out: list[LeftOut] = []
    for at, one in enumerate(recordings(tree), start=1):
        try:
            content = write_detections(detections_of(tree, one, tracks=events))
            labels: list[LabelRecord] = events_of(tree, one) if events else tracks_of(tree, one)
        except ItemUnreadable as problem:
            left_out.append(LeftOut(name=name_of(one), reason=problem.message))
            continue
        name, side = name_of(one), side_of_folders(f"{one.root}/")
        found.append(Found(name, name, sha256_hex(content), tuple(labels), side, group_of(one)))
        if progress:
            progress(at)
    if not found:
        why = f": {left_out[0].name}: {left_out[0].reason}" if left_out else ""
        raise UsageProblem("format_undecidable", f"{path} holds no labelled recording{why}", candidates=list(FORMATS))
    named = [names_of(tree, one) for one in recordings(tree)]
    facts: dict[str, Any] = {"names": max(named, key=len, default=[])}
    if events:
        facts["rules"] = _rules(tree, asked)
    return Source(
        path=str(path.resolve()),
        format="mot" if any(one.endswith("det/det.txt") for one in tree.list()) else "csv",
        why="folders with detections of the frames",
        sha256=data_digest((one.sha256, label_digest(one.labels)) for one in found),
        found=tuple(found),
        left_out=tuple(left_out),
        facts=facts,
    )


def _rules(tree: OpenTree, asked: Asked) -> str:
    """The text of the rules: of the file that a parameter names, else of `rules.toml` in the data."""
    named = str(getattr(asked.params, "rules", "") or "")
    if named:
        file = Path(named)
        if not file.is_file() or file.stat().st_size > MOST_RULES:
            raise UsageProblem("bad_parameter", f"rules: {named} is no file of rules", parameters=["rules"])
        return file.read_text(encoding="utf-8")
    return read_text(tree, RULES) if RULES in frozenset(tree.list()) else ""

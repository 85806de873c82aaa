"""What `convert` and `inspect` share: opening a source, finding its format, showing progress."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import typer

from tongguan.catalog.formats.base import Format, ReadError, Refused
from tongguan.catalog.formats.registry import FORMATS, PICTURES, Detected, Undecidable, detect
from tongguan.catalog.formats.tree import ArchiveTree, FileTree, FolderTree, open_tree
from tongguan.cli.output import BAD_USAGE, WORK_FAILED, stop

AnyTree = FolderTree | ArchiveTree | FileTree


def open_source(path: Path, json: bool) -> AnyTree:
    """The tree of a folder, archive or file; ends the command where there is none."""
    if not path.exists():
        stop(f"{path}: no such file or folder", BAD_USAGE, json)
    try:
        return open_tree(path)
    except ReadError as error:
        stop(str(error), WORK_FAILED, json)
    except OSError as error:
        stop(f"{path}: {error.strerror or error}", WORK_FAILED, json)


def find_format(tree: AnyTree, wanted: str, option: str, json: bool, *, unlabelled: bool = False) -> Detected:
    """The format that was asked for, or the one clear winner; ends the command with the candidates otherwise."""
    if wanted == PICTURES.id and unlabelled:
        return Detected(PICTURES, f"given by {option}")
    if wanted != "auto":
        return Detected(known_format(wanted, option, json), f"given by {option}")
    try:
        return detect(tree, unlabelled=unlabelled)
    except Undecidable as error:
        candidates = [
            {"format": name, "score": round(score, 2), "why": evidence} for name, score, evidence in error.candidates
        ]
        stop(f"{error}. Say which with {option}.", BAD_USAGE, json, candidates=candidates)


def known_format(name: str, option: str, json: bool) -> Format:
    """A format by its id; ends the command with the ids otherwise."""
    if name not in FORMATS:
        stop(f"{option} {name} is unknown; the formats are {', '.join(FORMATS)}", BAD_USAGE, json)
    return FORMATS[name]


def refused_json(refused: list[Refused]) -> list[dict[str, Any]]:
    """The list `refused` of the commands."""
    return [{"item": each.item, "kind": each.kind, "count": each.count, "reason": each.reason} for each in refused]


class Progress:
    """Counts on stderr: every two seconds on a terminal, every twenty in a log."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = self._said = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __call__(self, items: int) -> None:
        """Says how far the work is, now and then."""
        now = time.monotonic()
        if now - self._said < (2 if self._terminal else 20):
            return
        self._said = now
        rate = items / max(0.001, now - self._begun)
        typer.echo(f"{self._what}: {items:,} items, {rate:,.0f}/s", err=True)

"""What a tree holds to import: pictures with or without labels, and what is left out before anything is read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.paths import is_junk, suffix_of
from tongguan.catalog.formats.registry import CLEAR, FORMATS, PICTURE_FORMATS, Undecidable, detect
from tongguan.catalog.formats.tree import skipped_members
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.catalog.media.image import SUFFIXES
from tongguan.collect.repository.bulk import NewRefusal
from tongguan.collect.service.manifest import MANIFEST, load_manifest
from tongguan.core.errors import Invalid

NONE, AUTO, BY_FOLDER = "none", "auto", "class-folders"


def choose_format(tree: Tree, wanted: str) -> str:
    """The format of a tree's labels: the named one, or the one found. `none` for pictures alone.

    Invalid `collect.format_undecided` names the candidates when several formats fit equally.
    """
    if wanted != AUTO:
        check_format(wanted)
        return wanted
    try:
        found = detect(tree).format.id
        # People sort pictures into folders for many reasons: only who names it means label classes by it.
        return found if found in PICTURE_FORMATS and found != BY_FOLDER else NONE
    except Undecidable as error:
        candidates = [name for name, score, _ in error.candidates if score >= CLEAR]
        if not candidates:
            return NONE
        raise Invalid(
            "collect.format_undecided",
            f"The labels could be {' or '.join(candidates)}: name the format.",
            {"field": "format", "candidates": candidates},
        ) from None


def check_format(wanted: str) -> None:
    """Invalid when a format is not in the registry."""
    if wanted not in (AUTO, NONE) and wanted not in PICTURE_FORMATS:
        raise Invalid(
            "collect.format_unknown",
            f"{wanted[:40]} is not a format: use auto, none, {', '.join(sorted(PICTURE_FORMATS))}.",
            {"field": "format", "known": sorted(PICTURE_FORMATS)},
        )


def entries(tree: Tree, label_format: str, report: Report) -> Iterator[ReadItem]:
    """Every picture once, sorted by name, with its labels where the format has some. Invalid for unusable labels."""
    if label_format == NONE:
        for path in tree.list():
            if is_candidate(path):
                yield ReadItem(path, path, None)
        return
    try:
        for item in FORMATS[label_format].read(tree, report):
            if item.media == "image":
                yield item
            else:
                report.refuse(item.name, "item", f"an item of type {item.media}: projects hold pictures so far")
    except ReadError as error:
        raise Invalid(
            "collect.labels_unreadable", f"The labels cannot be read: {error}", {"detail": str(error)[:500]}
        ) from error


def count_pictures(tree: Tree) -> int:
    """How many entries to expect, for the progress."""
    return sum(is_candidate(path) for path in tree.list())


def is_candidate(path: str) -> bool:
    """Whether a file is opened to see if it is a picture: by its suffix, or because it has none."""
    return suffix_of(path) in SUFFIXES | {""} and not is_junk(path)


def left_out(tree: Tree, label_format: str) -> list[NewRefusal]:
    """Members that are never opened: unsafe ones each by name, files of other types summed by their suffix."""
    refusals = [
        NewRefusal(display_name(name), "unsafe_path", "file", 1, f"left out: {reason}")
        for name, reason in skipped_members(tree)
    ]
    if label_format == NONE:
        other = Counter(
            suffix_of(path)
            for path in tree.list()
            if not is_candidate(path) and not is_junk(path) and path.rpartition("/")[2].lower() != MANIFEST
        )
        refusals += [
            NewRefusal(f"*{suffix}", "wrong_type", "file", number, "these files are not pictures")
            for suffix, number in sorted(other.items())
        ]
    return refusals


def refusals_of(report: Report) -> list[NewRefusal]:
    """What a format's reader left out, as rows. The check names what is wrong where a check of the gate says it."""
    return [
        NewRefusal(
            display_name(refused.item),
            refused.check or _check_of(refused.kind),
            refused.kind,
            refused.count,
            refused.reason,
        )
        for refused in report.refused
    ]


def _check_of(kind: str) -> str:
    if kind in ("item", "file"):
        return "label_file"
    return "label_invalid" if kind in LABEL_KINDS else "label_kind"


def manifest_of(tree: Tree) -> dict[str, dict[str, str]]:
    """The rows of `manifest.csv` at the top of the tree, by item name; empty without one."""
    path = next((path for path in tree.list() if path.lower() == MANIFEST), None)
    if path is None:
        return {}
    with tree.open(path) as file:
        return load_manifest(file)


def display_name(name: str) -> str:
    """A name as text: file names that are not UTF-8 are mostly GBK, which is tried before bytes are replaced."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return raw.decode("utf-8", "replace")
    return name

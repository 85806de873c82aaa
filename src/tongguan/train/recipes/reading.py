"""Reading labelled pictures of a folder or archive: bytes hashed, measured, near-duplicates found. No sides yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongguan.catalog.formats.base import Reader, ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.registry import CLASS_READERS, FORMATS, Undecidable, choose_for_classes, detect
from tongguan.catalog.formats.tree import ArchiveTree, FileTree, FolderTree, open_tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.catalog.media.base import MediaProblem
from tongguan.prepare.checks import Batch, ItemFacts, Measurement, measure
from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest
from tongguan.train.recipes.sources.base import Found, Progress, Source


@dataclass(frozen=True, slots=True)
class _Raw:
    name: str
    path: str
    measurement: Measurement
    labels: tuple[LabelRecord, ...] | None
    side: str | None
    group: str | None


def read_source(path: Path, format_id: str, kinds: Sequence[str], progress: Progress | None = None) -> Source:
    """Reads a folder or archive with labels. Raises UsageProblem where the format cannot be decided.

    kinds: the kinds of label that are wanted, the main one first.

    Left out, with the reason: unlabelled items, absent or broken files, items with labels of other kinds only or with
    labels that could not be read (what they show would be learnt as background).
    """
    tree = open_source(path)
    report = Report()
    left_out: list[LeftOut] = []
    try:
        chosen, why = choose_format(tree, format_id, kinds[0])
        raw = sorted(_measured(tree, chosen, report, left_out, progress), key=lambda one: one.name)
    except ReadError as error:
        raise RecipeError("data_unreadable", str(error), path=str(path)) from error
    finally:
        tree.close()
    groups = _groups(raw) | {one.name: one.group for one in raw if one.group is not None}
    refused = {one.item: one.kind for one in report.refused if one.kind not in ("item", "file", *kinds)}
    found: list[Found] = []
    for one in raw:
        reason = _unusable(one, kinds, refused.get(one.name))
        if reason or one.labels is None:
            left_out.append(LeftOut(name=one.name, reason=reason or "unlabelled"))
        else:
            found.append(_found(one, one.labels, groups[one.name]))
    digest = data_digest((one.measurement.sha256, label_digest(one.labels)) for one in raw)
    left_out.sort(key=lambda one: one.name)
    grouped = any(one.group is not None for one in raw)
    return Source(str(path.resolve()), chosen.id, why, digest, tuple(found), tuple(left_out), grouped)


def _found(one: _Raw, labels: tuple[LabelRecord, ...], group: str) -> Found:
    seen = one.measurement
    size = (seen.width, seen.height, seen.brightness)
    return Found(one.name, one.path, seen.sha256, labels, one.side, group, *size)


def open_source(path: Path) -> FolderTree | ArchiveTree | FileTree:
    """The tree of a folder or archive. Raises UsageProblem where nothing is there, RecipeError where it is broken."""
    if not path.exists():
        raise UsageProblem("data_missing", f"{path}: no such file or folder", path=str(path))
    try:
        return open_tree(path)
    except (ReadError, OSError) as error:
        raise RecipeError("data_unreadable", f"{path}: {error}", path=str(path)) from error


def choose_format(tree: Tree, format_id: str, label_kind: str = "box") -> tuple[Reader, str]:
    """The named format, or for `auto` the one clear winner with its evidence. Raises UsageProblem with candidates."""
    of_items = label_kind == "class"
    if format_id != "auto":
        known: dict[str, Reader] = {one.id: one for one in (*FORMATS.values(), *(CLASS_READERS if of_items else ()))}
        if format_id not in known:
            names = ", ".join(sorted(known))
            raise UsageProblem("unknown_format", f"there is no format {format_id!r}; there is: auto, {names}")
        return known[format_id], "named by the caller"
    try:
        if of_items:
            return choose_for_classes(tree)
        detected = detect(tree)
    except Undecidable as error:
        candidates = [{"format": name, "score": score, "why": why} for name, score, why in error.candidates]
        raise UsageProblem("format_undecidable", f"{error}; name one with --format", candidates=candidates) from error
    return detected.format, detected.why


def _measured(
    tree: Tree, chosen: Reader, report: Report, left_out: list[LeftOut], progress: Progress | None
) -> Iterator[_Raw]:
    for at, item in enumerate(chosen.read(tree, report), start=1):
        if progress:
            progress(at)
        if item.path is None:
            left_out.append(LeftOut(name=item.name, reason="the picture is missing"))
            continue
        try:
            yield _Raw(item.name, item.path, _measure(tree, item), item.labels, item.side, item.group)
        except MediaProblem as problem:
            left_out.append(LeftOut(name=item.name, reason=f"{problem.check}: {problem.detail}"))
        except OSError as error:
            left_out.append(LeftOut(name=item.name, reason=f"unreadable: {error}"))


def _measure(tree: Tree, item: ReadItem) -> Measurement:
    with tree.open(item.path or item.name) as stream:
        # Without a name: a wrong suffix is the data gate's business, the pixels are what is learnt.
        return measure(stream.read(), "")


def _placed(kind: str) -> bool:
    return LABEL_KINDS[kind].geometric


def _unusable(one: _Raw, kinds: Sequence[str], refused: str | None) -> str | None:
    if refused:
        return f"it has labels of kind {refused}, which cannot be learnt here"
    if tuple(kinds) == ("class",) and one.labels is not None:
        classes = {label.label for label in one.labels if label.kind == "class"}
        if len(classes) != 1:
            return f"it has {len(classes)} label classes, where one is wanted"
    others = {label.kind for label in one.labels or () if label.kind not in kinds and _placed(label.kind)}
    if others and any(map(_placed, kinds)):
        return f"it has labels of kind {', '.join(sorted(others))}, which cannot be learnt here"
    if one.labels and all(label.kind not in kinds for label in one.labels):
        found = ", ".join(sorted({label.kind for label in one.labels}))
        return f"it has no {kinds[0]}, only {found}"
    return None


def _groups(raw: list[_Raw]) -> dict[str, str]:
    batch = Batch()
    for one in raw:
        batch.add(ItemFacts(one.name, one.measurement))
    return {facts.name: first.measurement.sha256 for facts, first in batch.clusters() if first.measurement is not None}

"""`tongguan convert`: labels and pictures from one format to another."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from tongguan.catalog.formats.base import Format, ReadError
from tongguan.catalog.formats.convert import Conversion, convert, labels_alone_problem
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.formats.sink import FolderSink, ZipSink
from tongguan.cli.output import BAD_USAGE, WORK_FAILED, stop, write_json
from tongguan.cli.trees import AnyTree, Progress, find_format, known_format, open_source, refused_json

# Items come and go by the million and hold no circles; looking for circles among them every 700 would take its time.
GARBAGE_EVERY = 20_000
_FORMATS = ", ".join(FORMATS)


def command(
    src: Annotated[Path, typer.Argument(help="A folder, an archive (zip, tar), or one label file.")],
    dst: Annotated[Path, typer.Argument(help="A folder that is empty or not there yet, or a name ending in .zip.")],
    to: Annotated[str, typer.Option("--to", help=f"One of {_FORMATS}.")],
    source: Annotated[str, typer.Option("--from", help=f"auto, or one of {_FORMATS}.")] = "auto",
    allow_loss: Annotated[
        bool, typer.Option("--allow-loss", help="Exit code 0 although something is left out.")
    ] = False,
    rounded: Annotated[bool, typer.Option("--round", help="Round coordinates to whole pixels.")] = False,
    no_pictures: Annotated[
        bool,
        typer.Option("--no-pictures", help="Label files alone: pictures, videos and recordings stay where they are."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Convert labels and pictures to another format.

    What the target cannot hold is left out, listed under `refused`, and makes the exit code 1. With --no-pictures the
    same label files are written as with them; put the pictures beside to read them (docs/guides/formats.md).

    Example: tongguan convert plates plates-yolo --from voc --to yolo --json
    """
    gc.set_threshold(GARBAGE_EVERY)
    target = known_format(to, "--to", json)
    if source != "auto":
        known_format(source, "--from", json)
    problem = labels_alone_problem(target) if no_pictures else None
    if problem:
        stop(f"--no-pictures: {problem}", BAD_USAGE, json)
    _check_target(src, dst, json)
    tree = open_source(src, json)
    try:
        found = find_format(tree, source, "--from", json)
        done = _write(tree, found.format, target, dst, rounded, not no_pictures, json)
    finally:
        tree.close()
    if json:
        write_json(
            {
                "format": found.format.id,
                "why": found.why,
                "read": {"items": done.read.items, "labels": done.read.labels},
                "written": {"items": done.written.items, "labels": done.written.labels, "files": done.written.files},
                "refused": refused_json(done.refused),
                "notes": done.notes,
            }
        )
    else:
        _print(done, found.format.id, found.why, to, dst)
    if done.refused and not allow_loss:
        raise typer.Exit(WORK_FAILED)


def _check_target(src: Path, dst: Path, json: bool) -> None:
    if dst.resolve() == src.resolve():
        stop("the target is the source itself; nothing was written", BAD_USAGE, json)
    if dst.is_dir() and any(dst.iterdir()):
        stop(f"{dst} is not empty; nothing was written", BAD_USAGE, json)
    if dst.exists() and not dst.is_dir():
        stop(f"{dst} exists already; nothing was written", BAD_USAGE, json)


def _write(
    tree: AnyTree, source: Format, target: Format, dst: Path, rounded: bool, pictures: bool, json: bool
) -> Conversion:
    """Writes beside the target and renames at the end, so that a broken run leaves nothing behind."""
    partial = dst.parent / f".{dst.name}.partial-{os.getpid()}"
    zipped = dst.suffix.lower() == ".zip"
    try:
        dst.parent.mkdir(parents=True, exist_ok=True)
        sink = ZipSink(partial) if zipped else FolderSink(partial)
        try:
            done = convert(tree, source, target, sink, rounded=rounded, pictures=pictures, progress=Progress("convert"))
        finally:
            sink.close()
        if not done.read.items:
            reasons = "; ".join(f"{each.item}: {each.reason}" for each in done.refused[:5])
            stop(f"nothing to convert was found as {source.id}. {reasons}".strip(), WORK_FAILED, json)
        partial.replace(dst)
    except (OSError, ReadError) as error:
        stop(f"{error}; nothing was written", WORK_FAILED, json)
    finally:
        _remove(partial)
    return done


def _remove(partial: Path) -> None:
    if partial.is_dir():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        partial.unlink(missing_ok=True)


def _print(done: Conversion, source: str, why: str, target: str, dst: Path) -> None:
    labels = ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.written.labels.items())) or "no labels"
    typer.echo(f"{source} → {target} ({why})")
    typer.echo(f"{dst}: {done.written.items:,} items, {labels}, {done.written.files:,} files")
    for note in done.notes:
        typer.echo(f"note: {note}")
    for each in done.refused[:20]:
        typer.echo(f"left out: {each.item}: {each.count} {each.kind}: {each.reason}", err=True)
    if len(done.refused) > 20:
        typer.echo(f"left out: {len(done.refused) - 20} more; --json lists all", err=True)

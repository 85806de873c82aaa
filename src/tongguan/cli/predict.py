"""`tongguan predict`: what a trained model says about files, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from tongguan.catalog.labels.base import LabelRecord
from tongguan.cli.output import BAD_USAGE, WORK_FAILED, stop, write_json
from tongguan.cli.progress import RunProgress, fail
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import ItemUnreadable, ModelRefused, Predictor
from tongguan.train.recipes.sources.base import Media
from tongguan.train.recipes.sources.registry import media_of


def command(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run, or its folder `model`.")],
    files: Annotated[list[str], typer.Argument(help="Files, or folders that are searched for them.")],
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0, max=1, help="List only marks with at least this score.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """List the marks of a model: all with a score of 0.01 or more, at most 100 an item.

    `threshold` in the answer is the operating point that was fixed in training. A file that cannot be read is listed
    under `refused`, and makes the exit code 1.

    Example: tongguan predict runs/first plates/a.jpg more-plates/ --threshold 0.3 --json
    """
    shown = RunProgress()
    for given in [str(run), *files]:
        if not Path(given).exists():
            stop(f"{given}: no such file or folder", BAD_USAGE, json)
    try:
        predictor = load_predictor(run)
    except ModelRefused as problem:
        fail(problem, WORK_FAILED, json)
    predictions: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    media = media_of(predictor.recipe)
    for name, file in _listed(files, media.suffixes):
        _one(predictor, media, (name, file), threshold, (predictions, refused))
        shown.now_and_then(f"{len(predictions):,} files")
    answer: dict[str, Any] = {
        "threshold": predictor.threshold if threshold is None else threshold,
        "predictions": predictions,
        "refused": refused,
    }
    if json:
        write_json(answer)
    else:
        _print(answer)
    if refused:
        raise typer.Exit(WORK_FAILED)


def _listed(files: list[str], suffixes: frozenset[str]) -> Iterator[tuple[str, Path]]:
    """(name in the answer, file): arguments as typed; below a folder the `/` path relative to it, sorted."""
    for typed in files:
        file = Path(typed)
        if not file.is_dir():
            yield typed, file
            continue
        inside = [one for one in file.rglob("*") if one.suffix.lower() in suffixes and one.is_file()]
        yield from sorted((one.relative_to(file).as_posix(), one) for one in inside)


def _one(
    predictor: Predictor,
    media: Media,
    named: tuple[str, Path],
    threshold: float | None,
    told: tuple[list[dict[str, Any]], list[dict[str, str]]],
) -> None:
    """All items of one file: the file itself, its rows, its lines."""
    (name, file), (predictions, refused) = named, told
    least = 0.0 if threshold is None else threshold
    try:
        members = list(media.members(name, file.read_bytes()))
        for start in range(0, len(members), media.at_once):
            some = members[start : start + media.at_once]
            for (item, _), marks in zip(some, predictor.predict([content for _, content in some]), strict=True):
                labels = [_mark(mark) for mark in marks if mark.score is None or mark.score >= least]
                predictions.append({"item": item, "labels": labels})
    except ItemUnreadable as problem:
        refused.append({"item": name, "reason": problem.message})
    except OSError as error:
        refused.append({"item": name, "reason": str(error.strerror or error)})


def _mark(mark: LabelRecord) -> dict[str, Any]:
    # A series is named by its column and has no score. A track has a number, an event its evidence.
    without = {"origin", *(("label", "score") if mark.kind == "series" else ())}
    without |= {name for name in ("id", "attributes") if not getattr(mark, name)}
    return mark.model_dump(mode="json", exclude=without)


def _print(answer: dict[str, Any]) -> None:
    for one in answer["predictions"]:
        above = [mark for mark in one["labels"] if (mark.get("score") or 0.0) >= answer["threshold"]]
        typer.echo(f"{one['item']}: {len(above)} marks from {answer['threshold']:.4f}, {len(one['labels'])} in all")
        for mark in above:
            place = " ".join(f"{key} {mark[key]:g}" for key in ("x", "y", "width", "height") if key in mark)
            if "start" in mark:
                place = f"{mark['start']}–{mark['end']} {mark.get('text', mark.get('axis', ''))}"
            if "keyframes" in mark:
                place = f"frames {mark['keyframes'][0]['frame']}–{mark['keyframes'][-1]['frame']}"
            typer.echo(f"  {mark['score']:.3f} {mark['label']}  {place}")
    for one in answer["refused"]:
        typer.echo(f"refused: {one['item']}: {one['reason']}", err=True)

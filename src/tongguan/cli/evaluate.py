"""`tongguan evaluate`: how good a trained model is on labelled data, without a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from tongguan.cli.output import BAD_USAGE, WORK_FAILED, stop, write_json
from tongguan.cli.progress import RunProgress, fail
from tongguan.evaluate.measure import Evaluation, evaluate
from tongguan.evaluate.measure.forecasts import ForecastEvaluation, evaluate_forecast, forecast_page
from tongguan.evaluate.measure.page import page
from tongguan.evaluate.measure.watchers import WatcherEvaluation, evaluate_watcher, watcher_page
from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.model_folder import find_model, read_card
from tongguan.train.recipes.registry import recipe


def command(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    data: Annotated[Path, typer.Option("--data", help="Folder or archive with labelled items.")],
    format_: Annotated[str, typer.Option("--format", help="auto, coco, voc, yolo, class-folders or csv.")] = "auto",
    compare: Annotated[Path | None, typer.Option("--compare", help="Another run, measured on the same items.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with figures and worst pictures.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Measure a model.

    On the data of its own run its test side is measured, else its kept side; on other data every labelled item.

    Example: tongguan evaluate runs/first --data plates-of-may/ --html may.html --json
    """
    shown = RunProgress()
    for folder in (run, compare):
        if folder is not None and not folder.exists():
            stop(f"{folder}: no such folder", BAD_USAGE, json)
    try:
        done, text = _measured((run, compare), data, format_, shown)
        if html:
            html.write_text(text(), encoding="utf-8")
    except UsageProblem as problem:
        fail(problem, BAD_USAGE, json)
    except RecipeError as problem:
        fail(problem, WORK_FAILED, json)
    except OSError as error:
        stop(f"{error.filename or html}: {error.strerror or error}", WORK_FAILED, json)
    if json:
        write_json(done.as_json())
    else:
        _print(done.as_json())


def _measured(
    runs: tuple[Path, Path | None], data: Path, format_id: str, shown: RunProgress
) -> tuple[Evaluation | ForecastEvaluation | WatcherEvaluation, Callable[[], str]]:
    """The outcome, and how its page is made."""
    run, compare = runs
    if _task(run) == "forecasting":
        forecast = evaluate_forecast(run, data, format_id, compare, shown.judge)
        return forecast, lambda: forecast_page(forecast)
    if _task(run) == "anomaly":
        watched = evaluate_watcher(run, data, format_id, compare)
        return watched, lambda: watcher_page(watched)
    done = evaluate(run, data, format_id, compare, shown.judge)
    return done, lambda: page(done)


def _task(run: Path) -> str:
    return recipe(read_card(find_model(run)).recipe).task


def _print(answer: dict[str, Any]) -> None:
    typer.echo(f"{answer['items']} items ({answer['side']}), {answer['overlap']} of them trained on")
    for name, one in answer["metrics"].items():
        typer.echo(f"{name:10} {_figure(one)}")
        for label, value in answer["classes"][name].items():
            typer.echo(f"  {label[:28]:28} {_figure(value)}")
    at = answer.get("at_threshold")
    if at:
        typer.echo(
            f"at threshold {answer['threshold']:.4f}: precision {at['precision']:.3f}, recall {at['recall']:.3f}, "
            f"F1 {at['f1']:.3f}"
        )
    for one in answer.get("warnings", []):
        typer.echo(f"warning: {one['message']}")
    for name, one in answer.get("compare", {}).get("difference", {}).items():
        typer.echo(f"difference in {name:10} {_figure(one)}")


def _figure(one: dict[str, float | None]) -> str:
    if one["value"] is None:
        return "–"
    return f"{one['value']:.3f}" + ("" if one["low"] is None else f"  ({one['low']:.3f} to {one['high']:.3f})")

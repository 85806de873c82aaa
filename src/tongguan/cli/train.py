"""`tongguan train`: a model from labelled data, without a server."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from tongguan.cli.output import BAD_USAGE, WORK_FAILED, stop, write_json
from tongguan.cli.parameters import from_file, pairs, share
from tongguan.cli.progress import RunProgress, fail
from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.folder import Run, RunFolder
from tongguan.train.recipes.items import BY_CLUSTER, BY_GROUP, Gathered, read_gathered
from tongguan.train.recipes.registry import RECIPES, recipe
from tongguan.train.recipes.sources.registry import gather
from tongguan.train.recipes.start import Wish, checked_params, open_or_continue
from tongguan.train.recipes.supervise import Cancelled, train_run

KEPT = 0.15


def command(
    recipe_id: Annotated[str, typer.Option("--recipe", help=f"One of: {', '.join(sorted(RECIPES))}.")],
    data: Annotated[Path, typer.Option("--data", help="Folder or archive with labelled items.")],
    out: Annotated[str, typer.Option("--out", help="Folder of the run; an unfinished run there is continued.")],
    format_: Annotated[str, typer.Option("--format", help="auto, coco, voc, yolo, class-folders or csv.")] = "auto",
    minutes: Annotated[float | None, typer.Option("--minutes", help="Minutes to train; the steps are planned.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter as key=value, e.g. steps=400 or kept=0.2 (share kept for measuring)."),
    ] = None,
    params: Annotated[Path | None, typer.Option("--params", help="Parameters as a JSON or TOML file.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Same seed, same result.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Train a model. The same command with the same --out goes on with an unfinished run.

    Example: tongguan train --recipe detection --data plates/ --out runs/first --minutes 10 --json
    """
    started = time.monotonic()
    shown = RunProgress()
    try:
        settings = {**from_file(params), **pairs(set_ or [])}
        kept = share(settings.pop("kept", KEPT))
        _check_early(recipe_id, settings, minutes, Path(out))
        gathered = _gather(recipe_id, data, format_, kept, settings, shown)
        wish = Wish(recipe_id, settings, kept=kept, seed=seed, minutes=minutes)
        folder, continued = open_or_continue(Path(out), wish, gathered)
        if continued:
            shown.say(f"going on with the run in {out}")
        run = train_run(folder.path, on_event=shown.event, spent=time.monotonic() - started)
    except UsageProblem as problem:
        fail(problem, BAD_USAGE, json)
    except RecipeError as problem:
        fail(problem, WORK_FAILED, json)
    except (Cancelled, KeyboardInterrupt):
        stop(f"stopped; the same command goes on with the run in {out}", WORK_FAILED, json)
    except OSError as error:
        stop(f"{error.filename or out}: {error.strerror or error}", WORK_FAILED, json)
    answer = _answer(out, run, read_gathered(folder.items_file))
    if json:
        write_json(answer)
    else:
        _print(answer)


def _check_early(recipe_id: str, settings: dict[str, Any], minutes: float | None, out: Path) -> None:
    """What can be refused before any item is read."""
    recipe(recipe_id)
    checked_params(recipe_id, settings)
    if minutes is not None and not 0 < minutes <= 100_000:
        raise UsageProblem("bad_minutes", f"--minutes must be above 0, not {minutes:g}")
    folder = RunFolder(out)
    if folder.run_file.exists() and folder.read().state == "finished":
        raise UsageProblem("run_finished", f"{out} holds a finished run; choose another --out", path=str(out))


def _gather(
    recipe_id: str, data: Path, format_id: str, kept: float, settings: dict[str, Any], shown: RunProgress
) -> Gathered:
    shown.say(f"reading {data}")
    return gather(recipe_id, data, format_id, settings, kept, shown.read)


def _answer(out: str, run: Run, gathered: Gathered) -> dict[str, Any]:
    result = run.result or {}
    return {
        "run": out,
        "recipe": run.asked.recipe,
        "minutes": round(run.seconds / 60, 3),
        "items": len(gathered.items) + len(gathered.left_out),
        "split": gathered.counts(),
        "data": {
            "target": recipe(run.asked.recipe).label_kind,
            "group": _group_words(gathered),
            "excluded": [],
            "format": gathered.format,
            "sha256": gathered.sha256,
            **_decided(result.get("data") or gathered.facts),
        },
        **{name: value for name, value in result.items() if name != "data"},
        "seed": run.asked.seed,
        "params": run.asked.params,
        "threads": run.threads,
        "sessions": run.sessions,
        "warnings": run.warnings,
        "left_out": [{"item": one.name, "reason": one.reason} for one in gathered.left_out],
    }


def _decided(decided: dict[str, Any]) -> dict[str, Any]:
    """Of a table: its target and group, and the columns that were refused as inputs, with the reasons beside."""
    facts = dict(decided)
    if "excluded" in facts:
        facts["why_excluded"] = {one["column"]: f"{one['why']}: {one['detail']}" for one in facts["excluded"]}
        facts["excluded"] = [one["column"] for one in facts["excluded"]]
    return facts


def _group_words(gathered: Gathered) -> str:
    return BY_GROUP if BY_GROUP in gathered.by else BY_CLUSTER


def _print(answer: dict[str, Any]) -> None:
    split = answer["split"]
    typer.echo(f"{answer['run']}: {answer['recipe']}, {answer['steps']} steps in {answer['minutes']:.1f} minutes")
    typer.echo(
        f"items {answer['items']}: train {split['train']}, kept {split['kept']}, test {split['test']}, "
        f"left out {split['left_out']} (by {split['by']})"
    )
    for name, one in answer["metrics"].items():
        interval = "" if one["low"] is None else f"  ({one['low']:.3f} to {one['high']:.3f})"
        typer.echo(f"{name:10} {'–' if one['value'] is None else format(one['value'], '.3f')}{interval}")
    typer.echo(f"threshold  {answer['threshold']:.4f}: {answer['threshold_from']}")

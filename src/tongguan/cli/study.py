"""`tongguan study`: which parameters train the best model, without a server."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer

from tongguan.cli.output import BAD_USAGE, WORK_FAILED, stop, write_json
from tongguan.cli.parameters import fixed_and_varied, pairs, share
from tongguan.cli.progress import RunProgress, fail
from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.items import Gathered
from tongguan.train.recipes.registry import RECIPES, load_adviser
from tongguan.train.recipes.sources.registry import gather
from tongguan.train.recipes.start import checked_params
from tongguan.train.recipes.studies.conduct import Following, describe, run_study, studied
from tongguan.train.recipes.studies.confirm import confirmed
from tongguan.train.recipes.studies.folder import StudyFolder
from tongguan.train.recipes.studies.records import StudyWish, TrialRecord, best_of
from tongguan.train.recipes.supervise import Cancelled

KEPT = 0.15
MOST_PARALLEL = 64


def command(
    recipe_id: Annotated[str, typer.Option("--recipe", help=f"One of: {', '.join(sorted(RECIPES))}.")],
    data: Annotated[Path, typer.Option("--data", help="Folder or archive with labelled items.")],
    trials: Annotated[int, typer.Option("--trials", min=1, max=10_000, help="Trainings in all.")],
    format_: Annotated[str, typer.Option("--format", help="auto, coco, voc, yolo, class-folders or csv.")] = "auto",
    minutes: Annotated[float | None, typer.Option("--minutes", help="Minutes of each trial.")] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", help="Folder of the study; by itself study-RECIPE-HASH here. It is continued."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="key=value fixes; key=LOW:HIGH[:log] or key=a,b varies; search=KEY,KEY: these vary; parallel=N.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Same seed, same result.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Search for good parameters. Held-out training items decide; what is kept or tested is never looked at.

    The first trial has the recipe's own parameters. The same command goes on with an unfinished study, or adds trials.

    Example: tongguan study --recipe detection --data plates/ --trials 20 --minutes 3 --set search=size,zoom --json
    """
    shown = RunProgress()
    try:
        settings: dict[str, Any] = dict(pairs(set_ or []))
        kept = share(settings.pop("kept", KEPT))
        parallel = _parallel(settings.pop("parallel", "1"))
        if minutes is not None and not 0 < minutes <= 100_000:
            raise UsageProblem("bad_minutes", f"--minutes must be above 0, not {minutes:g}")
        wish = _wish(recipe_id, settings, minutes, seed)
        gathered = _gather(wish, data, format_, kept, shown)
        folder = StudyFolder(Path(out) if out else Path(_name(wish, gathered)))
        if folder.open(wish, gathered.sha256):
            shown.say(f"going on with the study in {folder.path}")
        with folder.locked():
            run_study(wish, gathered, trials, folder.path, folder, _following(shown, trials), parallel)
            answer = _answer(folder, wish, gathered, data)
    except UsageProblem as problem:
        fail(problem, BAD_USAGE, json)
    except RecipeError as problem:
        fail(problem, WORK_FAILED, json)
    except (Cancelled, KeyboardInterrupt):
        stop("stopped; the same command goes on with the study", WORK_FAILED, json)
    except OSError as error:
        stop(f"{error.filename or out}: {error.strerror or error}", WORK_FAILED, json)
    if json:
        write_json(answer)
    else:
        _print(answer)


def _parallel(value: str) -> int:
    """Trials that run side by side."""
    if not value.isdigit() or not 1 <= int(value) <= MOST_PARALLEL:
        raise UsageProblem("bad_parameter", f"parallel: a number from 1 to {MOST_PARALLEL} is wanted, not {value!r}")
    return int(value)


def _wish(recipe_id: str, settings: dict[str, Any], minutes: float | None, seed: int) -> StudyWish:
    given, space = fixed_and_varied(recipe_id, settings)
    typed = checked_params(recipe_id, given).model_dump(mode="json")
    fixed = {name: typed[name] for name in given}
    return StudyWish(recipe=recipe_id, params=fixed, space=space, seed=seed, minutes=minutes)


def _gather(wish: StudyWish, data: Path, format_id: str, kept: float, shown: RunProgress) -> Gathered:
    shown.say(f"reading {data}")
    gathered = gather(wish.recipe, data, format_id, wish.params, kept, shown.read, always_hold_out=True)
    studied(gathered, wish)
    return gathered


def _name(wish: StudyWish, gathered: Gathered) -> str:
    """A folder of its own for each thing asked, so that the same command finds it again."""
    digest = hashlib.sha256(f"{wish.model_dump_json()} {gathered.sha256}".encode()).hexdigest()
    return f"study-{wish.recipe}-{digest[:8]}"


def _following(shown: RunProgress, trials: int) -> Following:
    def event(number: int, event: dict[str, Any]) -> None:
        if event.get("event") == "holdout":
            shown.say(
                f"trial {number + 1} of {trials}: {event['metric']} {event['holdout']:.3f}, step {event['step']:,}"
            )
        elif event.get("event") == "progress" and event.get("phase") == "train":
            shown.now_and_then(f"trial {number + 1} of {trials}: step {event['step']:,} of {event['of']:,}")

    return Following(event, lambda: False)


def _answer(folder: StudyFolder, wish: StudyWish, gathered: Gathered, data: Path) -> dict[str, Any]:
    records = folder.read()
    best = best_of(records, wish.higher_is_better())
    return {
        "study": str(folder.path),
        **describe(wish, gathered),
        "trials": [one.model_dump(mode="json") for one in records],
        "best": _best(best),
        "importance": load_adviser().importance(wish, records),
        "confirmed": confirmed(wish, gathered, best, folder.path) if best else None,
        "params_file": str(folder.path / "best.json"),
        "train": _train_words(wish, best, data),
    }


def _best(best: TrialRecord | None) -> dict[str, Any] | None:
    return None if best is None else {"number": best.number, "value": best.value, "params": best.params}


def _train_words(wish: StudyWish, best: TrialRecord | None, data: Path) -> list[str] | None:
    """The command that trains with the best parameters."""
    if best is None:
        return None
    words = ["tongguan", "train", "--recipe", wish.recipe, "--data", str(data), "--out", "RUN"]
    for name, value in {**wish.params, **best.params}.items():
        if value is not None:
            words += ["--set", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
    return words


def _print(answer: dict[str, Any]) -> None:
    held = answer["measured_on"]
    typer.echo(f"{answer['study']}: {answer['metric']} on {held['items']} held-out training items")
    for one in answer["trials"]:
        value = "–" if one["value"] is None else f"{one['value']:.4f}"
        params = "  ".join(f"{name}={value}" for name, value in one["params"].items())
        typer.echo(f"{one['number'] + 1:4} {one['state']:7} {value:>7}  {params}")
    if answer["best"] is None:
        typer.echo("no trial finished")
        return
    for name, value in answer["importance"].items():
        typer.echo(f"importance of {name}: {value:.2f}")
    if answer["confirmed"]:
        gain = answer["confirmed"]["difference"]
        span = f"{gain['low']:+.4f} to {gain['high']:+.4f}"
        typer.echo(f"on other folds: {gain['value']:+.4f} ({span}) against the recipe's own parameters")
    typer.echo(f"best: trial {answer['best']['number'] + 1}\n{' '.join(answer['train'])}")

"""Running a study: trial after trial, each a training in a child process, until enough have ended."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongguan.core import failpoints
from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.folder import Run, RunFolder
from tongguan.train.recipes.items import Gathered
from tongguan.train.recipes.plan import read_lines
from tongguan.train.recipes.registry import load_adviser, recipe
from tongguan.train.recipes.start import Wish, checked_params, open_or_continue
from tongguan.train.recipes.studies.records import Ledger, Look, StudyWish, TrialRecord, ended, trial_folder
from tongguan.train.recipes.supervise import Cancelled, train_run

DATA_FAULTS = frozenset({"train.item_unreadable", "train.no_boxes", "train.no_classes", "train.data_unreadable"})
"""Reasons that no other parameters would change."""


@dataclass(frozen=True, slots=True)
class Following:
    """What a study tells on the way: events of the trial under way, and when to stop."""

    on_event: Callable[[int, dict[str, Any]], None]
    should_stop: Callable[[], bool]


def studied(gathered: Gathered, wish: StudyWish) -> Gathered:
    """The training side alone. Raises UsageProblem where no labelled group is held out: nothing could decide."""
    training = gathered.training_only()
    held = [item for item in training.items if item.holdout]
    if not recipe(wish.recipe).folds and not any(item.labels for item in held):
        message = "no labelled group of the training side is held out, so nothing can decide: more data, or holdout="
        raise UsageProblem("study_no_holdout", message, held=len(held))
    params = checked_params(wish.recipe, wish.params)
    if params.last_look() < 1:
        raise UsageProblem("bad_parameter", "looks: a study needs at least one look at the hold-out")
    return training


def measured_on(gathered: Gathered) -> dict[str, Any]:
    """What decides, for people."""
    train = gathered.side("train")
    held = [item for item in train if item.holdout]
    words = "training, held out" if held else "training, parted by the recipe"
    decides = held or train
    return {"items": len(decides), "groups": len({item.group for item in decides}), "side": words}


def run_study(
    wish: StudyWish,
    gathered: Gathered,
    trials: int,
    base: Path,
    ledger: Ledger,
    following: Following,
    parallel: int = 1,
) -> list[TrialRecord]:
    """Goes on until `trials` trials have ended, and returns them. `parallel` trials are chosen and run together, so
    that the choice does not hang on which of them ends first. Raises Cancelled when stopped (the same call goes on),
    RecipeError where the data are at fault or the recipe's own parameters cannot be trained."""
    training = studied(gathered, wish)
    for one in ended(ledger.read()):
        # A kill may have come between writing a trial down and clearing up after it.
        shutil.rmtree(trial_folder(base, one.number), ignore_errors=True)
    while True:
        records = list(ledger.read())
        over = ended(records)
        if len(over) >= trials:
            return over
        running = [one for one in records if one.state == "running"]
        if not running:
            for _ in range(min(parallel, trials - len(over))):
                known = list(ledger.read())
                ledger.write(TrialRecord(number=len(known), params=_next(wish, known)))
            failpoints.hit("study.trial_chosen")
            continue
        if following.should_stop():
            raise Cancelled
        done = _together(wish, training, over, running, base, following)
        failpoints.hit("study.trial_trained")
        for record in done:
            ledger.write(record)
        failpoints.hit("study.trial_stored")
        for record in done:
            shutil.rmtree(trial_folder(base, record.number), ignore_errors=True)
            if record.error and (record.error["code"] in DATA_FAULTS or record.number == 0):
                raise RecipeError(str(record.error["code"]), str(record.error["message"]))


def _together(
    wish: StudyWish,
    training: Gathered,
    over: list[TrialRecord],
    running: list[TrialRecord],
    base: Path,
    following: Following,
) -> list[TrialRecord]:
    """Runs trials side by side, each in its own process. One that is cancelled cancels the study."""
    if len(running) == 1:
        return [_trial(wish, training, over, running[0], base, following)]
    with ThreadPoolExecutor(len(running)) as pool:
        futures = [pool.submit(_trial, wish, training, over, one, base, following) for one in running]
    return [future.result() for future in futures]


def _next(wish: StudyWish, over: list[TrialRecord]) -> dict[str, Any]:
    """First what people would get without a study, then what Optuna suggests."""
    own = checked_params(wish.recipe, wish.params).model_dump(mode="json")
    if not over and all(one.holds(own[name]) for name, one in wish.space.items()):
        return {name: own[name] for name in wish.space}
    suggested: dict[str, Any] = load_adviser().suggest(wish, over)
    return suggested


def _trial(
    wish: StudyWish, training: Gathered, over: list[TrialRecord], record: TrialRecord, base: Path, following: Following
) -> TrialRecord:
    settings = {**wish.params, **record.params}
    asked = Wish(
        wish.recipe, settings, kept=0.0, seed=wish.seed, minutes=wish.minutes, threads=wish.threads, trial=True
    )
    path = trial_folder(base, record.number)
    watching = _Watching(
        load_adviser().Watch(wish, over), RunFolder(path), following, record.number, _looks(settings, wish)
    )
    folder = RunFolder(path)
    finished = folder.run_file.exists() and folder.read().state in ("finished", "failed")
    if not finished:
        path.parent.mkdir(parents=True, exist_ok=True)
        open_or_continue(path, asked, training)
        try:
            if not watching.given_up:
                train_run(path, watching.event, watching.stop)
        except Cancelled:
            if not watching.given_up:
                raise
        except RecipeError as error:
            if error.code == "train.run_busy":
                raise
            return _ended(record, "failed", watching, folder.read(), {"code": error.code, "message": error.message})
    run = folder.read()
    if run.state == "failed" and run.error:
        return _ended(record, "failed", watching, run, run.error)
    return _ended(record, "pruned" if watching.given_up else "done", watching, run, None)


def _looks(settings: dict[str, Any], wish: StudyWish) -> int:
    return checked_params(wish.recipe, settings).last_look()


def _ended(record: TrialRecord, state: Any, watching: _Watching, run: Run, error: dict[str, Any] | None) -> TrialRecord:
    looks = watching.looks
    if state == "done" and not looks:
        state, error = "failed", {"code": "train.study_no_look", "message": "the hold-out was never measured"}
    return TrialRecord(
        number=record.number,
        state=state,
        params=record.params,
        value=looks[-1].value if looks and state != "failed" else None,
        looks=tuple(looks),
        steps=int((run.result or {}).get("steps", looks[-1].step if looks else 0)),
        seconds=round(run.seconds, 1) if run.seconds else None,
        error=error,
    )


class _Watching:
    """The looks of one trial, from the run's figures and then from its events; gives up when the adviser does."""

    def __init__(self, watch: Any, folder: RunFolder, following: Following, number: int, last: int) -> None:
        self._watch, self._following, self._number, self._last = watch, following, number, last
        self.looks: list[Look] = []
        self.given_up = False
        for line in read_lines(folder.metrics_file):
            if "holdout" in line:
                self._add(line)

    def event(self, event: dict[str, Any]) -> None:
        """One event of the training process."""
        if event.get("event") == "holdout":
            self._add(event)
        self._following.on_event(self._number, event)

    def stop(self) -> bool:
        """Whether the training process is to end."""
        return self.given_up or self._following.should_stop()

    def _add(self, line: dict[str, Any]) -> None:
        look = Look(step=line["step"], look=line["look"], value=line["holdout"])
        # A resumed run looks again at what it had seen after its last checkpoint.
        if self.given_up or (self.looks and look.look <= self.looks[-1].look):
            return
        self.looks.append(look)
        # After its last look a trial has cost all that it costs: it may as well count.
        self.given_up = look.look < self._last and bool(self._watch.give_up(look.look, look.value))


def describe(wish: StudyWish, gathered: Gathered) -> dict[str, Any]:
    """What commands and pages say of a study beside its trials."""
    return {
        "recipe": wish.recipe,
        "metric": wish.metric(),
        "higher_is_better": wish.higher_is_better(),
        "measured_on": measured_on(gathered),
        "minutes": wish.minutes if wish.minutes is not None else _own_minutes(wish),
        "seed": wish.seed,
        "params": wish.params,
        "search": {name: one.model_dump(exclude_defaults=True) for name, one in wish.space.items()},
    }


def _own_minutes(wish: StudyWish) -> float | None:
    return None if checked_params(wish.recipe, wish.params).steps is not None else recipe(wish.recipe).minutes

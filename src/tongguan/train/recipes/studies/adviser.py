"""Optuna's part of a study: which parameters come next (TPE), and whether a trial is worth going on with (median).

Optuna keeps nothing: before each question its in-memory study is told anew what our records hold, and the sampler's
seed is that of the study and the trial. So a study that was killed goes on as if it had not been.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from tongguan.train.recipes.search import Range
from tongguan.train.recipes.studies.records import StudyWish, TrialRecord

RANDOM_TRIALS = 5
"""Trials that are drawn evenly before what was learnt guides."""
LEAST_FOR_IMPORTANCE = 8
PRUNE_FROM = 3
"""Finished trials that a trial must be compared with before it is given up."""
FIRST_LOOK = 2
"""One look says little: nothing is given up before this one."""
STATES = {
    "running": TrialState.RUNNING,
    "done": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "failed": TrialState.FAIL,
}


def suggest(wish: StudyWish, before: Sequence[TrialRecord]) -> dict[str, Any]:
    """Values of the varied parameters for the next trial."""
    number = len(before)
    trial = _ask(wish, before, number)
    return {name: _plain(one, trial.params[name]) for name, one in wish.space.items()}


def importance(wish: StudyWish, records: Sequence[TrialRecord]) -> dict[str, float]:
    """How much each varied parameter decides about being among the better trials, adding up to 1 (PED-ANOVA, Watanabe
    et al. 2023). Empty with fewer than 8 finished trials."""
    done = [one for one in records if one.state == "done" and one.value is not None]
    if len(done) < LEAST_FOR_IMPORTANCE or len(wish.space) < 2:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(direction="maximize" if wish.higher_is_better() else "minimize")
        distributions = {name: _distribution(one) for name, one in wish.space.items()}
        for record in done:
            study.add_trial(_told(record, distributions))
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        try:
            found = optuna.importance.get_param_importances(study, evaluator=evaluator)
        except (ValueError, RuntimeError):
            return {}
    return {name: round(float(value), 4) for name, value in found.items()}


class Watch:
    """Decides for one running trial whether its looks promise anything."""

    def __init__(self, wish: StudyWish, before: Sequence[TrialRecord]) -> None:
        self._trial = _ask(wish, before, len(before))

    def give_up(self, look: int, value: float) -> bool:
        """Tells a look; True where the value is worse than the median of the earlier trials at that look."""
        self._trial.report(value, look)
        return self._trial.should_prune()


def _ask(wish: StudyWish, before: Sequence[TrialRecord], number: int) -> Trial:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(
            direction="maximize" if wish.higher_is_better() else "minimize",
            sampler=optuna.samplers.TPESampler(
                n_startup_trials=RANDOM_TRIALS,
                seed=(wish.seed * 1_000_003 + number) % 2**32,
                constant_liar=any(one.state == "running" for one in before),
            ),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=PRUNE_FROM, n_warmup_steps=FIRST_LOOK),
        )
        distributions = {name: _distribution(one) for name, one in wish.space.items()}
        for record in before:
            study.add_trial(_told(record, distributions))
        return study.ask(distributions)


def _told(record: TrialRecord, distributions: dict[str, BaseDistribution]) -> FrozenTrial:
    return create_trial(
        state=STATES[record.state],
        value=record.value if record.state == "done" else None,
        params=record.params,
        distributions=distributions,
        intermediate_values={one.look: one.value for one in record.looks},
    )


def _distribution(one: Range) -> BaseDistribution:
    if one.choices is not None:
        return CategoricalDistribution(one.choices)
    low, high = one.low or 0.0, one.high or 0.0
    if one.whole:
        return IntDistribution(int(low), int(high), log=one.log, step=int(one.step or 1))
    return FloatDistribution(low, high, log=one.log, step=one.step)


def _plain(one: Range, value: Any) -> Any:
    """Four digits say enough of a fraction, and can be typed again."""
    if one.choices is None and not one.whole:
        return min(max(float(f"{value:.4g}"), one.low or 0.0), one.high or 0.0)
    return value

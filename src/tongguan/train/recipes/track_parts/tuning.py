"""Settings learnt from training recordings: random search, then steps near the best; judged on other recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.datasets.splitting import fraction
from tongguan.train.recipes.search import Range

Floats = NDArray[np.float64]
Settings = dict[str, Any]
FOLDS = 3
EXPLORED = 0.6
"""Share of the tries that are drawn from the whole ranges; the others move away from the best one so far."""
STEP = 0.15
"""How far such a move goes, in shares of the range."""
MOVED = 3


@dataclass(frozen=True, slots=True)
class Tuned:
    """best: the chosen settings. inner and first: figure of what is chosen so, and of the settings as given, each on
    recordings that were not chosen by; None where there are too few recordings to part. tried: how many."""

    best: Settings
    inner: float | None
    first: float | None
    tried: int


def tuned(
    first: Settings,
    space: dict[str, Range],
    tries: int,
    seed: int,
    groups: Sequence[str],
    measure: Callable[[Settings], Any],
    figure: Callable[[Any, NDArray[np.int64]], float],
) -> Tuned:
    """Searches from `first` on. measure: what settings give on every recording; figure: of some of the recordings.

    What is better on all recordings is taken only where choosing that way was also better than `first` on recordings
    of folds that it was not chosen by: else `first` stays.
    """
    rng = np.random.default_rng([seed, len(groups)])
    every = np.arange(len(groups))
    tried = [first]
    results = [measure(first)]
    whole = [figure(results[0], every)]
    for settings in _moves(first, space, tries - 1, rng, lambda: tried[int(np.argmax(whole))]):
        tried.append(settings)
        results.append(measure(settings))
        whole.append(figure(results[-1], every))
    best = int(np.argmax(whole))
    folds = _folds(groups)
    if len(folds) < 2:
        return Tuned(first, None, None, len(tried))
    ours, given = [], []
    for fold in folds:
        others = np.setdiff1d(every, fold)
        chosen = int(np.argmax([figure(one, others) for one in results]))
        ours.append(figure(results[chosen], fold))
        given.append(figure(results[0], fold))
    better = float(np.mean(ours)) >= float(np.mean(given))
    return Tuned(tried[best] if better else first, float(np.mean(ours)), float(np.mean(given)), len(tried))


def _folds(groups: Sequence[str]) -> list[NDArray[np.int64]]:
    """Recordings by the hash of their group, in up to three parts of like many groups."""
    names = sorted(set(groups), key=lambda name: fraction(f"tuning {name}"))
    part = {name: at * FOLDS // len(names) if len(names) >= FOLDS else at for at, name in enumerate(names)}
    numbers = np.array([part[name] for name in groups])
    return [np.flatnonzero(numbers == at) for at in range(FOLDS) if (numbers == at).any()]


def _moves(
    first: Settings, space: dict[str, Range], count: int, rng: np.random.Generator, best: Callable[[], Settings]
) -> Iterator[Settings]:
    names = sorted(space)
    for number in range(count if names else 0):
        if number < EXPLORED * count:
            moved = {name: _value(space[name], float(rng.random())) for name in names}
            # Half of them keep some of what was given, which is mostly sensible.
            kept = [name for name in names if rng.random() < 0.5 * (number % 2)]
            yield {**first, **moved, **{name: first[name] for name in kept}}
            continue
        start = best()
        chosen = rng.choice(len(names), size=min(MOVED, len(names)), replace=False)
        moves = {}
        for at in chosen.tolist():
            place = _place(space[names[at]], start[names[at]]) + float(rng.normal(0, STEP))
            moves[names[at]] = _value(space[names[at]], float(np.clip(place, 0, 1)))
        yield {**start, **moves}


def _value(range_: Range, share: float) -> Any:
    if range_.choices is not None:
        return range_.choices[min(int(share * len(range_.choices)), len(range_.choices) - 1)]
    low, high = float(range_.low or 0), float(range_.high or 0)
    value = low * (high / low) ** share if range_.log else low + share * (high - low)
    return round(value) if range_.whole else round(value, 5)


def _place(range_: Range, value: Any) -> float:
    """Where a value lies in its range, 0 to 1."""
    if range_.choices is not None:
        return (range_.choices.index(value) + 0.5) / len(range_.choices) if value in range_.choices else 0.5
    low, high = float(range_.low or 0), float(range_.high or 0)
    if range_.log:
        return float(np.log(max(value, low) / low) / np.log(high / low))
    return (float(value) - low) / (high - low)

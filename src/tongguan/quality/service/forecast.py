"""When a project will be done, as honestly as its own days allow: whole weeks drawn again from the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

WINDOW = 42
LEAST_DAYS = 3
DRAWS = 1000
MOST_DAYS = 730
LOW, HIGH = 10, 90


@dataclass(frozen=True, slots=True)
class Forecast:
    """The days on which the project is done in 10, 50 and 90 of 100 drawn futures; None: later than two years."""

    early: date | None
    middle: date | None
    late: date | None
    days: int


def forecast(done: Sequence[int], left: int, today: date) -> Forecast | None:
    """Draws futures from `done`, the items accepted on each of the last calendar days (oldest first).

    A future is made of blocks of up to seven days in a row, drawn with replacement, so that weekends and good weeks
    stay together (moving-block bootstrap; Kunsch 1989). None while there is too little to draw from: fewer than three
    days, or nothing accepted on any of them. Same input, same answer: the generator's seed is fixed.
    """
    past = np.asarray(done[-WINDOW:], dtype=np.int64)
    if left <= 0 or len(past) < LEAST_DAYS or past.sum() == 0:
        return None
    block = min(7, len(past))
    rng = np.random.default_rng(0)
    starts = rng.integers(0, len(past) - block + 1, (DRAWS, -(-MOST_DAYS // block)))
    futures = past[starts[..., None] + np.arange(block)].reshape(DRAWS, -1).cumsum(axis=1)
    reached = futures >= left
    needed = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, MOST_DAYS + 1)
    early, middle, late = (
        None if days > MOST_DAYS else today + timedelta(days=int(np.ceil(days)))
        for days in np.percentile(needed, (LOW, 50, HIGH))
    )
    return Forecast(early, middle, late, len(past))

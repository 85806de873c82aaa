"""How many steps a run makes: fixed, or planned from measured speed, with every plan written down and replayed.

Progress runs from 0 to 1 and drives the learning rate. Between two plans it is linear in the steps; a re-plan spreads
what is left of it over the steps that are left, so that it never jumps and always ends at 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

WARM_UP = 2
"""Steps that are not timed: memory is taken and kernels are chosen in them."""
PROBE_STEPS = 6
"""Steps after which speed is believed for the first time."""
CHECKS = 20
"""A re-plan is considered this many times over the minutes."""
RECENT = 4
"""Speed is measured over so many looks."""
TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """From step `at` on: `steps` in all. `seconds_per_step` is what was measured, None for a plan without measuring."""

    at: int
    steps: int
    seconds_per_step: float | None
    seconds: float


class Planner:
    """Plans of one run. `file` None keeps them in memory only. most: steps that a plan from a budget never passes,
    where more of them would not help; the run is then over before its time."""

    def __init__(
        self, file: Path | None, steps: int | None, budget: float | None, guess: float = 0.6, most: int | None = None
    ) -> None:
        if steps is None and budget is None:
            raise ValueError("a run needs steps or minutes")
        self._file = file
        self._budget = None if steps is not None else budget
        written = read_plans(file) if file else []
        self._most = most or 10**9
        first = steps if steps is not None else min(self._most, max(PROBE_STEPS + 2, int((budget or 0.0) / guess)))
        self._written = written or [self._write(Plan(0, first, None, 0.0))]
        self._current = self._written[0]
        self._next = 1
        self._start = 0.0
        self._looks: list[tuple[int, float]] = []

    @property
    def steps(self) -> int:
        """Steps in all, as planned now."""
        return self._current.steps

    def progress(self, step: int) -> float:
        """Share done after `step` steps, 0 to 1."""
        span = max(1, self._current.steps - self._current.at)
        return min(1.0, self._start + (1.0 - self._start) * (step - self._current.at) / span)

    def replay(self, step: int, seconds: float) -> None:
        """After loading a checkpoint of `step`: applies the plans that were made until then."""
        while self._next < len(self._written) and self._written[self._next].at <= step:
            self._apply(self._written[self._next])
            self._next += 1
        self._looks = [(step, seconds)]

    def after(self, step: int, seconds: float) -> Plan | None:
        """Call after each step with the seconds of the run so far; returns a new plan when one was made or replayed."""
        if self._next < len(self._written):
            plan = self._written[self._next]
            if plan.at > step:
                return None
            self._next += 1
            self._apply(plan)
            self._looks = [(step, seconds)]
            return plan
        if self._budget is None:
            return None
        plan_now = self._measure(step, seconds, self._budget)
        if plan_now is None:
            return None
        self._written.append(self._write(plan_now))
        self._next = len(self._written)
        self._apply(plan_now)
        return plan_now

    def _measure(self, step: int, seconds: float, budget: float) -> Plan | None:
        if not self._looks:
            if step >= WARM_UP:
                self._looks.append((step, seconds))
            return None
        late = seconds >= budget
        first = step == PROBE_STEPS and len(self._written) == 1
        due = step > PROBE_STEPS and seconds - self._looks[-1][1] >= budget / CHECKS
        if not (first or due or late) or step <= self._looks[-1][0]:
            return None
        # Only the last looks count: the speed of a shared machine changes by two.
        before = self._looks[-RECENT:][0]
        rate = max(1e-6, (seconds - before[1]) / (step - before[0]))
        self._looks.append((step, seconds))
        steps = min(step + max(0 if late else 1, int((budget - seconds) / rate)), max(step, self._most))
        if late:
            steps = step
        left = max(1, self._current.steps - step)
        if not first and not late and abs(steps - self._current.steps) <= TOLERANCE * left:
            return None
        if steps == self._current.steps:
            return None
        return Plan(step, steps, rate, seconds)

    def _apply(self, plan: Plan) -> None:
        self._start = self.progress(plan.at)
        self._current = plan

    def _write(self, plan: Plan) -> Plan:
        if self._file:
            append_line(self._file, asdict(plan))
        return plan


def append_line(file: Path, record: object) -> None:
    """Adds one JSON line."""
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def read_lines(file: Path, good: Callable[[dict[str, object]], bool] | None = None) -> list[dict[str, object]]:
    """The whole lines of a JSON-lines file that may end in the middle of a line; the file is cut back to them."""
    if not file.exists():
        return []
    records = []
    for line in file.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and (good is None or good(record)):
            records.append(record)
    temporary = file.with_suffix(".tmp")
    temporary.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    temporary.replace(file)
    return records


def read_plans(file: Path) -> list[Plan]:
    """The plans written so far, oldest first."""
    return [Plan(**record) for record in read_lines(file)]  # type: ignore[arg-type]

"""The time column of a series: its step, its gaps, and whether it runs forward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tongguan.catalog.media.table.base import Column, Table


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`step` is the median distance of two rows in seconds; `gaps` rows that come later than 1.5 steps, `missing` steps
    left out in all gaps; `backward` rows that do not come after the one before; `repeated` times that occur twice."""

    start: str
    end: str
    step: float
    gaps: int
    missing: int
    backward: int
    repeated: int
    regular: bool


def time_column(table: Table) -> Column | None:
    """The only column of times, else the one named time, date, timestamp, 时间 or 日期; None where there is none."""
    found = [column for column in table.columns if column.type == "time"]
    if len(found) > 1:
        named = [
            c for c in found if c.name.strip().lower() in ("time", "date", "timestamp", "datetime", "时间", "日期")
        ]
        found = named if len(named) == 1 else []
    return found[0] if found else None


def rhythm_of(column: Column) -> Rhythm | None:
    """How a time column runs, in the order of its rows; None with fewer than two times."""
    times = column.numbers[~column.missing]
    if len(times) < 2:
        return None
    steps = np.diff(times)
    forward = steps[steps > 0]
    step = float(np.median(forward)) if len(forward) else 0.0
    wide = steps > 1.5 * step if step else np.zeros(len(steps), dtype=bool)
    ends = Column(column.name, "time", np.array([times.min(), times.max()]), column.codes)
    return Rhythm(
        start=ends.text(0) or "",
        end=ends.text(1) or "",
        step=step,
        gaps=int(wide.sum()),
        missing=int(np.round(steps[wide] / step - 1).sum()) if step else 0,
        backward=int((steps <= 0).sum()),
        repeated=int(len(times) - len(np.unique(times))),
        regular=bool(step and np.allclose(steps, step, rtol=0.01)),
    )

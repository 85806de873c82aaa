"""Runs side by side: what differs in what they were asked, what came out, how fast they went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.errors import Invalid
from tongguan.train.recipes.judging import judge_of
from tongguan.train.recipes.registry import RECIPES
from tongguan.train.schemas import RunComparison, RunDetail
from tongguan.train.service import runs

MOST = 12


def compare(session: Session, project_id: UUID, ids: Sequence[UUID]) -> RunComparison:
    """Two or more runs of a project, oldest first. NotFound for a run of another project."""
    wanted = list(dict.fromkeys(ids))
    if not 2 <= len(wanted) <= MOST:
        raise Invalid("run.compare", f"Choose from 2 to {MOST} trainings.", {"most": MOST})
    found = [runs.detail(session, runs.run_of(session, project_id, one)) for one in wanted]
    found.sort(key=lambda run: run.number)
    metrics = list(dict.fromkeys(name for run in found for name in run.metrics))
    return RunComparison(
        runs=found,
        differs=_differs(found),
        metrics=metrics,
        main=judge_of(RECIPES[found[0].recipe].task).main,
        comparable=len({(run.dataset_version, RECIPES[run.recipe].task) for run in found}) == 1,
    )


def _differs(found: Sequence[RunDetail]) -> dict[str, list[Any]]:
    """Parameters that are not the same in all runs: their values in the order of the runs, None where it has none."""
    names = list(dict.fromkeys(name for run in found for name in run.params))
    values = {name: [run.params.get(name) for run in found] for name in names}
    return {name: row for name, row in values.items() if any(one != row[0] for one in row)}

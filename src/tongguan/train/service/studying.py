"""Running a study in the worker: the same trials as the command's, written down as rows."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tongguan.annotate.interface import anybody_works
from tongguan.core import failpoints
from tongguan.core.clock import now
from tongguan.core.jobs import JobCancelled, JobContext
from tongguan.train import repository
from tongguan.train.models import Study, Trial
from tongguan.train.recipes.reading import read_source
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.sides import decide_sides
from tongguan.train.recipes.start import checked_params, threads_wanted
from tongguan.train.recipes.studies.conduct import Following, measured_on, run_study
from tongguan.train.recipes.studies.records import TrialRecord, best_of
from tongguan.train.recipes.supervise import Cancelled
from tongguan.train.service.materials import version_data
from tongguan.train.service.studies import record_of, wish_of

EVERY = 2.0


def study_folder(context: JobContext, study_id: UUID) -> Path:
    """Where a study works: below the data folder, so that a killed worker finds it again."""
    return context.settings.data_dir / "studies" / str(study_id)


def study(context: JobContext, job_id: UUID, study_id: UUID) -> dict[str, Any]:
    """Runs trials until there are enough, or goes on where a killed worker left off. Returns the best trial."""
    with context.transaction() as session:
        row = session.get_one(Study, study_id)
        if row.state == "done":  # killed after it had ended
            shutil.rmtree(study_folder(context, study_id), ignore_errors=True)
            return _best(row, [record_of(one) for one in repository.trials(session, study_id)])
        row.state, row.started_at = "running", row.started_at or now()
        if row.threads is None:
            wanted = 1 if anybody_works(session) else (context.settings.train_threads or None)
            row.threads = threads_wanted(wanted)
        session.flush()
        session.expunge(row)
    base = study_folder(context, study_id)
    wish = wish_of(row)
    data = version_data(context, row.dataset_version_id, base)
    failpoints.hit("study.data_ready")
    source = read_source(data, "coco", recipe(row.recipe).kinds)
    holdout = checked_params(wish.recipe, wish.params).held_share()
    gathered = decide_sides(source, 0.0, holdout, always_hold_out=True)
    with context.transaction() as session:
        session.get_one(Study, study_id).held = measured_on(gathered)
    try:
        following = _Follow(context, job_id, row.trials)
        over = run_study(wish, gathered, row.trials, base, _Rows(context, study_id), following.following())
    except Cancelled:
        raise JobCancelled from None
    with context.transaction() as session:
        row = session.get_one(Study, study_id)
        row.state, row.ended_at, row.error = "done", now(), None
    failpoints.hit("study.ended")
    shutil.rmtree(base, ignore_errors=True)
    return _best(row, over)


def _best(row: Study, records: Sequence[TrialRecord]) -> dict[str, Any]:
    best = best_of(records, wish_of(row).higher_is_better())
    return {} if best is None else {"trial": best.number, "value": best.value, "params": best.params}


def end(context: JobContext, study_id: UUID, state: str, error: dict[str, Any] | None = None) -> None:
    """Notes how a study ended early; the trials that ended stay, one under way is dropped."""
    with context.transaction() as session:
        row = session.get_one(Study, study_id)
        if row.state in ("queued", "running"):
            row.state, row.error, row.ended_at = state, error, now()
        for trial in repository.trials(session, study_id):
            if trial.state == "running":
                session.delete(trial)
    shutil.rmtree(study_folder(context, study_id), ignore_errors=True)


class _Rows:
    """Contract of `Ledger` over the table of trials."""

    def __init__(self, context: JobContext, study_id: UUID) -> None:
        self._context, self._study_id = context, study_id

    def read(self) -> Sequence[TrialRecord]:
        """All trials by number."""
        with self._context.transaction() as session:
            return [record_of(row) for row in repository.trials(session, self._study_id)]

    def write(self, record: TrialRecord) -> None:
        """Adds or replaces a trial."""
        values = record.model_dump(mode="json")
        with self._context.transaction() as session:
            query = select(Trial).where(Trial.study_id == self._study_id, Trial.number == record.number)
            row = session.scalar(query)
            if row is None:
                session.add(Trial(study_id=self._study_id, **values))
                return
            for name, value in values.items():
                setattr(row, name, value)


class _Follow:
    """Shows which trial is under way, and asks now and then whether somebody wants the study to stop."""

    def __init__(self, context: JobContext, job_id: UUID, trials: int) -> None:
        self._context, self._job_id, self._trials = context, job_id, trials
        self._shown = 0.0

    def following(self) -> Following:
        """As the study takes it."""
        return Following(self._event, lambda: self._context.cancelled(self._job_id))

    def _event(self, number: int, event: dict[str, Any]) -> None:
        del event
        if time.monotonic() - self._shown >= EVERY:
            self._shown = time.monotonic()
            self._context.progress(self._job_id, number, self._trials, "trial")
            failpoints.hit("study.progress")

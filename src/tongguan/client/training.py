"""Calls of training: runs, and studies of their parameters."""

from __future__ import annotations

from typing import Any, cast

from tongguan.client.records import Run, Study
from tongguan.client.resources import OVER, Progress, Resource
from tongguan.client.wire import Flow, operation


class Runs(Resource):
    """Trainings on the server."""

    @operation
    def recipes(self) -> Flow[list[dict[str, Any]]]:
        """What can be trained, with parameters as JSON schema."""
        return cast("list[dict[str, Any]]", (yield from self._get("/recipes")))

    @operation
    def list(self) -> Flow[list[Run]]:
        """Trainings, newest first, at most 200."""
        return (yield from self._list(Run, "/runs", limit=200))

    @operation
    def get(self, run_id: str) -> Flow[Run]:
        """One training with its curve."""
        return Run.read((yield from self._get(f"/runs/{run_id}")))

    @operation
    def start(
        self,
        dataset_version: int,
        recipe: str = "detection",
        params: dict[str, Any] | None = None,
        minutes: float | None = None,
        seed: int = 0,
    ) -> Flow[Run]:
        """Trains a model on a frozen version, in the background; parameters that are not named keep their defaults."""
        wish = {
            "dataset_version": dataset_version,
            "recipe": recipe,
            "params": params or {},
            "minutes": minutes,
            "seed": seed,
        }
        return Run.read((yield from self._post("/runs", wish)))

    @operation
    def wait(self, run: Run, seconds: float = 24 * 3600, progress: Progress | None = None) -> Flow[Run]:
        """Waits for a training; its result names the `model`. JobFailed when there is none."""
        if run.job_id is not None and run.state not in OVER:
            yield from self._wait(run.job_id, seconds, progress)
        return Run.read((yield from self._get(f"/runs/{run.id}")))

    @operation
    def cancel(self, run: Run) -> Flow[Run]:
        """Stops a training at its next step."""
        return Run.read((yield from self._post(f"/runs/{run.id}/cancel")))

    @operation
    def compare(self, *runs: Run) -> Flow[dict[str, Any]]:
        """Trainings side by side: the parameters that differ, figures, curves."""
        chosen = [run.id for run in runs]
        return cast("dict[str, Any]", (yield from self._get("/run-comparison", run=chosen)))


class Studies(Resource):
    """Searches for good parameters."""

    @operation
    def list(self) -> Flow[list[Study]]:
        """Studies, newest first, at most 200."""
        return (yield from self._list(Study, "/studies", limit=200))

    @operation
    def get(self, study_id: str) -> Flow[Study]:
        """One study; `records` are its trials."""
        return Study.read((yield from self._get(f"/studies/{study_id}")))

    @operation
    def start(
        self,
        /,
        dataset_version: int,
        trials: int = 20,
        search: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        **more: Any,
    ) -> Flow[Study]:
        """Searches in the background. `search` names what varies (None: the range that the recipe declares); `more`:
        `recipe`, `minutes` of one trial, `seed`."""
        wish = {"dataset_version": dataset_version, "trials": trials, "search": search, "params": params or {}, **more}
        return Study.read((yield from self._post("/studies", wish)))

    @operation
    def wait(self, study: Study, seconds: float = 24 * 3600, progress: Progress | None = None) -> Flow[Study]:
        """Waits for a study; gives its `best` trial and all `records`. JobFailed when it failed."""
        if study.job_id is not None and study.state not in OVER:
            yield from self._wait(study.job_id, seconds, progress)
        return Study.read((yield from self._get(f"/studies/{study.id}")))

    @operation
    def cancel(self, study: Study) -> Flow[Study]:
        """Stops a study; the trials that have ended stay."""
        return Study.read((yield from self._post(f"/studies/{study.id}/cancel")))

    @operation
    def train(self, study: Study, trial: int | None = None, minutes: float | None = None) -> Flow[Run]:
        """Trains on the study's data with the parameters of its best trial, or of a named one."""
        return Run.read((yield from self._post(f"/studies/{study.id}/runs", {"trial": trial, "minutes": minutes})))

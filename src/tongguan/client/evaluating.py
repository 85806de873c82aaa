"""Calls of benchmarks, evaluations and the champion."""

from __future__ import annotations

from typing import Any, cast

from tongguan.client.records import Benchmark, Evaluation, ThresholdChoice
from tongguan.client.resources import OVER, Progress, Resource
from tongguan.client.wire import Flow, operation


class Evaluations(Resource):
    """Benchmarks and evaluations."""

    @operation
    def benchmarks(self) -> Flow[list[Benchmark]]:
        """Benchmarks, newest first."""
        return (yield from self._list(Benchmark, "/benchmarks"))

    @operation
    def freeze_benchmark(self, dataset_version: int, name: str) -> Flow[Benchmark]:
        """Freezes the kept side of a version as what models are judged on."""
        wish = {"dataset_version": dataset_version, "name": name}
        return Benchmark.read((yield from self._post("/benchmarks", wish)))

    @operation
    def start(self, model: int, benchmark: int | None = None) -> Flow[Evaluation]:
        """Starts measuring a model on a benchmark (the newest), beside the champion."""
        return Evaluation.read((yield from self._post("/evaluations", {"model": model, "benchmark": benchmark})))

    @operation
    def get(self, evaluation_id: str) -> Flow[Evaluation]:
        """One evaluation with everything that was measured."""
        return Evaluation.read((yield from self._get(f"/evaluations/{evaluation_id}")))

    @operation
    def wait(self, evaluation: Evaluation, seconds: float = 3600, progress: Progress | None = None) -> Flow[Evaluation]:
        """Waits for an evaluation; gives its result with the verdict. JobFailed when it failed."""
        if evaluation.job_id is not None and evaluation.state not in OVER:
            yield from self._wait(evaluation.job_id, seconds, progress)
        return Evaluation.read((yield from self._get(f"/evaluations/{evaluation.id}")))

    @operation
    def cancel(self, evaluation: Evaluation) -> Flow[Evaluation]:
        """Stops an evaluation at its next picture."""
        return Evaluation.read((yield from self._post(f"/evaluations/{evaluation.id}/cancel")))

    @operation
    def threshold(
        self, evaluation: Evaluation, miss_fen: int | None = None, false_fen: int | None = None
    ) -> Flow[ThresholdChoice]:
        """The threshold that costs least at these prices of a miss and a false call, with the curve behind it."""
        query = {"miss_fen": miss_fen, "false_fen": false_fen}
        return ThresholdChoice.read((yield from self._get(f"/evaluations/{evaluation.id}/threshold", **query)))

    @operation
    def pictures(
        self, /, evaluation: Evaluation, state: str | None = None, most: int = 100, **where: str
    ) -> Flow[list[dict[str, Any]]]:
        """Pictures with drawn and found labels, the dearest mistakes first: those with a label in `state` (right,
        wrong, missed, invented), of a cell (`truth`, `found`), of a slice (`kind`, `value`)."""
        rows: list[dict[str, Any]] = []
        while len(rows) < most:
            window = {"state": state, "skip": len(rows), "limit": min(200, most - len(rows)), **where}
            page = yield from self._get(f"/evaluations/{evaluation.id}/pictures", **window)
            rows += page["items"]
            if not page["items"] or len(rows) >= page["total"]:
                break
        return rows

    @operation
    def compare(self, first: Evaluation, second: Evaluation) -> Flow[dict[str, Any]]:
        """Two evaluations on one benchmark: paired differences, first minus second, overall and by slice."""
        path = f"/evaluations/{first.id}/compare/{second.id}"
        return cast("dict[str, Any]", (yield from self._get(path)))

    @operation
    def champion(self) -> Flow[dict[str, Any] | None]:
        """The champion of now with who made it one; None while there is none."""
        page = yield from self._get("/champion")
        return cast("dict[str, Any] | None", page["champion"])

    @operation
    def make_champion(self, evaluation: Evaluation, reason: str = "") -> Flow[dict[str, Any]]:
        """Makes the evaluation's model champion; without a passed verdict a reason is needed."""
        wish = {"evaluation_id": evaluation.id, "reason": reason}
        return cast("dict[str, Any]", (yield from self._post("/champion", wish)))

    # Last, since its name hides the type from what follows.
    @operation
    def list(self) -> Flow[list[Evaluation]]:
        """Evaluations, newest first."""
        return (yield from self._list(Evaluation, "/evaluations"))

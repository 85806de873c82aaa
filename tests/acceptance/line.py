"""The second half of the main job: evaluation, the line, and what comes back from it."""

from __future__ import annotations

import contextlib
import io
import statistics
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import httpx
from PIL import Image, ImageEnhance

from tests.acceptance.delivery import Delivery
from tests.acceptance.job import Job
from tests.acceptance.labelling import Labelling
from tests.acceptance.staff import until
from tongguan.cli.simulation.people import difference

ASKED, WRONG = 100, 20
ROUNDS = 4
WINDOW = 50
DARK = 0.55


class Line:
    """From the first model to the line and back."""

    def __init__(self, job: Job, labelling: Labelling, delivery: Delivery) -> None:
        self.job = job
        self.labelling = labelling
        self.delivery = delivery
        self.deployment = ""
        self.measured = 0
        self.answers: list[dict[str, Any]] = []
        self.http = httpx.Client(base_url=str(job.staff.engineer.http.base_url), timeout=60)

    def evaluate(self) -> None:
        """A frozen benchmark of the kept side; the first model on it; the champion."""
        engineer, project = self.job.staff.engineer, self.job.staff.project
        engineer.post(f"{project}/benchmarks", {"dataset_version": 1, "name": "kept side of version 1"})
        done = self._evaluated(1)
        self.measured = done["items"]
        by_class = {row["value"]: row["metrics"] for row in done["slices"] if row["kind"] == "class"}
        for metric in ("map50", "map50_95"):
            self.job.table.add(f"{metric} of model 1", _interval(done["metrics"][metric]))
        self.job.table.add("slices by class", ", ".join(sorted(by_class)), "", bool(by_class))
        self.job.table.add("benchmark items trained on", done["overlap"], "0", done["overlap"] == 0)
        self._crown(done, "the first model: somebody has to begin")
        held = engineer.get(f"{project}/champion")["champion"]
        self.job.table.add("champion", f"model {held['model']}", "model 1", held["model"] == 1)

    def _evaluated(self, model: int) -> dict[str, Any]:
        engineer, project = self.job.staff.engineer, self.job.staff.project
        begun = engineer.post(f"{project}/evaluations", {"model": model, "benchmark": 1})
        engineer.wait_for_job(project, begun["job_id"], 900)
        found: dict[str, Any] = engineer.get(f"{project}/evaluations/{begun['id']}")
        return found

    def _crown(self, evaluation: dict[str, Any], reason: str) -> None:
        trainer, project = self.job.staff.trainer, self.job.staff.project
        body = {"evaluation_id": evaluation["id"], "reason": "" if evaluation["passed"] else reason}
        trainer.post(f"{project}/champion", body)

    def deploy(self) -> None:
        """The champion behind an address of its own, and a camera with a token."""
        engineer, project = self.job.staff.engineer, self.job.staff.project
        monitors = {"drift_window": WINDOW, "missing_minutes": 0, "disagreement": 0.9}
        wish = {"name": "line 1", "model_id": self.delivery.model_id, "sample_share": 0.0, "monitors": monitors}
        made = engineer.post(f"{project}/deployments", wish)
        self.deployment = made["id"]
        device = engineer.post(f"{project}/deployments/{self.deployment}/devices", {"name": "camera"})
        self.http.headers["authorization"] = f"Bearer {device['token']}"

    def ask(self) -> None:
        """The third side as line traffic."""
        engineer, project = self.job.staff.engineer, self.job.staff.project
        rows = list(engineer.pages(f"{project}/dataset-versions/1/entries", side="line", limit=500))
        # They come in the order of their names, one kind of defect after the other: that would be a drift indeed.
        Random(0).shuffle(rows)
        pictures = [self.job.plates / row["name"] for row in rows]
        spent = []
        for at in range(ASKED):
            picture = pictures[at % len(pictures)]
            began = time.perf_counter()
            answer = self._predict(picture.read_bytes(), f"{at}-{picture.name}")
            spent.append(1000 * (time.perf_counter() - began))
            self.answers.append({**answer, "item": rows[at % len(rows)]["name"]})
        verdicts = {kind: sum(one["verdict"] == kind for one in self.answers) for kind in ("ok", "defect", "check")}
        answered = all(one["model"] == 1 for one in self.answers)
        self.job.table.add("pictures of the third side asked", f"{ASKED} of {len(pictures)}: {verdicts}", "", answered)
        spent.sort()
        high = spent[int(0.95 * len(spent))]
        self.job.table.add("predict p50, p95", f"{statistics.median(spent):.1f} ms, {high:.1f} ms")
        own = statistics.median(one["latency_ms"] - one["latency"].get("model", 0.0) for one in self.answers)
        self.job.table.add("of it outside the model, p50 (as the server measures)", f"{own:.1f} ms")

    def _predict(self, content: bytes, name: str) -> dict[str, Any]:
        answer = self.http.post(
            f"/api/v1/deployments/{self.deployment}/predict",
            params={"name": name},
            content=content,
            headers={"content-type": "image/jpeg"},
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _alarms(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.job.staff.engineer.get(f"{self.job.staff.project}/alarms")
        return rows

    def wrong(self) -> None:
        """The operator calls the worst answers wrong; each becomes a task that people answer and inspectors judge."""
        worst = sorted(self._once(), key=self._faults, reverse=True)[:WRONG]
        for answer in worst:
            found = difference(_above(answer), self.job.truth[answer["item"]], 0.5)
            missed = any(one["type"] == "missed" for one in found)
            body = {
                "prediction_id": answer["prediction_id"],
                "kind": "wrong",
                "reason": "missed" if missed else "false_call",
            }
            self.http.post(f"/api/v1/deployments/{self.deployment}/feedback", json=body).raise_for_status()
        engineer, project = self.job.staff.engineer, self.job.staff.project
        until("that every wrong answer is a task", lambda: self._cases("task") >= len(worst), 120)
        self.job.table.add("wrong answers that became tasks", len(worst), str(WRONG), len(worst) == WRONG)
        rounds = 0
        while rounds == 0 or (self._cases("answered") < len(worst) and rounds < ROUNDS):
            self.labelling.all_work()
            self.labelling.settle()
            rounds += 1
            with contextlib.suppress(TimeoutError):  # the loop looks for answers every 15 seconds
                until("that the loop has seen their answers", lambda: self._cases("answered") >= len(worst), 20)
        self.job.table.add("rounds of work until they were answered", rounds)
        with contextlib.suppress(TimeoutError):  # the lines below say where they are
            until("that their labels are accepted", lambda: self._cases("accepted") >= len(worst), 90)
        counts = engineer.get(f"{project}/loop/counts")
        reached = counts["reached"]["accepted"]
        self.job.table.add("their new labels accepted", reached, str(len(worst)), reached == len(worst))
        notes = Counter(row["note"] for row in engineer.pages(f"{project}/loop", limit=200) if row["note"])
        self.job.table.add("the loop", f"{counts['now']}, notes {dict(notes)}")

    def _once(self) -> list[dict[str, Any]]:
        first: dict[str, dict[str, Any]] = {}
        for answer in self.answers:
            first.setdefault(answer["item"], answer)
        return list(first.values())

    def _faults(self, answer: dict[str, Any]) -> int:
        return len(difference(_above(answer), self.job.truth[answer["item"]], 0.5))

    def _cases(self, state: str) -> int:
        """Cases that have come at least as far."""
        order = ("waiting", "task", "answered", "accepted", "frozen", "trained", "evaluated", "deployed")
        rows = self.job.staff.engineer.pages(f"{self.job.staff.project}/loop", limit=200)
        return sum(order.index(row["state"]) >= order.index(state) for row in rows if row["state"] in order)

    def again(self) -> None:
        """The second version, a second model, and the gate's verdict against the champion."""
        trainer, engineer, project = self.job.staff.trainer, self.job.staff.engineer, self.job.staff.project
        version = trainer.post(f"{project}/dataset-versions", {"note": "with what came back from the line"})
        trainer.wait_for_job(project, version["job_id"])
        changes = trainer.get(f"{project}/dataset-versions/1/diff/2")
        self.job.table.add("second version against the first", changes["counts"])
        run = engineer.post(
            f"{project}/runs",
            {"dataset_version": 2, "recipe": "detection", "minutes": self._minutes(), "seed": 0, "params": {}},
        )
        engineer.wait_for_job(project, run["job_id"], 1500)
        done = self._evaluated(2)
        self.job.table.add("map50 of model 2, on the same benchmark", _interval(done["metrics"]["map50"]))
        self.job.table.add("difference to the champion (paired)", _interval(done["difference"]["map50"]))
        reasons = ", ".join(f"{one['code']}: {one['ok']}" for one in done["reasons"])
        self.job.table.add("the gate's verdict", f"{'passed' if done['passed'] else 'not passed'} ({reasons})")
        self.job.table.add("verdict has reasons", len(done["reasons"]), "", bool(done["reasons"]))
        if done["passed"]:
            self._crown(done, "")
        gates = {gate["gate"]: gate["state"] for gate in engineer.get(f"{project}/map")["gates"]}
        self.job.table.add("gates 4 and 5", f"{gates[4]}, {gates[5]}", "open", gates[4] == gates[5] == "open")

    def _minutes(self) -> float:
        return 0.4 if self.job.quick else 3.5

    def walk(self) -> None:
        """From a prediction back to rules and people, and from the rules forward to the line."""
        engineer, project = self.job.staff.engineer, self.job.staff.project
        back = engineer.get(f"{project}/provenance/predictions/{self.answers[0]['prediction_id']}")
        rules = engineer.get(f"{project}/rules/versions")["items"]
        forward = engineer.get(f"{project}/provenance/rules/{rules[0]['id']}")
        both = bool(back.get("rules")) and bool(forward.get("deployments"))
        self.job.table.add("walk back and forward", ", ".join(sorted(back)), "to the rules and to the line", both)

    def shift(self) -> None:
        """Nothing was called out so far, though the monitors looked several times; the lamp grows dim: an alarm must
        come."""
        kinds = [row["kind"] for row in self._alarms()]
        self.job.table.add("false alarms without a shift", ", ".join(kinds) or "0", "0", not kinds)
        for answer in self.answers[: 2 * WINDOW]:
            self._predict(_darker(self.job.plates / answer["item"]), "dim")
        if self.measured < WINDOW:
            # A busy machine labels so few plates in quick mode that the monitors have nothing to compare with.
            words = f"not looked for: {self.measured} plates in the benchmark, {WINDOW} are needed"
            self.job.table.add("alarm after a shift of brightness", words)
            return
        try:
            until("an alarm of brightness", lambda: any(row["kind"] == "brightness" for row in self._alarms()), 120)
            raised = True
        except TimeoutError:
            raised = False
        self.job.table.add("alarm after a shift of brightness", "raised" if raised else "not raised", "raised", raised)


def _above(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "id": str(at)} for at, one in enumerate(answer["labels"]) if one["score"] >= answer["threshold"]]


def _interval(figure: dict[str, Any]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def _darker(picture: Path) -> bytes:
    out = io.BytesIO()
    with Image.open(picture) as opened:
        ImageEnhance.Brightness(opened).enhance(DARK).save(out, "JPEG", quality=92)
    return out.getvalue()

"""What comes out: a frozen version, its exports, a first model with its pre-labels, and pay."""

from __future__ import annotations

import contextlib
import hashlib
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.acceptance import boxes, pay
from tests.acceptance.exports import boxes_of
from tests.acceptance.job import RATES, Job
from tests.acceptance.labelling import Labelling
from tests.acceptance.payslips import command_totals
from tests.acceptance.staff import until

FORMATS_OUT = ("coco", "voc", "yolo")
QUICK_SECONDS = 600


class Delivery:
    """Everything after the accepted answers."""

    def __init__(self, job: Job, labelling: Labelling) -> None:
        self.job = job
        self.labelling = labelling
        self.expected: dict[str, list[dict[str, Any]]] = {}
        self.model_id = ""

    def freeze(self) -> None:
        """A version by near-duplicate cluster; no group lies on two sides."""
        trainer, project = self.job.staff.trainer, self.job.staff.project
        version = trainer.post(f"{project}/dataset-versions", {"note": "first"})
        trainer.wait_for_job(project, version["job_id"])
        self.expected = self.job.records.exportable(1)
        entries = list(trainer.pages(f"{project}/dataset-versions/1/entries", limit=500))
        sides = {side: sum(row["side"] == side for row in entries) for side in ("train", "kept", "line")}
        shares = ", ".join(f"{side} {count} ({count / len(entries):.0%})" for side, count in sides.items())
        self.job.table.add("sides (70/15/15 by group)", shares)
        by_group: dict[str, set[str]] = {}
        for row in entries:
            by_group.setdefault(row["group_key"], set()).add(row["side"])
        torn = sum(len(found) > 1 for found in by_group.values())
        clusters, torn_clusters = self.job.records.torn_clusters(1)
        figure = f"{len(by_group)} groups, {clusters} clusters"
        self.job.table.add("near-duplicates on one side", figure, "none torn", clusters > 0 == torn == torn_clusters)

    def export(self) -> None:
        """Each format twice, read again box by box."""
        wanted = {Path(name).stem: labels for name, labels in self.expected.items()}
        count = sum(map(len, wanted.values()))
        for format_id in FORMATS_OUT:
            first, second = (self._exported(format_id, copy) for copy in (1, 2))
            found = boxes_of(first, format_id)
            same = found.keys() == wanted.keys() and all(
                boxes.same_boxes(found[stem], labels, 0.001) for stem, labels in wanted.items()
            )
            exported = sum(map(len, found.values()))
            self.job.table.add(
                f"exported boxes, {format_id}", f"{exported} in {len(found)}", f"{count} accepted, equal", same
            )
            equal = _digest(first) == _digest(second)
            self.job.table.add(f"two exports, {format_id}", _digest(first)[:12], "the same bytes", equal)

    def _exported(self, format_id: str, copy: int) -> Path:
        manager, project = self.job.staff.manager, self.job.staff.project
        export = manager.post(f"{project}/dataset-versions/1/exports", {"format": format_id})
        manager.wait_for_job(project, export["job_id"])
        target = self.job.folder / f"{format_id}-{copy}.zip"
        manager.download(manager.get(f"{project}/exports/{export['id']}")["url"], target)
        return target

    def train(self) -> None:
        """A detector by the server, on the kept side."""
        engineer, project = self.job.staff.engineer, self.job.staff.project
        # In quick mode what is left of the ten minutes, less what comes after it.
        left = (QUICK_SECONDS - (time.monotonic() - self.job.table.began)) / 60
        minutes = round(min(1.5, max(0.3, left - 4)), 1) if self.job.quick else 3.5
        run = engineer.post(
            f"{project}/runs",
            {"dataset_version": 1, "recipe": "detection", "minutes": minutes, "seed": 0, "params": {}},
        )
        engineer.wait_for_job(project, run["job_id"], 60 * minutes + 600)
        done = engineer.get(f"{project}/runs/{run['id']}")
        figure = done["metrics"]["map50"]
        spent = self.ran_minutes(done)
        shown = f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
        # In quick mode a busy machine gets a few steps only, so that the figure says nothing.
        target = ("", None) if self.job.quick else ("more than 0.2", figure["value"] > 0.2)
        self.job.table.add("mAP50 of the first model", shown, *target)
        self.job.table.add("minutes asked for, from start to end", f"{minutes:g}, {spent:.1f}")
        self.model_id = engineer.get(f"{project}/models")[0]["id"]

    @staticmethod
    def ran_minutes(run: dict[str, Any]) -> float:
        """Minutes from the start of a training to its end."""
        began, ended = (datetime.fromisoformat(run[key]) for key in ("started_at", "ended_at"))
        return (ended - began).total_seconds() / 60

    def prelabel(self) -> None:
        """The model's proposals on what was kept back, and what people made of them."""
        manager, project = self.job.staff.manager, self.job.staff.project
        self.labelling.create(self.job.later)
        job = manager.post(f"{project}/models/{self.model_id}/prelabel")
        done = manager.wait_for_job(project, job["job_id"])["result"]
        self.job.table.add("items with pre-labels, boxes", f"{done['items']}, {done['labels']}", "", done["items"] > 0)
        self.labelling.all_work()
        self.labelling.settle()
        stats = manager.get(f"{project}/prelabel-stats")
        sums = {key: sum(row[key] for row in stats) for key in ("kept", "corrected", "thrown", "drawn")}
        judged = sums["kept"] + sums["corrected"] + sums["thrown"]
        proposed = self.job.records.proposed()
        every = judged == proposed and sum(row["answers"] for row in stats) >= len(self.job.later)
        self.job.table.add("pre-labels", sums, f"each of {proposed} kept, corrected or thrown", every)

    def pay(self) -> None:
        """The period is closed and computed again, from the records and by the command."""
        owner, project = self.job.staff.owner, self.job.staff.project
        with contextlib.suppress(TimeoutError):  # the lines below say when they are not
            # Hidden gold is judged a little later, so both sides are computed anew until they meet.
            until("that work rows are written", lambda: self._open_total() == self._own_total(), 60)
        own = pay.totals(self.job.records, RATES)
        whole = sum(own.values())
        closed = owner.post(f"{project}/pay/periods/close")
        paid = {slip["person_id"]: slip["total_fen"] for slip in closed["slips"]}
        figure = f"{closed['total_fen'] / 100:.2f} yuan, {len(paid)} people"
        self.job.table.add("pay of the closed period", figure, f"{whole / 100:.2f} from raw records", paid == own)
        if paid != own:
            print(*pay.differences(self.job.records), sep="\n", flush=True)
        again = command_totals(owner, f"{project}/pay/periods/{closed['id']}", self.job.folder)
        by_name = {slip["person"]: slip["total_fen"] for slip in closed["slips"]}
        figure = f"{sum(again.values()) / 100:.2f} yuan"
        self.job.table.add("tongguan payslip of its CSV", figure, "equal", again == by_name)

    def _own_total(self) -> int:
        return sum(pay.totals(self.job.records, RATES).values())

    def _open_total(self) -> int:
        found = self.job.staff.owner.get(f"{self.job.staff.project}/pay/periods")["open"]["total_fen"]
        return int(found)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()

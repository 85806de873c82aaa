"""The work: leases pulled at the same time, lots, reviews and rework until every answer is accepted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.acceptance import boxes
from tests.acceptance.job import Job
from tests.acceptance.staff import CARELESS_AT, at_once, until

KEPT_BACK = 60
# In quick mode people label for about so many seconds at the speed of the exams, within these numbers of items.
QUICK_LABELLING, FEWEST_ITEMS, QUICK_ITEMS = 20, 350, 420


class Labelling:
    """Labels what is chosen, and later what was kept back."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def choose(self) -> None:
        """Which items are labelled now, and which are kept back for the model; in quick mode by how fast this goes."""
        trainer, project = self.job.staff.trainer, self.job.staff.project
        rows = trainer.pages(f"{project}/items", state="ok", limit=500)
        rest = [row["id"] for row in rows if row["id"] not in self.job.gold]
        alike = self.job.alike()
        many = len(rest)
        if self.job.quick:
            many = min(QUICK_ITEMS, max(FEWEST_ITEMS, int(QUICK_LABELLING * self.job.speed))) + KEPT_BACK
        # Names are sorted by class: items at even distances, so that each class has its share.
        chosen = [rest[n * len(rest) // many] for n in range(many)]
        # Near-duplicates are labelled now, so that the frozen version has to keep them together.
        self.job.later = [item_id for item_id in chosen if item_id not in alike][:: many // KEPT_BACK][:KEPT_BACK]
        self.job.ordinary = sorted((set(chosen) | alike) - set(self.job.later))
        note = f" of {len(rest)} (quick: a part)" if self.job.quick else ""
        self.job.table.add("items to label, kept back", f"{len(self.job.ordinary)}, {len(self.job.later)}{note}")

    def label(self) -> None:
        """Two rounds of work with review after each, then rework that a manager asks for."""
        self.choose()
        manager, project = self.job.staff.manager, self.job.staff.project
        self.create(self.job.ordinary)
        began = time.monotonic()
        part = len(self.job.ordinary) // (3 * len(self.job.workers))
        self.all_work(part)
        seconds = time.monotonic() - began
        self.settle()
        began = time.monotonic()
        self.all_work()
        seconds += time.monotonic() - began
        self.settle()
        self._send_back(manager)
        self.settle()
        answers = sum(worker.answered for worker in self.job.workers)
        self.job.table.add("answers, rework", f"{answers}, {sum(worker.redone for worker in self.job.workers)}")
        self.job.table.add("answers a second, people at once", f"{answers / seconds:.1f}, {len(self.job.workers)}")
        self._hand_outs()
        first = boxes.total(self.job.records.first_answers().items(), self.job.truth)
        last = boxes.total(self.job.records.settled().items(), self.job.truth)
        self.job.table.add("label error before review", first)
        self.job.table.add("label error after review", last, "lower than before", last.share < first.share)
        settled = len(self.job.records.settled())
        self.job.table.add("items settled", settled, "all tasks", settled == len(self.job.ordinary))
        lots = manager.get(f"{project}/lots")
        states = {state: sum(lot["state"] == state for lot in lots) for state in ("accepted", "screened")}
        self.job.table.add("lots", len(lots), "all ended", sum(states.values()) == len(lots))
        self.job.table.add("lots by end", states)
        verdicts = [one.judged for one in self.job.staff.inspectors]
        self.job.table.add(
            "reviews", {key: sum(one.get(key, 0) for one in verdicts) for key in ("accept", "reject", "fix")}
        )

    def create(self, item_ids: list[str]) -> None:
        """Tasks for these items."""
        manager, project = self.job.staff.manager, self.job.staff.project
        made = manager.post(f"{project}/tasks/create", {"item_ids": item_ids})
        if made["job_id"]:
            manager.wait_for_job(project, made["job_id"])

    def all_work(self, most: int = 1_000_000) -> None:
        """Everybody pulls tasks at the same time, until there are none or so many are done."""
        jobs: list[Callable[[], int]] = [lambda one=worker: one.work(most) for worker in self.job.workers]  # type: ignore[misc]
        at_once(jobs)

    def settle(self) -> None:
        """Lots are closed, work is reviewed and redone until every answer of an ordinary task is accepted."""
        manager, project = self.job.staff.manager, self.job.staff.project
        answered = sum(worker.answered for worker in self.job.workers)
        until("that every answer is in a lot or compared with gold", lambda: self._delivered() >= answered)
        manager.post(f"{project}/lots/close")
        until("that every answer is settled", self._settled, 900)

    def _delivered(self) -> int:
        manager, project = self.job.staff.manager, self.job.staff.project
        lots = sum(int(lot["size"]) for lot in manager.get(f"{project}/lots"))
        return lots + sum(int(row["answers"]) for row in manager.get(f"{project}/gold"))

    def _settled(self) -> bool:
        at_once([inspector.review for inspector in self.job.staff.inspectors])
        at_once([worker.rework for worker in self.job.workers])
        return not any(self._waiting(state) for state in ("submitted", "rejected"))

    def _waiting(self, state: str) -> bool:
        rows = self.job.staff.manager.pages(f"{self.job.staff.project}/annotations", state=state, limit=500)
        return any(row["item_id"] not in self.job.gold for row in rows)

    def _send_back(self, manager: Any) -> None:
        """Six accepted answers go back: three for an own mistake, three because the rules are read in another way."""
        project = self.job.staff.project
        rows = manager.get(f"{project}/annotations", state="accepted", limit=200)["items"]
        ids = [row["id"] for row in rows if row["item_id"] not in self.job.gold][:6]
        for cause, chosen in (("own", ids[:3]), ("rule", ids[3:])):
            manager.post(f"{project}/rework", {"annotation_ids": chosen, "cause": cause, "note": "look again"})

    def _hand_outs(self) -> None:
        taken = [(task, worker.site.person_id) for worker in self.job.workers for task in set(worker.taken)]
        twice = len(taken) - len({task for task, _ in taken})
        twice_by_records = self.job.records.handed_out_twice()
        self.job.table.add(
            "double hand-outs", twice + twice_by_records, f"0 of {len(taken)} tasks", twice == 0 == twice_by_records
        )
        for kind in ("claim", "submit"):
            spent = sorted(1000 * one for worker in self.job.workers for one in worker.spent.get(kind, []))
            high = spent[int(0.95 * len(spent))]
            self.job.table.add(f"{kind} p50, p95", f"{statistics.median(spent):.0f} ms, {high:.0f} ms")

    def catch(self) -> None:
        """Whether quality noticed who grew careless after the exam."""
        flags = self.job.staff.manager.get(f"{self.job.staff.project}/quality")["flags"]
        careless = self.job.staff.workers[CARELESS_AT].site.person_id
        flag = next((row for row in flags if row["person_id"] == careless), None)
        how = f"flagged, {flag['right']} of {flag['answers']} right" if flag else "not flagged"
        self.job.table.add("careless person caught", how, "caught", flag is not None)
        self.job.table.add("others flagged", len(flags) - bool(flag))

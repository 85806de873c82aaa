"""The first gates: import, checks, rules, gold, and who may work."""

from __future__ import annotations

import time
from typing import Any

from tests.acceptance.job import RATES, Job
from tests.acceptance.staff import ANNOTATORS, CARELESS_AT, WEAK_AT, at_once, until
from tongguan.industries.steel_plates import CHECKS, LABEL_SET, guideline_both

GOLD = {"hidden": 0.03, "practice": 0.012, "exam": 0.03}
STUDY_ANSWERS = 15  # five of practice and ten of the exam


class Preparing:
    """From a folder of pictures to people who may label them."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def settings(self) -> None:
        """Lines of quality, shares of the sides, and pay."""
        owner, project = self.job.staff.owner, self.job.staff.project
        settings = owner.get(project)["settings"]
        settings["quality"] |= {"accept_threshold": 0.9, "gate_share": 0.85}
        settings["split"] = {"kept": 0.15, "line": 0.15}
        owner.put(f"{project}/settings", settings)
        owner.put(f"{project}/pay/rates", {"toml": RATES})

    def import_(self) -> None:
        """The folder with its VOC files; copies are refused and the first gate opens."""
        trainer, project = self.job.staff.trainer, self.job.staff.project
        wish = {
            "source": "folder",
            "location": str(self.job.plates),
            "name": "NEU-DET",
            "licence": "research",
            "consent": "public",
            "provenance": "NEU surface defect database",
            "group_rule": "none",
        }
        batch = trainer.post(f"{project}/batches", wish)
        trainer.wait_for_job(project, batch["job_id"])
        until("the check of the batch", lambda: self._batch(batch["id"])["state"] == "done")
        done = self._batch(batch["id"])
        self.batch_id = batch["id"]
        self.job.table.add("format", done["format"], "voc", done["format"] == "voc")
        found = list(trainer.pages(f"{project}/problems", check="duplicate", limit=500))
        pairs = {frozenset((row["item_name"], row["other_name"])) for row in found}
        known = frozenset(("images/patches_101.jpg", "images/patches_105.jpg"))
        self.job.table.add("duplicates found", len(pairs), "patches_101 and patches_105 among them", known in pairs)
        near = sum(1 for _ in trainer.pages(f"{project}/problems", check="near_duplicate", limit=500))
        self.job.table.add("near-duplicates found", near)
        gate = trainer.post(f"{project}/problems/refuse", {"check": "duplicate", "reason": "the first copy stays"})
        for missing in gate["missing"]:
            if check := missing.get("check"):
                gate = trainer.post(f"{project}/problems/refuse", {"check": check, "reason": "blocks the gate"})
        items = done["counts"]["items"]
        self.job.table.add("items", items, f"{len(self.job.truth)}", items == len(self.job.truth))
        refused = trainer.get(f"{project}/items", state="refused", limit=1)["total"]["count"]
        refused += sum(1 for _ in trainer.pages(f"{project}/batches/{batch['id']}/refusals", limit=200))
        self.job.table.add("refused", refused, "the duplicates' copies", refused == len(found))
        self.job.table.add("gate 1", gate["state"], "open", gate["state"] == "open")

    def _batch(self, batch_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.job.staff.trainer.get(f"{self.job.staff.project}/batches/{batch_id}")
        return found

    def rules(self) -> None:
        """Six classes, published."""
        trainer, project = self.job.staff.trainer, self.job.staff.project
        classes = [entry.model_dump(mode="json") | {"attributes": []} for entry in LABEL_SET]
        content = {
            "label_set": classes,
            "guideline": guideline_both(),
            "checks": CHECKS.model_dump(mode="json"),
            "examples": [],
        }
        trainer.post(f"{project}/rules/draft", {"content": content})
        trainer.post(f"{project}/rules/publish", {"note": "six classes"})

    def gold(self) -> None:
        """A part of the imported labels becomes gold."""
        trainer, project = self.job.staff.trainer, self.job.staff.project
        names = trainer.get(f"{project}/imported-names", batch_id=self.batch_id)["items"]
        wish = {
            "batch_id": self.batch_id,
            "mapping": {entry["name"]: entry["suggestion"] for entry in names},
            "use": "gold",
            "share": GOLD,
        }
        job = trainer.wait_for_job(project, trainer.put(f"{project}/label-mapping", wish)["job_id"])
        found = trainer.get(f"{project}/gold")
        alike = self.job.alike()
        for row in found:
            # Near-duplicates stay in the work, so that the frozen version has some to keep together.
            if row["item_id"] in alike:
                trainer.delete(f"{project}/gold/{row['id']}")
        self.job.gold = {row["item_id"] for row in found} - alike
        self.job.table.add("gold of imported labels", job["result"].get("carried"))

    def study(self) -> None:
        """Everybody learns and sits the exam at the same time; then they work as they are used to."""
        began = time.monotonic()
        at_once([worker.study for worker in self.job.staff.workers])
        self.job.speed = STUDY_ANSWERS * len(self.job.staff.workers) / (time.monotonic() - began)
        rows = self.job.staff.trainer.get(f"{self.job.staff.project}/qualifications")["items"]
        passed = {row["person_id"] for row in rows if row["state"] == "open"}
        weak = self.job.staff.workers[WEAK_AT].site.person_id
        careless = self.job.staff.workers[CARELESS_AT].site.person_id
        ok = weak not in passed and careless in passed
        self.job.table.add("people qualified", f"{len(passed)} of {len(ANNOTATORS)}", "not the weak one", ok)
        self.job.workers = [one for one in self.job.staff.workers if one.site.person_id in passed]
        for worker, (_, _, _, habits) in zip(self.job.staff.workers, ANNOTATORS, strict=True):
            worker.habits = habits

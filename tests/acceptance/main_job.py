"""The main job: real plates from a folder to an accepted, frozen, exported and paid data set, and a first model."""

from __future__ import annotations

import contextlib
import hashlib
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.acceptance import boxes, pay
from tests.acceptance.exports import boxes_of
from tests.acceptance.payslips import command_totals
from tests.acceptance.records import Records
from tests.acceptance.server import Server
from tests.acceptance.staff import ANNOTATORS, CARELESS_AT, WEAK_AT, Staff, at_once, hire, until
from tests.acceptance.table import Table
from tongguan.catalog.formats.base import Report
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.formats.tree import FolderTree
from tongguan.industries.steel_plates import CHECKS, LABEL_SET, guideline_both

KEPT_BACK = 60
# In quick mode people label for about so many seconds at the speed of the exams, within these numbers of items.
QUICK_LABELLING, FEWEST_ITEMS, QUICK_ITEMS = 20, 120, 420
QUICK_SECONDS = 600
STUDY_ANSWERS = 15  # five of practice and ten of the exam
FORMATS_OUT = ("coco", "voc", "yolo")
GOLD = {"hidden": 0.03, "practice": 0.012, "exam": 0.03}
RATES = """\
base_fen = 350000
quota_units = 150
[rates]
box = "6.5"
[difficulty]
normal = "1.0"
hard = "1.5"
[[quality]]
at_least = "0.95"
coefficient = "1.1"
[[quality]]
at_least = "0.85"
coefficient = "1.0"
[[quality]]
at_least = "0"
coefficient = "0.8"
"""


class MainJob:
    """Takes the plates of a folder through a server of its own. `quick` labels a part of them and trains shortly."""

    def __init__(self, plates: Path, folder: Path, quick: bool, table: Table) -> None:
        self.plates = plates.resolve()
        self.folder = folder
        self.quick = quick
        self.table = table
        self.truth = _truth(self.plates)
        self.server: Server
        self.staff: Staff
        self.records: Records
        self.ordinary: list[str] = []
        self.later: list[str] = []
        self.speed = 0.0
        self.gold: set[str] = set()
        self.ran: dict[str, float] = {}

    def run(self) -> None:
        """Everything, in the order of the work; the server is ended whatever happens."""
        self.server = Server(self.folder, TONGGUAN_IMPORT_ROOTS=str(self.plates))
        try:
            keys = [entry.key for entry in LABEL_SET]
            self.staff = hire(self.server.address, self.server.link, self.truth, keys)
            self.records = Records(self.folder / "data", self.staff.project_id)
            for step in (
                self._settings,
                self._import,
                self._rules,
                self._gold,
                self._study,
                self._label,
                self._catch,
                self._freeze,
                self._export,
                self._train,
                self._prelabel,
                self._pay,
            ):
                began = time.monotonic()
                step()
                self.ran[step.__name__.strip("_")] = round(time.monotonic() - began, 1)
            self.records.close()
        finally:
            self.server.stop()
            self._log()
        self.table.add("seconds by step", " ".join(f"{name} {seconds:g}" for name, seconds in self.ran.items()))

    def _settings(self) -> None:
        owner, project = self.staff.owner, self.staff.project
        settings = owner.get(project)["settings"]
        settings["quality"] |= {"accept_threshold": 0.9, "gate_share": 0.85}
        settings["split"] = {"kept": 0.15, "line": 0.15}
        owner.put(f"{project}/settings", settings)
        owner.put(f"{project}/pay/rates", {"toml": RATES})

    def _import(self) -> None:
        trainer, project = self.staff.trainer, self.staff.project
        wish = {
            "source": "folder",
            "location": str(self.plates),
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
        self.table.add("format", done["format"], "voc", done["format"] == "voc")
        found = list(trainer.pages(f"{project}/problems", check="duplicate", limit=500))
        pairs = {frozenset((row["item_name"], row["other_name"])) for row in found}
        known = frozenset(("images/patches_101.jpg", "images/patches_105.jpg"))
        self.table.add("duplicates found", len(pairs), "patches_101 and patches_105 among them", known in pairs)
        near = sum(1 for _ in trainer.pages(f"{project}/problems", check="near_duplicate", limit=500))
        self.table.add("near-duplicates found", near)
        gate = trainer.post(f"{project}/problems/refuse", {"check": "duplicate", "reason": "the first copy stays"})
        for missing in gate["missing"]:
            if check := missing.get("check"):
                gate = trainer.post(f"{project}/problems/refuse", {"check": check, "reason": "blocks the gate"})
        items = done["counts"]["items"]
        self.table.add("items", items, f"{len(self.truth)}", items == len(self.truth))
        refused = trainer.get(f"{project}/items", state="refused", limit=1)["total"]["count"]
        refused += sum(1 for _ in trainer.pages(f"{project}/batches/{batch['id']}/refusals", limit=200))
        self.table.add("refused", refused, "the duplicates' copies", refused == len(found))
        self.table.add("gate 1", gate["state"], "open", gate["state"] == "open")

    def _batch(self, batch_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.staff.trainer.get(f"{self.staff.project}/batches/{batch_id}")
        return found

    def _rules(self) -> None:
        trainer, project = self.staff.trainer, self.staff.project
        classes = [entry.model_dump(mode="json") | {"attributes": []} for entry in LABEL_SET]
        content = {
            "label_set": classes,
            "guideline": guideline_both(),
            "checks": CHECKS.model_dump(mode="json"),
            "examples": [],
        }
        trainer.post(f"{project}/rules/draft", {"content": content})
        trainer.post(f"{project}/rules/publish", {"note": "six classes"})

    def _gold(self) -> None:
        trainer, project = self.staff.trainer, self.staff.project
        names = trainer.get(f"{project}/imported-names", batch_id=self.batch_id)["items"]
        wish = {
            "batch_id": self.batch_id,
            "mapping": {entry["name"]: entry["suggestion"] for entry in names},
            "use": "gold",
            "share": GOLD,
        }
        job = trainer.wait_for_job(project, trainer.put(f"{project}/label-mapping", wish)["job_id"])
        found = trainer.get(f"{project}/gold")
        self.gold = {row["item_id"] for row in found}
        self.table.add("gold of imported labels", job["result"].get("carried"))

    def _study(self) -> None:
        began = time.monotonic()
        at_once([worker.study for worker in self.staff.workers])
        self.speed = STUDY_ANSWERS * len(self.staff.workers) / (time.monotonic() - began)
        rows = self.staff.trainer.get(f"{self.staff.project}/qualifications")["items"]
        passed = {row["person_id"] for row in rows if row["state"] == "open"}
        weak = self.staff.workers[WEAK_AT].site.person_id
        careless = self.staff.workers[CARELESS_AT].site.person_id
        ok = weak not in passed and careless in passed
        self.table.add("people qualified", f"{len(passed)} of {len(ANNOTATORS)}", "not the weak one", ok)
        self.workers = [one for one in self.staff.workers if one.site.person_id in passed]
        for worker, (_, _, _, habits) in zip(self.staff.workers, ANNOTATORS, strict=True):
            worker.habits = habits

    def _choose(self) -> None:
        """Which items are labelled now, and which are kept back for the model; in quick mode by how fast this goes."""
        trainer, project = self.staff.trainer, self.staff.project
        every = [row["id"] for row in trainer.pages(f"{project}/items", state="ok", limit=500)]
        rest = [item_id for item_id in every if item_id not in self.gold]
        many = len(rest)
        if self.quick:
            many = min(QUICK_ITEMS, max(FEWEST_ITEMS, int(QUICK_LABELLING * self.speed))) + KEPT_BACK
        # Names are sorted by class: items at even distances, so that each class has its share.
        chosen = [rest[n * len(rest) // many] for n in range(many)]
        self.later = chosen[:: many // KEPT_BACK][:KEPT_BACK]
        held = set(self.later)
        self.ordinary = [item_id for item_id in chosen if item_id not in held]
        note = f" of {len(rest)} (quick: a part)" if self.quick else ""
        self.table.add("items to label, kept back", f"{len(self.ordinary)}, {len(self.later)}{note}")

    def _label(self) -> None:
        self._choose()
        manager, project = self.staff.manager, self.staff.project
        self._create(self.ordinary)
        began = time.monotonic()
        part = len(self.ordinary) // (3 * len(self.workers))
        self._all_work(part)
        seconds = time.monotonic() - began
        self._settle()
        began = time.monotonic()
        self._all_work()
        seconds += time.monotonic() - began
        self._settle()
        self._send_back(manager)
        self._settle()
        answers = sum(worker.answered for worker in self.workers)
        self.table.add("answers, rework", f"{answers}, {sum(worker.redone for worker in self.workers)}")
        self.table.add("answers a second, people at once", f"{answers / seconds:.1f}, {len(self.workers)}")
        self._hand_outs()
        first = boxes.total(self.records.first_answers().items(), self.truth)
        last = boxes.total(self.records.settled().items(), self.truth)
        self.table.add("label error before review", first)
        self.table.add("label error after review", last, "lower than before", last.share < first.share)
        settled = len(self.records.settled())
        self.table.add("items settled", settled, "all tasks", settled == len(self.ordinary))
        lots = manager.get(f"{project}/lots")
        states = {state: sum(lot["state"] == state for lot in lots) for state in ("accepted", "screened")}
        self.table.add("lots", len(lots), "all ended", sum(states.values()) == len(lots))
        self.table.add("lots by end", states)
        verdicts = [one.judged for one in self.staff.inspectors]
        self.table.add(
            "reviews", {key: sum(one.get(key, 0) for one in verdicts) for key in ("accept", "reject", "fix")}
        )

    def _create(self, item_ids: list[str]) -> None:
        manager, project = self.staff.manager, self.staff.project
        made = manager.post(f"{project}/tasks/create", {"item_ids": item_ids})
        if made["job_id"]:
            manager.wait_for_job(project, made["job_id"])

    def _all_work(self, most: int = 1_000_000) -> None:
        jobs: list[Callable[[], int]] = [lambda one=worker: one.work(most) for worker in self.workers]  # type: ignore[misc]
        at_once(jobs)

    def _settle(self) -> None:
        """Lots are closed, work is reviewed and redone until every answer of an ordinary task is accepted."""
        manager, project = self.staff.manager, self.staff.project
        answered = sum(worker.answered for worker in self.workers)
        until("that every answer is in a lot or compared with gold", lambda: self._delivered() >= answered)
        manager.post(f"{project}/lots/close")
        until("that every answer is settled", self._settled, 900)

    def _delivered(self) -> int:
        manager, project = self.staff.manager, self.staff.project
        lots = sum(int(lot["size"]) for lot in manager.get(f"{project}/lots"))
        return lots + sum(int(row["answers"]) for row in manager.get(f"{project}/gold"))

    def _settled(self) -> bool:
        at_once([inspector.review for inspector in self.staff.inspectors])
        at_once([worker.rework for worker in self.workers])
        return not any(self._waiting(state) for state in ("submitted", "rejected"))

    def _waiting(self, state: str) -> bool:
        rows = self.staff.manager.pages(f"{self.staff.project}/annotations", state=state, limit=500)
        return any(row["item_id"] not in self.gold for row in rows)

    def _send_back(self, manager: Any) -> None:
        """Six accepted answers go back: three for an own mistake, three because the rules are read in another way."""
        project = self.staff.project
        rows = manager.get(f"{project}/annotations", state="accepted", limit=200)["items"]
        ids = [row["id"] for row in rows if row["item_id"] not in self.gold][:6]
        for cause, chosen in (("own", ids[:3]), ("rule", ids[3:])):
            manager.post(f"{project}/rework", {"annotation_ids": chosen, "cause": cause, "note": "look again"})

    def _hand_outs(self) -> None:
        taken = [(task, worker.site.person_id) for worker in self.workers for task in set(worker.taken)]
        twice = len(taken) - len({task for task, _ in taken})
        twice_by_records = self.records.handed_out_twice()
        self.table.add(
            "double hand-outs", twice + twice_by_records, f"0 of {len(taken)} tasks", twice == 0 == twice_by_records
        )
        for kind in ("claim", "submit"):
            spent = sorted(1000 * one for worker in self.workers for one in worker.spent.get(kind, []))
            high = spent[int(0.95 * len(spent))]
            self.table.add(f"{kind} p50, p95", f"{statistics.median(spent):.0f} ms, {high:.0f} ms")

    def _catch(self) -> None:
        flags = self.staff.manager.get(f"{self.staff.project}/quality")["flags"]
        careless = self.staff.workers[CARELESS_AT].site.person_id
        flag = next((row for row in flags if row["person_id"] == careless), None)
        how = f"flagged, {flag['right']} of {flag['answers']} right" if flag else "not flagged"
        self.table.add("careless person caught", how, "caught", flag is not None)
        self.table.add("others flagged", len(flags) - bool(flag))

    def _freeze(self) -> None:
        trainer, project = self.staff.trainer, self.staff.project
        version = trainer.post(f"{project}/dataset-versions", {"note": "first"})
        trainer.wait_for_job(project, version["job_id"])
        self.expected = self.records.exportable(1)
        entries = list(trainer.pages(f"{project}/dataset-versions/1/entries", limit=500))
        sides = {side: sum(row["side"] == side for row in entries) for side in ("train", "kept", "line")}
        shares = ", ".join(f"{side} {count} ({count / len(entries):.0%})" for side, count in sides.items())
        self.table.add("sides (70/15/15 by group)", shares)
        by_group: dict[str, set[str]] = {}
        for row in entries:
            by_group.setdefault(row["group_key"], set()).add(row["side"])
        torn = sum(len(found) > 1 for found in by_group.values())
        clusters, torn_clusters = self.records.torn_clusters(1)
        figure = f"{len(by_group)} groups, {clusters} clusters"
        self.table.add("near-duplicates on one side", figure, "none torn", torn == 0 == torn_clusters)

    def _export(self) -> None:
        wanted = {Path(name).stem: labels for name, labels in self.expected.items()}
        count = sum(map(len, wanted.values()))
        for format_id in FORMATS_OUT:
            first, second = (self._exported(format_id, copy) for copy in (1, 2))
            found = boxes_of(first, format_id)
            same = found.keys() == wanted.keys() and all(
                boxes.same_boxes(found[stem], labels, 0.001) for stem, labels in wanted.items()
            )
            exported = sum(map(len, found.values()))
            self.table.add(
                f"exported boxes, {format_id}", f"{exported} in {len(found)}", f"{count} accepted, equal", same
            )
            equal = _digest(first) == _digest(second)
            self.table.add(f"two exports, {format_id}", _digest(first)[:12], "the same bytes", equal)

    def _exported(self, format_id: str, copy: int) -> Path:
        manager, project = self.staff.manager, self.staff.project
        export = manager.post(f"{project}/dataset-versions/1/exports", {"format": format_id})
        manager.wait_for_job(project, export["job_id"])
        target = self.folder / f"{format_id}-{copy}.zip"
        manager.download(manager.get(f"{project}/exports/{export['id']}")["url"], target)
        return target

    def _train(self) -> None:
        engineer, project = self.staff.engineer, self.staff.project
        # In quick mode what is left of the ten minutes, less what comes after it.
        left = (QUICK_SECONDS - (time.monotonic() - self.table.began)) / 60
        minutes = round(min(1.5, max(0.3, left - 3)), 1) if self.quick else 5.0
        run = engineer.post(
            f"{project}/runs",
            {"dataset_version": 1, "recipe": "detection", "minutes": minutes, "seed": 0, "params": {}},
        )
        engineer.wait_for_job(project, run["job_id"], 60 * minutes + 600)
        done = engineer.get(f"{project}/runs/{run['id']}")
        figure = done["metrics"]["map50"]
        spent = self.ran_minutes(done)
        shown = f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
        self.table.add("mAP50 of the first model", shown, "more than nothing", figure["value"] > 0)
        self.table.add("minutes asked for, from start to end", f"{minutes:g}, {spent:.1f}")
        self.model_id = engineer.get(f"{project}/models")[0]["id"]

    @staticmethod
    def ran_minutes(run: dict[str, Any]) -> float:
        """Minutes from the start of a training to its end."""
        from_iso = time.strptime
        began, ended = (from_iso(run[key][:19], "%Y-%m-%dT%H:%M:%S") for key in ("started_at", "ended_at"))
        return (time.mktime(ended) - time.mktime(began)) / 60

    def _prelabel(self) -> None:
        manager, project = self.staff.manager, self.staff.project
        self._create(self.later)
        job = manager.post(f"{project}/models/{self.model_id}/prelabel")
        done = manager.wait_for_job(project, job["job_id"])["result"]
        self.table.add("items with pre-labels, boxes", f"{done['items']}, {done['labels']}", "", done["items"] > 0)
        self._all_work()
        self._settle()
        stats = manager.get(f"{project}/prelabel-stats")
        sums = {key: sum(row[key] for row in stats) for key in ("kept", "corrected", "thrown", "drawn")}
        judged = sums["kept"] + sums["corrected"] + sums["thrown"]
        self.table.add("pre-labels", sums, f"{done['labels']} kept, corrected or thrown", judged == done["labels"])

    def _pay(self) -> None:
        owner, project = self.staff.owner, self.staff.project
        own = pay.totals(self.records, RATES)
        whole = sum(own.values())
        with contextlib.suppress(TimeoutError):  # the lines below say when they are not
            until("that work rows are written", lambda: self._open_total() == whole, 60)
        closed = owner.post(f"{project}/pay/periods/close")
        paid = {slip["person_id"]: slip["total_fen"] for slip in closed["slips"]}
        figure = f"{closed['total_fen'] / 100:.2f} yuan, {len(paid)} people"
        self.table.add("pay of the closed period", figure, f"{whole / 100:.2f} from raw records", paid == own)
        again = command_totals(owner, f"{project}/pay/periods/{closed['id']}", self.folder)
        by_name = {slip["person"]: slip["total_fen"] for slip in closed["slips"]}
        figure = f"{sum(again.values()) / 100:.2f} yuan"
        self.table.add("tongguan payslip of its CSV", figure, "equal", again == by_name)

    def _open_total(self) -> int:
        found = self.staff.owner.get(f"{self.staff.project}/pay/periods")["open"]["total_fen"]
        return int(found)

    def _log(self) -> None:
        text = self.server.log.read_text(encoding="utf-8", errors="replace")
        failed = text.count("Traceback (most recent call last)")
        self.table.add("tracebacks in the server's log", failed, "0", failed == 0)
        if failed:
            at = text.index("Traceback (most recent call last)")
            self.table.add("first traceback", text[max(0, at - 300) : at + 1500])


def _truth(plates: Path) -> dict[str, list[dict[str, Any]]]:
    """What the VOC files say, by name of the item."""
    found: dict[str, list[dict[str, Any]]] = {}
    for item in FORMATS["voc"].read(FolderTree(plates), Report()):
        marks = [label.model_dump(mode="json", exclude_none=True) for label in item.labels or ()]
        found[item.name] = [{key: mark[key] for key in ("label", "x", "y", "width", "height")} for mark in marks]
    return found


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()

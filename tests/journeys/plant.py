"""A real server with a small steel-plate project in the middle of its life, for the browser."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from tongguan.cli.simulation.people import Habits, Inspector, Worker
from tongguan.cli.simulation.site import Site
from tongguan.industries.steel_plates import CHECKS, LABEL_SET, guideline_both
from tongguan.industries.steel_plates.series import write_plates

PASSWORD = "plates are steel"
SEED = 20261124
PLATES = 64
GOLD = ["practice"] * 5 + ["exam"] * 10 + ["hidden"] * 3
# The person who signs in for a role, their name, level and roles in the project.
STAFF: tuple[tuple[str, str, int, list[str]], ...] = (
    ("trainer", "孙训练师", 5, ["trainer"]),
    ("manager", "赵经理", 5, ["manager"]),
    ("inspector", "何质检", 4, ["inspector"]),
    ("engineer", "吴工", 4, ["engineer"]),
    ("client", "钢厂客户", 1, ["client"]),
    ("operator", "陈师傅", 1, ["operator"]),
    ("annotator", "周建国", 2, ["annotator"]),
    ("annotator2", "王芳", 1, ["annotator"]),
    ("newcomer", "李小满", 1, ["annotator"]),
)


@dataclass
class Person:
    """Somebody who can sign in, in the browser (by e-mail) and at the API."""

    role: str
    email: str
    site: Site


@dataclass
class Plant:
    """The server's address, its project, the people, and what is really on each plate."""

    address: str
    data: Path
    project_id: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    truth: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    evaluations: list[str] = field(default_factory=list)
    deployment: str = ""
    answers: list[str] = field(default_factory=list)

    @property
    def project(self) -> str:
        """Start of the project's API addresses."""
        return f"/api/v1/projects/{self.project_id}"

    def site(self, role: str) -> Site:
        """The API as seen by the person of a role."""
        return self.people[role].site

    def worker(self, role: str, habits: Habits | None = None) -> Worker:
        """A simulated annotator who answers as the person of a role."""
        keys = [entry.key for entry in LABEL_SET]
        random, right = Random(SEED), {"severity": "medium"}
        return Worker(self.site(role), self.project, self.truth, habits or Habits(), random, keys, right)

    def inspector(self, role: str = "inspector") -> Inspector:
        """A simulated inspector who knows the truth."""
        return Inspector(self.site(role), self.project, self.truth, Random(SEED), iou=0.55)

    def invite(self, role: str, name: str, level: int, roles: list[str]) -> Person:
        """A new person of the project, known by `role` from here on."""
        email = f"{role}@plant.example"
        projects = [{"project_id": self.project_id, "roles": roles}]
        wish = {"email": email, "name": name, "level": level, "projects": projects}
        link = self.site("owner").post("/api/v1/org/invitations", wish)["link"]
        self.people[role] = Person(role, email, Site(self.address, link, name, password=PASSWORD))
        return self.people[role]

    def qualify(self, role: str) -> None:
        """Lets a person work without the exam."""
        body = {"person_id": self.site(role).person_id, "reason": "Known from another line"}
        self.site("trainer").post(f"{self.project}/qualifications/grant", body)

    def plates(self) -> list[Path]:
        """Pictures that a camera may send: whole, and each another one."""
        return sorted(self.data / "import" / "plates" / name for name, labels in self.truth.items() if labels)

    def show(self, picture: Path) -> dict[str, Any]:
        """Shows the line a picture, as its camera does; returns the answer."""
        operator = self.site("operator")
        answer = operator.http.post(
            f"/api/v1/deployments/{self.deployment}/predict",
            params={"name": picture.name},
            content=picture.read_bytes(),
            headers={"content-type": "image/jpeg"},
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def annotator(self) -> Person:
        """A fresh annotator who may label: for a journey that must not meet another's leases."""
        person = self.invite(f"annotator-{uuid4().hex[:8]}", "陈晓", 3, ["annotator"])
        self.qualify(person.role)
        return person


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """Runs `tongguan serve` on a free port; gives its address and the first one-time link."""
    log = folder / "serve.log"
    program = Path(sys.executable).with_name("tongguan")
    with log.open("wb") as out:
        server = subprocess.Popen(
            [str(program), "serve", "--data", str(folder / "data"), "--port", "0"], stdout=out, stderr=out
        )
        try:
            yield _announced(server, log)
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _announced(server: subprocess.Popen[bytes], log: Path) -> tuple[str, str]:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        text = log.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"is ready: (\S+)[\s\S]*?become the owner:\s+(\S+)\n", text)
        if found:
            return found[1], found[2]
        time.sleep(0.2)
    raise AssertionError(f"tongguan serve did not start:\n{log.read_text(errors='replace')[-4000:]}")


def build(address: str, link: str, data: Path) -> Plant:
    """Fills a new server: people, plates, rules with examples, gold, labelled and reviewed work."""
    plant = Plant(address, data)
    details = {"email": "owner@plant.example", "password": PASSWORD, "organization": "一号轧线"}
    owner = Site(address, link, "马厂长", **details)
    plant.people["owner"] = Person("owner", details["email"], owner)
    made = owner.post("/api/v1/projects", {"name": "钢板缺陷", "description": "热轧钢板表面六类缺陷，框标注。"})
    plant.project_id = str(made["id"])
    settings = owner.get(plant.project)["settings"]
    settings["academy"] |= {"practice_count": 2, "exam_count": 4, "pass_mark": 0.6, "iou": 0.4}
    settings["quality"] |= {"accept_threshold": 0.8, "gate_share": 0.7, "gold_iou": 0.4}
    # Few plates are labelled: with the usual shares a kept side without any label to judge by would be no surprise.
    settings["split"] |= {"kept": 0.3, "line": 0.2}
    owner.put(f"{plant.project}/settings", settings)
    for role, name, level, roles in STAFF:
        plant.invite(role, name, level, roles)
    _import(plant)
    _teach(plant)
    plant.site("manager").post(f"{plant.project}/tasks/create", {})
    _label_and_review(plant)
    _deliver(plant)
    _judge(plant)
    _run_line(plant)
    return plant


def _import(plant: Plant) -> None:
    folder = plant.data / "import" / "plates"
    for picture in write_plates(
        folder, PLATES, SEED, flaws={"duplicate": 1, "dark": 1, "truncated": 1}, size=(960, 720)
    ):
        plant.truth[picture.name] = [label.model_dump(mode="json", exclude_none=True) for label in picture.labels]
    trainer, project = plant.site("trainer"), plant.project
    wish = {
        "source": "folder",
        "location": str(folder.resolve()),
        "name": "一号线 11 月第一批",
        "licence": "自有",
        "consent": "一号轧线生产数据协议",
        "provenance": "程序绘制的钢板",
        "group_rule": r"pattern:^(plate-\d+_\d+)",
    }
    batch = trainer.post(f"{project}/batches", wish)
    trainer.wait_for_job(project, batch["job_id"])
    until(lambda: trainer.get(f"{project}/batches/{batch['id']}")["state"] == "done")
    for check in ("duplicate", "truncated"):
        if trainer.get(f"{project}/problems", check=check)["items"]:
            trainer.post(f"{project}/problems/refuse", {"check": check, "reason": "重复或损坏"})


def _teach(plant: Plant) -> None:
    """Rules with examples, gold, and two people who may work; the newcomer has yet to learn."""
    trainer, project = plant.site("trainer"), plant.project
    items = [item for item in trainer.pages(f"{project}/items", state="ok", limit=200) if plant.truth[item["name"]]]
    content = {
        "label_set": [entry.model_dump(mode="json") for entry in LABEL_SET],
        "guideline": guideline_both(),
        "checks": CHECKS.model_dump(mode="json"),
        "examples": _examples(plant, items),
    }
    trainer.post(f"{project}/rules/draft", {"content": content})
    trainer.post(f"{project}/rules/publish", {"note": "第一版规则：六类缺陷"})
    for item, use in zip(items, GOLD, strict=False):
        body = {"item_id": item["id"], "use": use, "labels": plant.truth[item["name"]]}
        trainer.post(f"{project}/gold", body)
    for role in ("annotator", "annotator2"):
        plant.qualify(role)


def _examples(plant: Plant, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each label a right example, and a wrong one that shows another label."""
    seen: dict[str, tuple[str, dict[str, Any]]] = {}
    for item in items:
        for label in plant.truth[item["name"]]:
            region = {key: label[key] for key in ("x", "y", "width", "height")}
            seen.setdefault(label["label"], (item["id"], region))
    examples = []
    for key, (item_id, region) in seen.items():
        examples.append({"label": key, "item_id": item_id, "right": True, "region": region, "note": ""})
        other = next((entry for entry in LABEL_SET if entry.key != key and entry.key in seen), None)
        if other:
            wrong_id, wrong = seen[other.key]
            note = f"这是{other.name.zh}"
            examples.append({"label": key, "item_id": wrong_id, "right": False, "region": wrong, "note": note})
    return examples


def _label_and_review(plant: Plant) -> None:
    """Some plates are labelled; most of them reviewed; some of that comes back as rework."""
    good, hasty = plant.worker("annotator"), plant.worker("annotator2", Habits(jitter=0.12, wrong_class=0.3))
    good.work(16)
    hasty.work(4)
    manager, project = plant.site("manager"), plant.project

    def collected() -> bool:
        lots = sum(int(lot["size"]) for lot in manager.get(f"{project}/lots"))
        gold = sum(int(row["answers"]) for row in manager.get(f"{project}/gold"))
        return lots + gold >= good.answered + hasty.answered

    until(collected)
    manager.post(f"{project}/lots/close")
    inspector = plant.inspector()
    inspector.fix_share = 0
    # Enough accepted plates that a frozen version can fill every side of its split.
    inspector.review(18)
    # Which plates the hasty one got, and which of them were looked at, is chance: until something has come back.
    for _ in range(5):
        if plant.site("annotator2").get(f"{project}/today")["next"]["waiting"]:
            break
        hasty.work(2)
        until(collected)
        manager.post(f"{project}/lots/close")
        inspector.review(4)
    for role in ("annotator", "annotator2"):
        site = plant.site(role)
        work = site.post(f"{project}/work/claim", {"slot": "open"})
        if work.get("lease_id"):
            site.post(f"{project}/work/{work['lease_id']}/return")


def _deliver(plant: Plant) -> None:
    """A first frozen version with an archive for the client, and a question on the rules that waits."""
    trainer, project = plant.site("trainer"), plant.project
    version = trainer.post(f"{project}/dataset-versions", {"note": "第一次交付"})
    trainer.wait_for_job(project, version["job_id"])
    export = trainer.post(f"{project}/dataset-versions/{version['number']}/exports", {"format": "coco"})
    trainer.wait_for_job(project, export["job_id"])
    question = {"question": "两条划痕隔了 10 像素，算一条还是两条？", "label": "scratches"}
    plant.site("annotator").post(f"{project}/clarifications", question)


def _judge(plant: Plant) -> None:
    """A hardly trained model, a benchmark, and what it is worth there."""
    engineer, project = plant.site("engineer"), plant.project
    few = {"steps": 3, "size": 64, "batch": 4, "pretrained": False, "width": 16, "depth": 1, "views": 1}
    run = engineer.post(f"{project}/runs", {"dataset_version": 1, "params": few})
    engineer.wait_for_job(project, run["job_id"])
    engineer.post(f"{project}/benchmarks", {"dataset_version": 1, "name": "一号基准"})
    for _ in range(2):
        made = engineer.post(f"{project}/evaluations", {"model": 1})
        engineer.wait_for_job(project, made["job_id"])
        plant.evaluations.append(str(made["id"]))


def _run_line(plant: Plant) -> None:
    """The model on the line: some plates, one called wrong, one called right."""
    engineer, project = plant.site("engineer"), plant.project
    model = engineer.get(f"{project}/models")[0]
    place = {"name": "一号线出口", "model_id": model["id"], "threshold": 0.02, "reason": "第一个模型"}
    plant.deployment = engineer.post(f"{project}/deployments", place)["id"]
    for picture in plant.plates()[3:9]:
        plant.answers.append(plant.show(picture)["prediction_id"])
    for answer, kind, reason in ((plant.answers[0], "wrong", "missed"), (plant.answers[1], "right", "")):
        body = {"prediction_id": answer, "kind": kind, "reason": reason}
        plant.site("operator").post(f"/api/v1/deployments/{plant.deployment}/feedback", body)
    until(lambda: plant.site("trainer").get(f"{project}/loop/counts")["total"] == 1)


def until(check: Any, seconds: float = 60) -> None:
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return
        time.sleep(0.2)
    raise TimeoutError("what was waited for did not happen")

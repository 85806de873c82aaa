"""What the demo project has been through, told through the public API by simulated people."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tongguan.cli.demo import agreement, pay
from tongguan.cli.demo.line import AGAIN_MINUTES, SMALL, LineStory, judge, train_detector
from tongguan.cli.simulation.people import CARELESS, Habits, Inspector, Worker
from tongguan.cli.simulation.site import Site, SiteError
from tongguan.core.settings import Settings
from tongguan.industries.steel_plates import CHECKS, LABEL_SET, guideline_both
from tongguan.industries.steel_plates.maker import PlatePicture
from tongguan.industries.steel_plates.series import write_plates

Say = Callable[[str], None]
SEED = 20261123
FLAWS = {"duplicate": 2, "near_duplicate": 2, "dark": 2, "blurred": 1, "truncated": 1, "blank": 1}
# name, level, roles, habits: people of several levels, one careless
ANNOTATORS: tuple[tuple[str, int, Habits], ...] = (
    ("李小满", 1, Habits(jitter=0.04, miss=0.06, wrong_class=0.05)),
    ("周建国", 2, Habits()),
    ("王芳", 2, Habits(jitter=0.03, miss=0.03)),
    ("陈晓", 3, Habits(jitter=0.01, miss=0.01, wrong_class=0.01)),
    ("刘洋", 1, CARELESS),
)
KEYS = [entry.key for entry in LABEL_SET]


@dataclass
class Story:
    """The people and the project of a demo."""

    project: str = ""
    emails: list[str] = field(default_factory=list)
    people: dict[str, Site] = field(default_factory=dict)
    truth: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def tell(settings: Settings, link: str, plates: int, train: bool, say: Say) -> Story:
    """Makes everything; `say` hears each step."""
    story = Story()
    random = Random(SEED)
    address = settings.address
    owner = Site(
        address,
        link,
        "马厂长",
        email="owner@demo.tongguan",
        password=secrets.token_urlsafe(16),
        organization="一号轧线",
    )
    story.emails.append("owner owner@demo.tongguan")
    made = owner.post("/api/v1/projects", {"name": "钢板缺陷识别", "description": "热轧钢板表面六类缺陷，框标注。"})
    story.project = f"/api/v1/projects/{made['id']}"
    _settings(owner, story.project)
    pay.set_rates(owner, story.project)
    _invite_all(story, owner, address, str(made["id"]))
    say("people have joined")
    trainer, manager = story.people["trainer"], story.people["manager"]

    pictures = _make(settings, plates, story)
    _import(trainer, story.project, settings.data_dir / "import" / "plates", "一号线 11 月第一批")
    say(f"{len(pictures)} plates are imported and checked")
    _publish(trainer, story.project)
    _gold(trainer, story, 44)
    say("rules are published, gold is chosen")

    workers = _workers(story, random)
    _all_at_once([worker.study for worker in workers])
    say("people have studied and taken the exam")
    agreement.ask_twice(manager, story.project, _plain_items(trainer, story))
    manager.post(f"{story.project}/tasks/create", {})
    _ask(story, workers[0])
    _all_at_once([lambda one=worker: one.work(plates // 7) for worker in workers if _may_work(worker)])  # type: ignore[misc]
    say("half of the plates are labelled")
    _review(story, manager, random, sum(worker.answered for worker in workers))
    say("work is reviewed, findings go back")
    _rework_and_contest(story, workers)
    _freeze(trainer, story.project)
    begun = train_detector(story.people["engineer"], story.project, None, SMALL) if train else None
    for format_id in ("coco", "yolo"):
        export = trainer.post(f"{story.project}/dataset-versions/1/exports", {"format": format_id})
        trainer.wait_for_job(story.project, export["job_id"])
    pay.close_and_appeal(owner, manager, story.project, [worker.site for worker in workers])
    _all_at_once([lambda one=worker: one.work(4) for worker in workers if _may_work(worker)])  # type: ignore[misc]
    say("a version is frozen and exported, a pay period is closed")
    if begun is not None:
        story.people["engineer"].wait_for_job(story.project, begun["job_id"])
        _put_on_line(story, say)
    return story


def _put_on_line(story: Story, say: Say) -> None:
    """A small model judged, put on the line and asked; another one trains on behind the pages."""
    engineer, trainer = story.people["engineer"], story.people["trainer"]
    model_id = judge(engineer, trainer, story.project)
    say("a small model is trained and judged on a frozen benchmark")
    LineStory(engineer, trainer, story.people["operator"], story.project, model_id).traffic()
    say("the line has asked it, an operator called answers wrong, a lamp grew dim")
    train_detector(engineer, story.project, AGAIN_MINUTES, {})
    say("a second model is training in the background")


def _settings(owner: Site, project: str) -> None:
    settings = owner.get(project)["settings"]
    settings["academy"] |= {"practice_count": 3, "exam_count": 6, "pass_mark": 0.6, "wait_minutes": 30, "iou": 0.4}
    settings["quality"] |= {"accept_threshold": 0.9, "gate_share": 0.85, "gold_iou": 0.4}
    owner.put(f"{project}/settings", settings)


def _invite_all(story: Story, owner: Site, address: str, project_id: str) -> None:
    staff = [
        ("trainer", "孙训练师", 5, ["trainer"]),
        ("manager", "赵经理", 5, ["manager"]),
        ("inspector", "何质检", 4, ["inspector"]),
        ("inspector2", "Anna Weber", 4, ["inspector"]),
        ("engineer", "吴工", 4, ["engineer"]),
        ("client", "钢厂客户", 1, ["client"]),
        ("operator", "郑师傅", 1, ["operator"]),
        *((f"annotator{n}", name, level, ["annotator"]) for n, (name, level, _) in enumerate(ANNOTATORS, 1)),
    ]
    for role, name, level, roles in staff:
        email = f"{role}@demo.tongguan"
        wish = {
            "email": email,
            "name": name,
            "level": level,
            "projects": [{"project_id": project_id, "roles": roles}],
        }
        invitation = owner.post("/api/v1/org/invitations", wish)
        story.people[role] = Site(address, invitation["link"], name, password=secrets.token_urlsafe(16))
        if role in ("trainer", "manager", "inspector", "engineer", "client", "operator", "annotator1", "annotator2"):
            story.emails.append(f"{role} {email}")


def _make(settings: Settings, plates: int, story: Story) -> list[PlatePicture]:
    folder = settings.data_dir / "import" / "plates"
    pictures = list(write_plates(folder, plates, SEED, flaws=FLAWS))
    for picture in pictures:
        story.truth[picture.name] = [label.model_dump(mode="json", exclude_none=True) for label in picture.labels]
    return pictures


def _import(trainer: Site, project: str, folder: Path, name: str) -> None:
    batch = trainer.post(
        f"{project}/batches",
        {
            "source": "folder",
            "location": str(folder.resolve()),
            "name": name,
            "licence": "自有",
            "consent": "一号轧线生产数据协议",
            "provenance": "程序绘制的钢板",
            "group_rule": r"pattern:^(plate-\d+)",
        },
    )
    trainer.wait_for_job(project, batch["job_id"])
    _until(lambda: trainer.get(f"{project}/batches/{batch['id']}")["state"] == "done")
    problems = trainer.get(f"{project}/problems", check="duplicate")["items"]
    if problems:
        trainer.post(f"{project}/problems/refuse", {"check": "duplicate", "reason": "重复图片，只留第一张"})
    for check in ("truncated", "unreadable", "wrong_type"):
        if trainer.get(f"{project}/problems", check=check)["items"]:
            trainer.post(f"{project}/problems/refuse", {"check": check, "reason": "文件损坏"})


def _publish(trainer: Site, project: str) -> None:
    content = {
        "label_set": [entry.model_dump(mode="json") for entry in LABEL_SET],
        "guideline": guideline_both(),
        "checks": CHECKS.model_dump(mode="json"),
    }
    trainer.post(f"{project}/rules/draft", {"content": content})
    trainer.post(f"{project}/rules/publish", {"note": "第一版规则：六类缺陷"})


def _gold(trainer: Site, story: Story, count: int) -> None:
    """The first sound plates become gold: for practice, for the exam, hidden."""
    uses = ["practice"] * 8 + ["exam"] * 14 + ["hidden"] * (count - 22)
    items = [
        item for item in trainer.pages(f"{story.project}/items", state="ok", limit=200) if story.truth[item["name"]]
    ]
    for item, use in zip(items, uses, strict=False):
        labels = story.truth[item["name"]]
        trainer.post(f"{story.project}/gold", {"item_id": item["id"], "use": use, "labels": labels})
    shown = items[len(uses) : len(uses) + 12]
    examples = []
    for item in shown:
        label = story.truth[item["name"]][0]
        region = {key: label[key] for key in ("x", "y", "width", "height")}
        examples.append({"label": label["label"], "item_id": item["id"], "right": True, "region": region, "note": ""})
    draft = trainer.post(f"{story.project}/rules/draft", {})
    body = {key: draft[key] for key in ("label_set", "guideline", "checks", "revision")}
    trainer.put(f"{story.project}/rules/draft", {**body, "examples": examples})
    trainer.post(f"{story.project}/rules/publish", {"note": "补充例图"})


def _plain_items(trainer: Site, story: Story) -> list[str]:
    """Plates in use that are no gold, those with most defects first: there people differ."""
    gold = {row["item_id"] for row in trainer.get(f"{story.project}/gold")}
    items = trainer.pages(f"{story.project}/items", state="ok", limit=200)
    plain = [item for item in items if item["id"] not in gold]
    return [item["id"] for item in sorted(plain, key=lambda item: -len(story.truth[item["name"]]))]


def _workers(story: Story, random: Random) -> list[Worker]:
    return [
        Worker(
            story.people[f"annotator{number}"],
            story.project,
            story.truth,
            habits,
            Random(random.random()),
            KEYS,
            {"severity": "medium"},
        )
        for number, (_, _, habits) in enumerate(ANNOTATORS, 1)
    ]


def _may_work(worker: Worker) -> bool:
    standing = worker.site.get(f"{worker.project}/attempts")["standing"]
    return bool(standing["qualified"])


def _ask(story: Story, worker: Worker) -> None:
    """A question on the rules, answered and taken into the draft; another one still waits."""
    first = worker.site.post(
        f"{story.project}/clarifications", {"question": "两条划痕隔了 10 像素，算一条还是两条？", "label": "scratches"}
    )
    answer = {"answer": "断开小于 20 像素的算一条。", "take_into_rules": True}
    story.people["trainer"].post(f"{story.project}/clarifications/{first['id']}/answer", answer)
    worker.site.post(
        f"{story.project}/clarifications", {"question": "氧化皮压入和麻点混在一起时怎么框？", "label": "pitted_surface"}
    )


def _collected(story: Story, manager: Site, submitted: int) -> Callable[[], bool]:
    """Whether every ordinary answer has reached its lot, waits to be settled, or was hidden gold: events are delivered
    a little later."""

    def check() -> bool:
        lots = sum(int(lot["size"]) for lot in manager.get(f"{story.project}/lots"))
        gold = sum(int(row["answers"]) for row in manager.get(f"{story.project}/gold"))
        return lots + gold + agreement.waiting(manager, story.project) >= submitted

    return check


def _review(story: Story, manager: Site, random: Random, submitted: int) -> None:
    _until(_collected(story, manager, submitted))
    manager.post(f"{story.project}/lots/close")
    for role in ("inspector", "inspector2"):
        inspector = Inspector(story.people[role], story.project, story.truth, Random(random.random()), iou=0.55)
        inspector.review(60 if role == "inspector" else 25)
    agreement.settle_some(story.people["inspector"], story.project, story.truth)


def _rework_and_contest(story: Story, workers: Sequence[Worker]) -> None:
    for worker in workers:
        findings = worker.site.get(f"{story.project}/findings", person="me")["items"]
        if findings:
            path = f"{story.project}/findings/{findings[0]['id']}/contest"
            worker.site.post(path, {"text": "这里我按规则 3.2 标的，请再看一下。"})
            break


def _freeze(trainer: Site, project: str) -> None:
    version = trainer.post(f"{project}/dataset-versions", {"note": "第一版，给训练用"})
    trainer.wait_for_job(project, version["job_id"])


def _all_at_once(jobs: Sequence[Callable[[], Any]]) -> None:
    """Runs jobs side by side, as people do; raises the first error."""
    errors: list[BaseException] = []

    def guarded(job: Callable[[], Any]) -> None:
        try:
            job()
        except (SiteError, OSError, RuntimeError, KeyError) as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def _until(check: Callable[[], bool], seconds: float = 60) -> None:
    """Waits until something is so."""
    waiter = threading.Event()
    for _ in range(int(seconds / 0.2)):
        if check():
            return
        waiter.wait(0.2)
    raise TimeoutError("what was waited for did not happen")

"""The simulated staff of the main job: who they are, how they err, and their places in the project."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tongguan.cli.simulation.people import CARELESS, Habits, Inspector, Worker
from tongguan.cli.simulation.site import Site, SiteError

SEED = 20261123
# Before an exam everybody is at their best.
ALERT = Habits(jitter=0.02, miss=0.004, wrong_class=0.004, extra=0.002)
WEAK = Habits(jitter=0.2, miss=0.3, wrong_class=0.35, extra=0.2)
# name, level, habits while studying, habits at work
ANNOTATORS: tuple[tuple[str, int, Habits, Habits], ...] = (
    ("甲 Jia", 1, ALERT, Habits(jitter=0.03, miss=0.02, wrong_class=0.02, extra=0.02)),
    ("乙 Yi", 2, ALERT, Habits(jitter=0.03, miss=0.01, wrong_class=0.02, extra=0.01)),
    ("丙 Bing", 2, ALERT, Habits(jitter=0.02, miss=0.02, wrong_class=0.01, extra=0.01)),
    ("丁 Ding", 2, ALERT, Habits(jitter=0.03, miss=0.01, wrong_class=0.01, extra=0.02)),
    ("戊 Wu", 3, ALERT, Habits(jitter=0.02, miss=0.01, wrong_class=0.01, extra=0.01)),
    ("己 Ji", 3, ALERT, Habits(jitter=0.02, miss=0.01, wrong_class=0.005, extra=0.01)),
    ("庚 careless", 2, ALERT, CARELESS),
    ("辛 weak", 1, WEAK, WEAK),
)
CARELESS_AT, WEAK_AT = 6, 7
OTHERS = (
    ("trainer", 5, ["trainer"]),
    ("manager", 5, ["manager"]),
    ("inspector1", 4, ["inspector"]),
    ("inspector2", 4, ["inspector"]),
    ("engineer", 4, ["engineer"]),
)


@dataclass
class Staff:
    """Everybody, signed in."""

    owner: Site
    project: str
    project_id: str
    people: dict[str, Site] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    inspectors: list[Inspector] = field(default_factory=list)

    @property
    def trainer(self) -> Site:
        """Who writes rules and chooses gold."""
        return self.people["trainer"]

    @property
    def manager(self) -> Site:
        """Who makes tasks and closes lots."""
        return self.people["manager"]

    @property
    def engineer(self) -> Site:
        """Who trains."""
        return self.people["engineer"]


def hire(address: str, link: str, truth: Mapping[str, Sequence[Mapping[str, Any]]], classes: Sequence[str]) -> Staff:
    """An organization, a project, and its people by invitation."""
    login = {"email": "owner@accept.tongguan", "password": secrets.token_urlsafe(16), "organization": "Acceptance"}
    owner = Site(address, link, "Owner", **login)
    made = owner.post("/api/v1/projects", {"name": "NEU-DET"})
    staff = Staff(owner, f"/api/v1/projects/{made['id']}", str(made["id"]))
    names = [(role, role, level, roles) for role, level, roles in OTHERS]
    names += [(f"a{n}", name, level, ["annotator"]) for n, (name, level, *_) in enumerate(ANNOTATORS)]
    for key, name, level, roles in names:
        wish = {
            "email": f"{key}@accept.tongguan",
            "name": name,
            "level": level,
            "projects": [{"project_id": staff.project_id, "roles": roles}],
        }
        invitation = owner.post("/api/v1/org/invitations", wish)
        staff.people[key] = Site(address, invitation["link"], name, password=secrets.token_urlsafe(16))
    random = Random(SEED)
    for n, (_, _, studying, _) in enumerate(ANNOTATORS):
        site, own = staff.people[f"a{n}"], Random(random.random())
        staff.workers.append(Worker(site, staff.project, truth, studying, own, classes))
    for role in ("inspector1", "inspector2"):
        staff.inspectors.append(Inspector(staff.people[role], staff.project, truth, Random(random.random())))
    return staff


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs jobs side by side, as people do; their results in order. Raises the first error."""
    errors: list[Exception] = []
    results: list[Any] = [None] * len(jobs)

    def guarded(place: int, job: Callable[[], Any]) -> None:
        try:
            results[place] = job()
        except (SiteError, OSError, RuntimeError, LookupError, ValueError) as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=entry) for entry in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def until(what: str, check: Callable[[], bool], seconds: float = 180) -> None:
    """Looks again and again until something is so; TimeoutError says what did not happen."""
    waiter = threading.Event()
    for _ in range(int(seconds / 0.25)):
        if check():
            return
        waiter.wait(0.25)
    raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")

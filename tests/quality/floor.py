"""A project in which people submit answers and inspectors judge them, for tests of quality and pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
from tests.annotate.conftest import World, box
from tests.conftest import Client, RunJobs

from tongguan.people.models import Person

__all__ = ["Floor", "box"]


@dataclass
class Floor:
    """A world with the web client and the delivery of events."""

    world: World
    client: Client
    run_jobs: RunJobs

    def get(self, person: Person, path: str, **query: Any) -> httpx2.Response:
        """GET of a route of the project."""
        answer: httpx2.Response = self.client.as_(person).get(self.url(path), params=query or None)
        return answer

    def post(self, person: Person, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        """POST to a route of the project."""
        answer: httpx2.Response = self.client.as_(person).post(self.url(path), json=body or {})
        return answer

    def url(self, path: str) -> str:
        """The address of a route of the project."""
        return f"/api/v1/projects/{self.world.project.id}/{path}"

    def annotator(self, name: str = "小李", level: int = 1) -> Person:
        """A qualified annotator; of level 1 everything is reviewed."""
        return self.world.person(name, level)

    def inspector(self, name: str = "老张") -> Person:
        """An inspector."""
        return self.world.person(name, 4, roles=("inspector",))

    def manager(self, name: str = "孙经理") -> Person:
        """A manager."""
        return self.world.person(name, 5, roles=("manager",))

    def answer(self, person: Person, *labels: dict[str, Any], count: int = 1, **more: Any) -> list[UUID]:
        """New items, answered by a person one after the other; delivers events. Returns the annotations."""
        self.world.tasks(self.world.items(count))
        return self.work_off(person, *labels, count=count, **more)

    def work_off(self, person: Person, *labels: dict[str, Any], count: int = 1, **more: Any) -> list[UUID]:
        """Takes and answers the next pieces of work; delivers events."""
        done = []
        for _ in range(count):
            work = self.world.work(person)
            out = self.world.done(person, work.lease_id, *labels, base=work.base, **more)
            done.append(out.annotation_id)
        self.run_jobs()
        return done

    def next_review(self, inspector: Person) -> dict[str, Any]:
        """The next review, which must exist."""
        answer = self.get(inspector, "review/next")
        assert answer.status_code == 200, answer.text
        review: dict[str, Any] = answer.json()["review"]
        assert review is not None, answer.json()
        return review

    def judge(self, inspector: Person, verdict: str = "accept", **body: Any) -> dict[str, Any]:
        """Takes the next review and judges it; delivers events. A rejection has one finding if none is given."""
        review = self.next_review(inspector)
        if verdict == "reject":
            body.setdefault("findings", [{"type": "loose_box", "severity": "major", "note": "太松"}])
        answer = self.post(inspector, f"review/{review['id']}/judge", {"verdict": verdict, **body})
        assert answer.status_code == 200, answer.text
        self.run_jobs()
        return {**review, **answer.json()}

    def judge_all(self, inspector: Person, verdict: str = "accept") -> int:
        """Judges everything that waits."""
        count = 0
        while self.get(inspector, "review/next").json()["review"] is not None:
            self.judge(inspector, verdict)
            count += 1
        return count

    def state(self, annotation_id: UUID) -> str:
        """The state of an annotation."""
        return str(self.world.one("SELECT state FROM annotation WHERE id = :id", id=annotation_id))

    def judgements(self, annotation_id: UUID | None = None) -> list[tuple[str, str, int, str]]:
        """(person's name, outcome, quantity, via) of judgements, oldest first."""
        rows = self.world.rows(
            "SELECT p.name, j.outcome, j.quantity, j.via FROM judgement j JOIN person p ON p.id = j.person_id "
            "WHERE j.project_id = :project AND (CAST(:id AS uuid) IS NULL OR j.annotation_id = CAST(:id AS uuid)) "
            "ORDER BY j.id",
            project=self.world.project.id,
            id=annotation_id,
        )
        return [(row.name, row.outcome, int(row.quantity), row.via) for row in rows]

    def close_lots(self, manager: Person) -> int:
        """Closes all lots; delivers events."""
        answer = self.post(manager, "lots/close")
        assert answer.status_code == 200, answer.text
        self.run_jobs()
        return int(answer.json()["count"])

    def lots(self, manager: Person) -> Sequence[dict[str, Any]]:
        """Lots, newest first."""
        found: list[dict[str, Any]] = self.get(manager, "lots").json()
        return found

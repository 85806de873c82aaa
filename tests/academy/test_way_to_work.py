"""From the lesson to the qualification, over HTTP."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.conftest import Client, Grant, JoinedDatabase, MakePerson, MakeProject, Org, RunJobs, assert_error
from tests.rules.made import CLASSES, add_batch, add_items, box, content

from tongguan.academy import jobs
from tongguan.core.clock import frozen, now
from tongguan.people.models import Person
from tongguan.projects.models import Project
from tongguan.quality import interface as quality

RIGHT = [box(20, 20, 60, 60, id="g1"), box(120, 120, 40, 40, "patches", id="g2")]
ACADEMY = {"practice_count": 2, "exam_count": 4, "pass_mark": 0.75, "max_attempts": 2, "wait_minutes": 30}


class School:
    """A project with published rules, gold, a trainer and an annotator."""

    def __init__(self, client: Client, project: Project, database: JoinedDatabase) -> None:
        self.client, self.project, self.database = client, project, database
        self.url = f"/api/v1/projects/{project.id}"
        with database.transaction(project.org_id) as session:
            self.batch = add_batch(session, project.id)
        self.used = 0

    def people(self, trainer: Person, annotator: Person) -> None:
        """Signs both in."""
        self.trainer, self.annotator = trainer, annotator
        self.teacher, self.student = self.client.as_(trainer), self.client.as_(annotator)

    def publish(self, **changed: Any) -> dict[str, Any]:
        """Publishes rules."""
        assert self.teacher.put(f"{self.url}/rules/draft", json=content(**changed)).status_code == 200
        published: dict[str, Any] = self.teacher.post(f"{self.url}/rules/publish", json={}).json()
        return published

    def gold(self, use: str, count: int) -> list[UUID]:
        """Gold items, all with the same right answer."""
        with self.database.transaction(self.project.org_id, self.trainer.id) as session:
            items = add_items(session, self.project.id, self.batch, count, first=self.used)
            for item in items:
                quality.add_gold(session, self.project.id, item, RIGHT, False, use, self.trainer.id)
        self.used += count
        return items

    def read(self) -> None:
        """The student reads the lesson."""
        lesson = self.student.get(f"{self.url}/lesson").json()
        body = {"rule_version_id": lesson["rule_version_id"]}
        assert self.student.post(f"{self.url}/lesson/read", json=body).status_code == 204

    def start(self, kind: str) -> Any:
        """Starts an attempt."""
        return self.student.post(f"{self.url}/attempts", json={"kind": kind})

    def answer(self, attempt_id: str, labels: list[dict[str, Any]], nothing: bool = False) -> dict[str, Any]:
        """Opens and answers the next item."""
        work = self.student.get(f"{self.url}/attempts/{attempt_id}/next").json()["work"]
        body = {"task_id": work["task_id"], "labels": labels, "nothing": nothing}
        answer = self.student.post(f"{self.url}/attempts/{attempt_id}/answers", json=body)
        assert answer.status_code == 200, answer.text
        judged: dict[str, Any] = answer.json()
        return judged

    def practise(self) -> None:
        """Reads the lesson and does the practice that is asked for."""
        self.read()
        attempt = self.start("practice").json()
        for _ in range(attempt["total"]):
            self.answer(attempt["id"], RIGHT)

    def exam(self, right: int) -> dict[str, Any]:
        """An exam with so many right answers; the finished attempt."""
        attempt = self.start("exam").json()
        judged: dict[str, Any] = {}
        for number in range(attempt["total"]):
            judged = self.answer(attempt["id"], RIGHT if number < right else RIGHT[:1])
        finished: dict[str, Any] = judged["attempt"]
        return finished

    def gate(self) -> Any:
        """Gate 2 as it was written down."""
        with self.database.transaction(self.project.org_id) as session:
            query = "SELECT state, figure, missing FROM project_gate WHERE gate = 2 AND project_id = :id"
            return session.execute(text(query), {"id": self.project.id}).one()

    def standing(self) -> dict[str, Any]:
        """Where the student stands."""
        standing: dict[str, Any] = self.student.get(f"{self.url}/attempts").json()["standing"]
        return standing


@pytest.fixture
def school(
    client: Client, make_project: MakeProject, make_person: MakePerson, grant: Grant, database: JoinedDatabase
) -> School:
    """A school with rules and enough gold."""
    project = make_project(academy=ACADEMY)
    trainer, annotator = make_person("训练师", 3), make_person("小王", 1)
    grant(project, trainer, "trainer")
    grant(project, annotator, "annotator")
    made = School(client, project, database)
    made.people(trainer, annotator)
    made.publish()
    made.gold("practice", 2)
    made.gold("exam", 6)
    return made


def test_lesson_practice_exam_in_this_order_and_then_the_gate_is_open(school: School, run_jobs: RunJobs) -> None:
    assert school.standing()["step"] == "lesson"
    assert_error(school.start("practice"), 409, "academy.lesson_first")
    assert_error(school.start("exam"), 409, "academy.lesson_first")
    school.read()
    assert school.standing()["step"] == "practice"
    assert assert_error(school.start("exam"), 409, "academy.practice_first") == {"needed": 2, "answered": 0}
    school.practise()
    assert school.standing()["step"] == "exam"
    assert school.gate().state == "working"
    finished = school.exam(right=3)
    assert (finished["state"], finished["correct"], finished["total"]) == ("passed", 3, 4)
    run_jobs()
    standing = school.standing()
    assert (standing["qualified"], standing["source"], standing["step"]) == (True, "exam", "work")
    gate = school.gate()
    assert (gate.state, gate.figure["value"], gate.figure["total"]) == ("open", 1, 1)
    assert_error(school.start("exam"), 409, "academy.qualified")
    assert school.start("practice").status_code == 201


def test_practice_shows_the_right_answer_at_once(school: School) -> None:
    school.read()
    attempt = school.start("practice").json()
    assert school.start("practice").json()["id"] == attempt["id"]
    given = [box(22, 22, 60, 60, id="a"), box(120, 120, 40, 40, "scratches", id="b"), box(5, 150, 20, 20, id="c")]
    judged = school.answer(attempt["id"], given)
    verdict = judged["verdict"]
    assert verdict["correct"] is False
    assert [(pair["answer"], pair["expected"]) for pair in verdict["matches"]] == [(0, 0)]
    assert [(pair["answer"], pair["expected"]) for pair in verdict["wrong_class"]] == [(1, 1)]
    assert (verdict["extra"], verdict["missed"]) == ([2], [])
    assert [label["label"] for label in verdict["expected"]] == ["scratches", "patches"]
    last = school.answer(attempt["id"], [], nothing=True)
    assert last["verdict"]["missed"] == [0, 1]
    assert (last["remaining"], last["attempt"]["state"], last["attempt"]["correct"]) == (0, "passed", 0)
    detail = school.student.get(f"{school.url}/attempts/{attempt['id']}").json()
    assert detail["items"][0]["verdict"]["expected"]
    step = school.student.get(f"{school.url}/attempts/{attempt['id']}/next").json()
    assert step == {"work": None, "reason": "academy.attempt_over"}


def test_an_exam_never_tells_the_right_answers(school: School) -> None:
    school.practise()
    attempt = school.start("exam").json()
    for remaining in (3, 2, 1):
        judged = school.answer(attempt["id"], RIGHT[:1])
        assert (judged["remaining"], judged["verdict"], judged["attempt"]) == (remaining, None, None)
    running = school.student.get(f"{school.url}/attempts/{attempt['id']}").json()
    assert (running["items"], running["correct"], running["answered"]) == ([], None, 3)
    school.answer(attempt["id"], [box(120, 120, 40, 40, "scratches", id="w")])
    detail = school.student.get(f"{school.url}/attempts/{attempt['id']}").json()
    assert (detail["state"], detail["correct"], detail["end_reason"]) == ("failed", 0, "mark")
    assert [(item["right"], item["wrong_class"], item["missed"]) for item in detail["items"]] == [
        ([0], [], 1),
        ([0], [], 1),
        ([0], [], 1),
        ([], [0], 1),
    ]
    assert all(item["verdict"] is None for item in detail["items"])
    assert "expected" not in str(detail)


def test_waiting_time_and_number_of_attempts(school: School) -> None:
    school.practise()
    start = now()
    with frozen(start):
        failed = school.exam(right=0)
        assert failed["next_allowed_at"] is not None
        params = assert_error(school.start("exam"), 409, "academy.wait")
        assert params["seconds"] == 30 * 60
        assert school.standing()["step"] == "wait"
    with frozen(start + timedelta(minutes=29, seconds=59)):
        assert_error(school.start("exam"), 409, "academy.wait")
    with frozen(start + timedelta(minutes=30)):
        assert school.exam(right=2)["state"] == "failed"
    with frozen(start + timedelta(days=3)):
        assert assert_error(school.start("exam"), 409, "academy.no_attempts_left") == {"max_attempts": 2}
        assert school.standing()["step"] == "ask"


def test_a_second_exam_takes_items_not_seen_before(school: School) -> None:
    school.practise()
    start = now()
    with frozen(start):
        school.exam(right=0)
    with frozen(start + timedelta(hours=1)):
        school.start("exam")
    with school.database.transaction(school.project.org_id) as session:
        rows = session.execute(
            text(
                "SELECT a.number, aa.item_id FROM attempt_answer aa JOIN attempt a ON a.id = aa.attempt_id "
                "WHERE a.kind = 'exam'"
            )
        ).all()
    first = {row.item_id for row in rows if row.number == 1}
    second = {row.item_id for row in rows if row.number == 2}
    assert (len(first), len(second), len(first & second)) == (4, 4, 2)  # six items: two new ones, then the rest


def test_gold_on_a_refused_item_is_not_used(school: School) -> None:
    before = school.standing()["exam_available"]
    item = school.gold("exam", 1)[0]
    assert school.standing()["exam_available"] == before + 1
    with school.database.transaction(school.project.org_id) as session:
        session.execute(text("UPDATE item SET state = 'refused' WHERE id = :id"), {"id": item})
    assert school.standing()["exam_available"] == before


def test_too_little_gold_says_what_is_needed(school: School) -> None:
    school.practise()
    settings = {"academy": {**ACADEMY, "exam_count": 10}}
    with school.database.transaction(school.project.org_id) as session:
        session.execute(
            text("UPDATE project SET settings = settings || CAST(:s AS jsonb) WHERE id = :id"),
            {"s": json.dumps(settings), "id": school.project.id},
        )
    answer = school.start("exam")
    params = assert_error(answer, 409, "academy.not_enough_gold")
    assert params == {"kind": "exam", "needed": 10, "available": 6}
    assert "needs 10 gold items, there are 6" in answer.json()["message"]
    assert school.standing()["obstacle"]["code"] == "academy.not_enough_gold"


def test_a_major_version_closes_the_gate_again(school: School, run_jobs: RunJobs) -> None:
    school.practise()
    school.exam(right=4)
    run_jobs()
    practice = school.start("practice").json()
    school.publish(label_set=[{**CLASSES[0], "name": {"zh": "擦伤"}}, CLASSES[1]])
    assert_error(school.student.get(f"{school.url}/attempts/{practice['id']}/next"), 409, "academy.rules_changed")
    run_jobs()
    gate = school.gate()
    assert (gate.state, gate.figure["value"], gate.figure["reclosed"]) == ("reclosed", 0, 1)
    assert {"code": "academy.reclosed", "params": {"people": 1, "version": "2.0"}} in gate.missing
    standing = school.standing()
    assert (standing["qualified"], standing["lesson_read"], standing["practice_answered"]) == (False, False, 0)
    lesson = school.student.get(f"{school.url}/lesson").json()
    assert (lesson["read_before"], [change["action"] for change in lesson["changes"]]) == ("1.0", ["renamed"])
    ended = school.student.get(f"{school.url}/attempts/{practice['id']}").json()
    assert (ended["state"], ended["end_reason"]) == ("failed", "rules_changed")


def test_a_minor_version_leaves_the_gate_open(school: School, run_jobs: RunJobs) -> None:
    school.practise()
    school.exam(right=4)
    school.publish(guideline="better words")
    run_jobs()
    assert school.gate().state == "open"
    assert school.standing()["lesson_read"] is True


def test_a_trainer_grants_with_a_reason_that_stays(school: School, run_jobs: RunJobs) -> None:
    url = f"{school.url}/qualifications/grant"
    body = {"person_id": str(school.annotator.id), "reason": "did the same work for a year"}
    assert school.student.post(url, json=body).status_code == 403
    assert_error(school.teacher.post(url, json={**body, "reason": " "}), 422, "input.invalid")
    stranger = {**body, "person_id": "0197f000-0000-7000-8000-000000000000"}
    assert_error(school.teacher.post(url, json=stranger), 404, "academy.no_member")
    assert school.teacher.post(url, json=body).status_code == 204
    run_jobs()
    listed = school.teacher.get(f"{school.url}/qualifications").json()
    row = next(row for row in listed["items"] if row["person_id"] == str(school.annotator.id))
    assert (row["state"], row["source"], listed["qualified"], listed["people"]) == ("open", "granted", 1, 1)
    with school.database.transaction(school.project.org_id) as session:
        detail = session.execute(text("SELECT detail FROM audit WHERE action = 'qualified'")).scalar_one()
    assert detail["reason"] == body["reason"]


def test_answers_are_checked_and_taken_once(school: School) -> None:
    school.read()
    attempt = school.start("practice").json()
    url = f"{school.url}/attempts/{attempt['id']}/answers"
    work = school.student.get(f"{school.url}/attempts/{attempt['id']}/next").json()["work"]
    again = school.student.get(f"{school.url}/attempts/{attempt['id']}/next").json()["work"]
    assert (work["task_id"], work["position"], work["prelabels"]) == (again["task_id"], 0, [])
    bad = {"task_id": work["task_id"], "labels": [box(20, 20, 2, 2)]}
    params = assert_error(school.student.post(url, json=bad), 422, "labels.invalid")
    assert params["problems"][0]["code"] == "label.too_small"
    first = school.student.post(url, json={"task_id": work["task_id"], "labels": RIGHT}).json()
    second = school.student.post(url, json={"task_id": work["task_id"], "labels": RIGHT[:1]}).json()
    assert first["verdict"] == second["verdict"]
    assert second["remaining"] == 1
    unknown = {"task_id": "0197f000-0000-7000-8000-000000000000", "labels": RIGHT}
    assert_error(school.student.post(url, json=unknown), 404, "academy.task_not_found")
    with school.database.transaction(school.project.org_id) as session:
        stored = session.execute(text("SELECT purpose, state FROM annotation")).all()
    assert [tuple(row) for row in stored] == [("practice", "submitted")]


ROUTES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/lesson", None),
    ("POST", "/lesson/read", {"rule_version_id": "0197f000-0000-7000-8000-000000000000"}),
    ("POST", "/attempts", {"kind": "practice"}),
    ("GET", "/attempts", None),
    ("GET", "/attempts/0197f000-0000-7000-8000-000000000000", None),
    ("GET", "/attempts/0197f000-0000-7000-8000-000000000000/next", None),
    (
        "POST",
        "/attempts/0197f000-0000-7000-8000-000000000000/answers",
        {"task_id": "0197f000-0000-7000-8000-000000000000"},
    ),
    ("GET", "/qualifications", None),
    ("POST", "/qualifications/grant", {"person_id": "0197f000-0000-7000-8000-000000000000", "reason": "because"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_who_may_not(
    school: School,
    other_org: Org,
    make_person: MakePerson,
    grant: Grant,
    method: str,
    path: str,
    body: dict[str, Any] | None,
) -> None:
    url = f"{school.url}{path}"
    assert school.client.request(method, url, json=body).status_code == 401
    assert school.client.as_(other_org.owner).request(method, url, json=body).status_code == 404
    buyer = make_person("客户")
    grant(school.project, buyer, "client")
    assert school.client.as_(buyer).request(method, url, json=body).status_code == 403


def test_nobody_sees_another_students_attempts(school: School, make_person: MakePerson, grant: Grant) -> None:
    school.read()
    attempt = school.start("practice").json()
    other = make_person("小李")
    grant(school.project, other, "annotator")
    curious = school.client.as_(other)
    url = f"{school.url}/attempts/{attempt['id']}"
    assert_error(curious.get(url), 404, "academy.attempt_not_found")
    assert_error(curious.get(f"{url}/next"), 404, "academy.attempt_not_found")
    assert_error(curious.get(f"{school.url}/attempts?person={school.annotator.id}"), 403, "auth.role")
    assert school.teacher.get(url).status_code == 200
    assert school.teacher.get(f"{school.url}/attempts?person={school.annotator.id}").json()["items"]


def test_an_answer_that_came_by_its_lease_is_judged_too(school: School, run_jobs: RunJobs) -> None:
    school.read()
    attempt = school.start("practice").json()
    work = school.student.get(f"{school.url}/attempts/{attempt['id']}/next").json()["work"]
    body = {"submit_key": "k1", "base": 0, "labels": RIGHT, "nothing": False}
    submitted = school.student.post(f"{school.url}/work/{work['lease_id']}/submit", json=body)
    assert submitted.status_code == 200, submitted.text
    run_jobs()
    detail = school.student.get(f"{school.url}/attempts/{attempt['id']}").json()
    assert (detail["answered"], detail["correct"]) == (1, 1)


def test_gold_that_appears_reaches_the_gate_within_a_minute(school: School) -> None:
    with school.database.transaction(school.project.org_id) as session:
        jobs.refresh_gates(session)
    assert school.gate().missing == [{"code": "academy.unqualified", "params": {"people": 1}}]
    with school.database.transaction(school.project.org_id) as session:
        session.execute(text("UPDATE gold SET state = 'retired' WHERE use = 'exam'"))
        jobs.refresh_gates(session)
    params = {"kind": "exam", "needed": 4, "available": 0}
    assert {"code": "academy.not_enough_gold", "params": params} in school.gate().missing


def test_an_erased_item_leaves_a_running_attempt(school: School) -> None:
    school.practise()
    attempt = school.start("exam").json()
    with school.database.transaction(school.project.org_id) as session:
        session.execute(
            text(
                "UPDATE item SET state = 'erased' WHERE id = (SELECT item_id FROM attempt_answer "
                "WHERE attempt_id = :id AND position = 0)"
            ),
            {"id": attempt["id"]},
        )
    work = school.student.get(f"{school.url}/attempts/{attempt['id']}/next").json()["work"]
    assert (work["position"], work["total"]) == (1, 3)

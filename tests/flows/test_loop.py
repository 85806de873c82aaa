"""What the line calls wrong becomes an item, a task and a proposal, and is followed until a better model is live."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests.conftest import Client, assert_error
from tests.deploy.conftest import Line
from tests.rules.made import box
from tests.runner.made import picture
from tongguan.annotate import interface as annotate
from tongguan.core import failpoints
from tongguan.core.failpoints import FailpointError
from tongguan.core.ids import new_id
from tongguan.flows.service import loop
from tongguan.people.interface import grant_qualification
from tongguan.people.models import Person
from tongguan.projects.interface import record_gate

pytestmark = pytest.mark.usefixtures("runner")
KEYS = ("bright", "dark")


class Shop:
    """A line with rules, a trainer, and somebody who labels."""

    def __init__(self, line: Line) -> None:
        self.line, self.project = line, line.project
        self.trainer, self.labeller = line.person("孙训练师", "trainer"), line.person("周建国", "annotator")
        self.deployment = line.deploy(threshold=0.6, name="一号线")
        self.camera: Client = line.device(self.deployment)

    def open(self) -> None:
        """Publishes rules and opens the data gate."""
        classes = [
            {"key": key, "kind": "box", "name": {"zh": key, "en": key}, "color": "#ffb000", "attributes": []}
            for key in KEYS
        ]
        body = {"label_set": classes, "guideline": "g", "examples": [], "checks": {}}
        client = self.line.client.as_(self.trainer)
        assert client.put(self.line.url("rules/draft"), json=body).status_code == 200
        assert client.post(self.line.url("rules/publish"), json={}).status_code == 201
        self.line.run_jobs()
        with self.line.database.transaction(self.project.org_id) as session:
            record_gate(session, self.project.id, 1, "open", {}, [])
            grant_qualification(session, self.labeller.id, self.project.id, 1, "granted")

    def ask(self, light: int, name: str = "", seed: int = 0) -> str:
        """A prediction."""
        answer = self.line.ask(self.camera, self.deployment, picture(light, seed=seed), name=name)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["prediction_id"])

    def say(self, prediction: str, **said: Any) -> None:
        """The operator taps."""
        body = {"prediction_id": prediction, "kind": "wrong", "reason": "false_call", **said}
        who = self.line.client.as_(self.line.operator)
        answer = who.post(f"/api/v1/deployments/{self.deployment['id']}/feedback", json=body)
        assert answer.status_code == 200, answer.text

    def cases(self, **query: Any) -> list[dict[str, Any]]:
        """Cases as the trainer sees them."""
        answer = self.line.get("loop", self.trainer, **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def follow(self) -> None:
        """What the clock does."""
        with self.line.database.transaction(self.project.org_id) as session:
            loop.follow(session, self.project.id)
            loop.wake_waiting(session)
        self.line.run_jobs()

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Rows under the organization."""
        with self.line.database.transaction(self.project.org_id) as session:
            return list(session.execute(text(query), values))

    def answer(self, who: Person | None = None) -> dict[str, Any]:
        """The labeller takes the next task and answers it."""
        client = self.line.client.as_(who or self.labeller)
        work: dict[str, Any] = client.post(self.line.url("work/claim"), json={"slot": "open"}).json()
        body = {"submit_key": str(uuid4()), "labels": [box(4, 4, 30, 30, "dark")], "nothing": False, "base": 0}
        answer = client.post(self.line.url(f"work/{work['lease_id']}/submit"), json=body)
        assert answer.status_code == 200, answer.text
        return work

    def freeze(self, version: UUID, number: int, side: str) -> None:
        """A frozen version with the case's answer, as the stage datasets writes it."""
        with self.line.database.transaction(self.project.org_id) as session:
            values = {"v": version, "p": self.project.id, "n": number, "side": side}
            session.execute(
                text(
                    "INSERT INTO dataset_version (id, project_id, number, kept, line) VALUES (:v, :p, :n, 0.15, 0.15)"
                ),
                values,
            )
            session.execute(
                text(
                    "INSERT INTO dataset_entry (id, version_id, item_id, name, asset_sha256, annotation_id, "
                    "revision_id, side, group_key, width, height, label_count) "
                    "SELECT gen_random_uuid(), :v, a.item_id, 'x', 'y', a.id, a.current_revision_id, :side, 'g', 80, "
                    "80, 1 FROM annotation a WHERE a.project_id = :p AND a.state = 'accepted'"
                ),
                values,
            )
            session.execute(
                text(
                    "UPDATE dataset_version SET state = 'frozen', frozen_at = now(), "
                    """counts = '{"items": 1, "labels": 1}' WHERE id = :v"""
                ),
                values,
            )

    def accept(self) -> None:
        """An inspector accepts all answers."""
        with self.line.database.transaction(self.project.org_id) as session:
            waiting = session.execute(text("SELECT id FROM annotation WHERE state = 'submitted'")).scalars().all()
            annotate.set_state(session, waiting, "accepted")


@pytest.fixture
def shop(line: Line) -> Shop:
    """A line whose gates are open."""
    made = Shop(line)
    made.open()
    return made


def test_a_wrong_answer_becomes_item_task_and_proposal(shop: Shop) -> None:
    route = {
        "level": 3,
        "priority_wrong": 200,
        "group_rule": r"pattern:^(plate-\d+)",
        "licence": "自有",
        "consent": "协议",
    }
    url = f"loop/routes/{shop.deployment['id']}"
    shown = shop.line.client.as_(shop.trainer).put(shop.line.url(url), json=route)
    assert shown.status_code == 200, shown.text
    assert (shown.json()["rule_version"], shown.json()["people"]) == ("1.0", 1)
    wrong = shop.ask(220, "plate-17_2.png")
    shop.ask(50)
    shop.say(wrong)
    shop.line.run_jobs()
    case = shop.cases()[0]
    assert (case["state"], case["kind"], case["reason"], case["known"]) == ("task", "wrong", "false_call", False)
    assert case["deployment"] == "一号线"
    item = shop.line.client.as_(shop.trainer).get(shop.line.url(f"items/{case['item_id']}")).json()
    assert item["name"].startswith("line/20")
    assert item["name"].endswith("/plate-17_2.png")
    assert (item["group_key"], item["licence"], item["consent"]) == ("plate-17", "自有", "协议")
    task = shop.rows("SELECT priority, min_level, state FROM task WHERE id = :id", id=UUID(case["task_id"]))
    assert [tuple(row) for row in task] == [(200, 3, "open")]
    prelabel = shop.rows("SELECT labels, model_version_id FROM prelabel WHERE state = 'live'")[0]
    assert [mark["label"] for mark in prelabel.labels] == ["bright"]
    assert str(prelabel.model_version_id) == shop.deployment["live_model_id"]
    work = shop.answer()
    assert [mark["label"] for mark in work["prelabels"]] == ["bright"]


def test_the_case_is_followed_to_a_better_model_on_the_line(shop: Shop) -> None:
    shop.say(shop.ask(220))
    shop.line.run_jobs()
    shop.answer()
    shop.follow()
    assert shop.cases()[0]["state"] == "answered"
    shop.accept()
    shop.follow()
    assert shop.cases()[0]["state"] == "accepted"
    version = new_id()
    shop.freeze(version, 8, "train")
    shop.follow()
    assert (shop.cases()[0]["state"], shop.cases()[0]["dataset_version"]) == ("frozen", 8)
    model = shop.line.model()
    shop.rows("UPDATE model_version SET dataset_version_id = :v WHERE id = :m RETURNING 1", v=version, m=model)
    shop.follow()
    assert (shop.cases()[0]["state"], shop.cases()[0]["model"]) == ("trained", 2)
    live = shop.line.post(f"deployments/{shop.deployment['id']}/live", {"model_id": str(model), "reason": "better"})
    assert live.status_code == 200, live.text
    shop.line.run_jobs()
    case = shop.cases()[0]
    assert case["state"] == "deployed"
    assert set(case["reached"]) == {"waiting", "task", "answered", "accepted", "frozen", "trained", "deployed"}
    counts = shop.line.get("loop/counts", shop.trainer).json()
    assert (counts["total"], counts["wrong"], counts["reached"]["frozen"], counts["now"]["deployed"]) == (1, 1, 1, 1)
    shop.follow()
    assert shop.cases()[0] == case


def test_what_lands_on_the_kept_side_measures_and_never_teaches(shop: Shop) -> None:
    shop.say(shop.ask(220))
    shop.line.run_jobs()
    shop.answer()
    shop.accept()
    version = new_id()
    shop.freeze(version, 8, "kept")
    shop.follow()
    model = shop.line.model()
    shop.rows("UPDATE model_version SET dataset_version_id = :v WHERE id = :m RETURNING 1", v=version, m=model)
    shop.follow()
    assert (shop.cases()[0]["state"], shop.cases()[0]["side"]) == ("frozen", "kept")
    assert shop.line.get("loop/counts", shop.trainer).json()["measures"] == 1


def test_without_rules_or_behind_a_closed_gate_it_waits(line: Line) -> None:
    shop = Shop(line)
    shop.say(shop.ask(220))
    line.run_jobs()
    assert (shop.cases()[0]["state"], shop.cases()[0]["note"]) == ("waiting", "no_rules")
    shop.follow()
    assert shop.cases()[0]["state"] == "waiting"
    shop.open()
    shop.follow()
    assert (shop.cases()[0]["state"], shop.cases()[0]["note"]) == ("task", "")


def test_a_known_picture_gets_a_second_look_and_the_new_answer_holds(shop: Shop) -> None:
    first = shop.ask(220)
    shop.say(first)
    shop.line.run_jobs()
    shop.answer()
    shop.accept()
    shop.follow()
    again = shop.ask(220)
    shop.say(again, reason="wrong_label")
    shop.line.run_jobs()
    case = shop.cases()[0]
    assert (case["known"], case["state"]) == (True, "task")
    assert case["item_id"] == shop.cases()[1]["item_id"]
    other = shop.line.person("王芳", "annotator")
    with shop.line.database.transaction(shop.project.org_id) as session:
        grant_qualification(session, other.id, shop.project.id, 1, "granted")
    shop.answer(other)
    shop.accept()
    shop.follow()
    states = shop.rows("SELECT state FROM annotation ORDER BY id")
    assert [row.state for row in states] == ["superseded", "accepted"]


def test_a_drawn_answer_whose_truth_is_known_costs_nobody_time(shop: Shop) -> None:
    shop.say(shop.ask(220))
    shop.line.run_jobs()
    shop.answer()
    shop.accept()
    drawn = UUID(shop.ask(220))
    called = loop.Called(shop.project.id, UUID(shop.deployment["id"]), drawn, "sampled")
    with shop.line.database.transaction(shop.project.org_id) as session:
        session.execute(
            text("INSERT INTO event (id, kind, payload) VALUES (:id, 'prediction.sampled', CAST(:body AS jsonb))"),
            {
                "id": new_id(),
                "body": f'{{"project_id": "{called.project_id}", "deployment_id": "{called.deployment_id}", '
                f'"prediction_id": "{drawn}"}}',
            },
        )
    shop.line.run_jobs()
    case = shop.cases()[0]
    assert (case["kind"], case["state"], case["note"]) == ("sampled", "closed", "answered")
    shop.say(str(drawn))
    shop.line.run_jobs()
    assert (shop.cases()[0]["kind"], shop.cases()[0]["state"]) == ("wrong", "task")


def test_a_picture_that_is_not_kept_cannot_become_a_task(shop: Shop) -> None:
    answer = shop.line.client.as_(shop.line.engineer).patch(
        shop.line.url(f"deployments/{shop.deployment['id']}"), json={"retention_days": 0}
    )
    assert answer.status_code == 200, answer.text
    shop.say(shop.ask(220))
    shop.line.run_jobs()
    assert (shop.cases()[0]["state"], shop.cases()[0]["note"]) == ("closed", "no_picture")


@pytest.mark.parametrize("point", ["case_opened", "case_stored", "case_item", "case_written", "case_done"])
def test_killed_between_any_two_steps_it_ends_the_same(shop: Shop, point: str) -> None:
    shop.say(shop.ask(220))
    failpoints.arm(f"flows.{point}=error")
    try:
        with pytest.raises(FailpointError):
            shop.line.run_jobs()
    finally:
        failpoints.arm("")
    shop.rows("UPDATE event SET delivered_at = NULL WHERE kind = 'prediction.wrong' RETURNING 1")
    shop.line.run_jobs()
    assert [case["state"] for case in shop.cases()] == ["task"]
    assert shop.rows("SELECT count(*) FROM task WHERE purpose = 'ordinary'")[0][0] == 1
    assert shop.rows("SELECT count(*) FROM item")[0][0] == 1
    assert shop.rows("SELECT count(*) FROM prelabel WHERE state = 'live'")[0][0] == 1


def test_routes_and_lists_refuse_what_is_wrong(shop: Shop) -> None:
    url = shop.line.url(f"loop/routes/{shop.deployment['id']}")
    trainer = shop.line.client.as_(shop.trainer)
    assert trainer.put(url, json={"level": 9}).status_code == 422
    assert_error(trainer.put(url, json={"group_rule": "pattern:(a+)+$"}), 422, "collect.group_rule")
    assert_error(trainer.get(shop.line.url(f"loop/routes/{uuid4()}")), 404, "deployment.unknown")
    assert trainer.get(shop.line.url("loop"), params={"state": "nowhere"}).status_code == 422
    assert shop.cases(state="deployed", deployment_id=shop.deployment["id"]) == []

"""The rulebook over HTTP: drafts, publishing, versions, differences."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy.exc
from sqlalchemy import text
from tests.conftest import Client, Grant, JoinedDatabase, MakePerson, MakeProject, Org, assert_error
from tests.rules.made import CLASSES, add_batch, add_items, content

from tongguan.core.database import Database
from tongguan.projects.models import Project


class House:
    """A project with a trainer and an annotator."""

    def __init__(
        self, client: Client, project: Project, make_person: MakePerson, grant: Grant, database: Database
    ) -> None:
        self.project = project
        self.database = database
        self.trainer, self.annotator = make_person("训练师", 3), make_person("小王", 1)
        grant(project, self.trainer, "trainer")
        grant(project, self.annotator, "annotator")
        self.client = client
        self.as_trainer, self.as_annotator = client.as_(self.trainer), client.as_(self.annotator)
        self.url = f"/api/v1/projects/{project.id}"

    def publish(self, **changed: Any) -> dict[str, Any]:
        """Saves and publishes a rulebook."""
        saved = self.as_trainer.put(f"{self.url}/rules/draft", json=content(**changed))
        assert saved.status_code == 200, saved.text
        answer = self.as_trainer.post(f"{self.url}/rules/publish", json={"note": "changed"})
        assert answer.status_code == 201, answer.text
        published: dict[str, Any] = answer.json()
        return published

    def items(self, count: int) -> list[str]:
        """Items of the project."""
        with self.database.transaction(self.project.org_id) as session:
            batch = add_batch(session, self.project.id)
            return [str(item) for item in add_items(session, self.project.id, batch, count)]


@pytest.fixture
def house(
    client: Client, make_project: MakeProject, make_person: MakePerson, grant: Grant, database: JoinedDatabase
) -> House:
    """A project to write rules in."""
    return House(client, make_project(), make_person, grant, database)


def test_a_draft_becomes_a_version_and_the_next_is_numbered_by_what_changed(house: House) -> None:
    assert house.as_trainer.get(f"{house.url}/rules").json()["current"] is None
    first = house.publish()
    assert (first["major"], first["minor"], first["state"]) == (1, 0, "published")
    assert (house.publish(guideline="# Better words")["major"], house.publish(guideline="x")["minor"]) == (1, 2)
    renamed = [{**CLASSES[0], "name": {"zh": "擦伤", "en": "Scratches"}}, CLASSES[1]]
    major = house.publish(label_set=renamed, guideline="x")
    assert (major["major"], major["minor"]) == (2, 0)
    listed = house.as_annotator.get(f"{house.url}/rules/versions").json()["items"]
    assert [(row["major"], row["minor"]) for row in listed] == [(2, 0), (1, 2), (1, 1), (1, 0)]
    assert listed[0]["published_by_name"] == "训练师"
    diff = house.as_annotator.get(f"{house.url}/rules/versions/{major['id']}/diff").json()
    assert diff["major"] is True
    assert diff["before_number"] == "1.2"
    assert [(change["action"], change["label"]) for change in diff["changes"]] == [("renamed", "scratches")]
    whole = house.as_annotator.get(f"{house.url}/rules/versions/{major['id']}/diff?against={first['id']}").json()
    assert {change["what"] for change in whole["changes"]} == {"class", "guideline"}


def test_publishing_leaves_an_event_and_an_audit_row(house: House) -> None:
    version = house.publish()
    with house.database.transaction(house.project.org_id) as session:
        event = session.execute(text("SELECT payload FROM event WHERE kind = 'rule.published'")).scalar_one()
        audit = session.execute(text("SELECT action, detail FROM audit WHERE object_kind = 'rule_version'")).one()
    assert event == {
        "project_id": str(house.project.id),
        "rule_version_id": version["id"],
        "major": 1,
        "minor": 0,
        "major_change": True,
        "previous_id": None,
    }
    assert audit.action == "published"
    assert audit.detail["version"] == "1.0"


@pytest.mark.parametrize("statement", ["UPDATE rule_version SET note = 'other'", "DELETE FROM rule_version"])
def test_the_database_keeps_what_was_published(house: House, statement: str) -> None:
    house.publish()
    with (
        pytest.raises(sqlalchemy.exc.DBAPIError, match="published and cannot change"),
        house.database.transaction(house.project.org_id) as session,
    ):
        session.execute(text(statement))


def test_publishing_needs_something_new(house: House) -> None:
    assert_error(house.as_trainer.post(f"{house.url}/rules/publish", json={}), 409, "rules.no_draft")
    house.as_trainer.put(f"{house.url}/rules/draft", json=content(label_set=[]))
    assert_error(house.as_trainer.post(f"{house.url}/rules/publish", json={}), 422, "rules.no_classes")
    house.publish()
    started = house.as_trainer.post(f"{house.url}/rules/draft", json={})
    assert started.status_code == 201
    assert started.json()["label_set"][0]["key"] == "scratches"
    assert_error(house.as_trainer.post(f"{house.url}/rules/publish", json={}), 409, "rules.nothing_changed")
    assert house.as_trainer.delete(f"{house.url}/rules/draft").status_code == 204
    assert_error(house.as_trainer.delete(f"{house.url}/rules/draft"), 404, "rules.no_draft")


def test_a_stale_save_shows_both_sides(house: House) -> None:
    first = house.as_trainer.put(f"{house.url}/rules/draft", json=content()).json()
    second = house.as_trainer.put(f"{house.url}/rules/draft", json=content(guideline="A", revision=first["revision"]))
    assert second.status_code == 200
    stale = house.as_trainer.put(f"{house.url}/rules/draft", json=content(guideline="B", revision=first["revision"]))
    params = assert_error(stale, 409, "rules.draft_stale")
    assert params["draft"]["guideline"] == "A"
    assert params["theirs"] == second.json()["revision"]


def test_a_draft_shows_what_publishing_would_do_and_only_to_writers(house: House) -> None:
    house.publish()
    draft = house.as_trainer.put(f"{house.url}/rules/draft", json=content(label_set=CLASSES[:1])).json()
    diff = house.as_trainer.get(f"{house.url}/rules/versions/{draft['id']}/diff").json()
    assert (diff["major"], diff["next"]) == (True, "2.0")
    assert house.as_trainer.get(f"{house.url}/rules").json()["draft"]["id"] == draft["id"]
    assert house.as_annotator.get(f"{house.url}/rules").json()["draft"] is None
    hidden = house.as_annotator.get(f"{house.url}/rules/versions/{draft['id']}")
    assert_error(hidden, 404, "rules.version_not_found")


def test_examples_are_parts_of_the_projects_pictures(house: House, make_project: MakeProject) -> None:
    (item,) = house.items(1)
    example = {"label": "scratches", "item_id": item, "right": False, "note": "<b>too short</b>"}
    inside = {**example, "region": {"x": 10, "y": 10, "width": 50, "height": 60}}
    version = house.publish(examples=[example, inside])
    assert version["examples"][0]["note"] == "<b>too short</b>"
    picture = version["pictures"][item]
    assert picture["image_url"].startswith("/files/")
    assert (picture["width"], picture["height"]) == (200, 200)
    outside = {**example, "region": {"x": 190, "y": 10, "width": 50, "height": 60}}
    answer = house.as_trainer.put(f"{house.url}/rules/draft", json=content(examples=[outside]))
    assert assert_error(answer, 422, "rules.example_region")["example"] == 0
    other = make_project("another")
    with house.database.transaction(other.org_id) as session:
        foreign = str(add_items(session, other.id, add_batch(session, other.id), 1, first=900)[0])
    answer = house.as_trainer.put(f"{house.url}/rules/draft", json=content(examples=[{**example, "item_id": foreign}]))
    assert_error(answer, 422, "rules.example_item")


@pytest.mark.parametrize(
    "changed",
    [
        {"label_set": [CLASSES[0], CLASSES[0]]},
        {"label_set": [{**CLASSES[0], "kind": "hologram"}]},
        {"label_set": [{**CLASSES[0], "key": "x" * 10_000_000}]},
        {"label_set": [{**CLASSES[0], "name": {"zh": "  "}}]},
        {"label_set": [{**CLASSES[0], "name": {"zh": "a\x00b"}}]},
        {"label_set": [{**CLASSES[0], "color": "red"}]},
        {"label_set": [{**CLASSES[0], "hotkey": "ab"}]},
        {"label_set": [CLASSES[0], {**CLASSES[1], "hotkey": "6"}]},
        {"label_set": [{**CLASSES[0], "attributes": [{"key": "a", "name": {"en": "a"}, "type": "choice"}]}]},
        {"guideline": "x" * 200_001},
        {"checks": {"min_width": -1}},
        {"examples": [{"label": "unknown", "item_id": "0197f000-0000-7000-8000-000000000000"}]},
        {"surprise": 1},
    ],
)
def test_a_bad_draft_is_refused_with_its_place(house: House, changed: dict[str, Any]) -> None:
    answer = house.as_trainer.put(f"{house.url}/rules/draft", json=content(**changed))
    params = assert_error(answer, 422, "input.invalid")
    assert params["problems"][0]["place"].startswith("body")
    assert len(answer.content) < 10_000


ROUTES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/rules", None),
    ("POST", "/rules/draft", {}),
    ("PUT", "/rules/draft", content()),
    ("DELETE", "/rules/draft", None),
    ("POST", "/rules/publish", {}),
    ("GET", "/rules/versions", None),
    ("GET", "/rules/versions/0197f000-0000-7000-8000-000000000000", None),
    ("GET", "/rules/versions/0197f000-0000-7000-8000-000000000000/diff", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_who_may_not(
    house: House, other_org: Org, make_person: MakePerson, method: str, path: str, body: dict[str, Any] | None
) -> None:
    url = f"{house.url}{path}"
    assert house.client.request(method, url, json=body).status_code == 401
    assert house.client.as_(other_org.owner).request(method, url, json=body).status_code == 404
    assert house.client.as_(make_person("stranger")).request(method, url, json=body).status_code == 404
    if method != "GET":
        assert house.as_annotator.request(method, url, json=body).status_code == 403
    elif "versions/" in path:
        assert_error(house.as_annotator.request(method, url), 404, "rules.version_not_found")

"""Saved views: one's own, shared ones, replaced by name, removed by their owner or a manager."""

from __future__ import annotations

from tests.conftest import Client, Grant, MakePerson, MakeProject, Org, assert_error


def test_a_view_is_saved_replaced_shared_and_removed(
    client: Client, org: Org, make_project: MakeProject, make_person: MakePerson, grant: Grant
) -> None:
    project = make_project()
    trainer, inspector, manager = make_person("训练师"), make_person("质检员"), make_person("经理")
    grant(project, trainer, "trainer")
    grant(project, inspector, "inspector")
    grant(project, manager, "manager")
    base = f"/api/v1/projects/{project.id}/views"
    wish = {"list": "items", "name": " 重复的图 ", "query": "check=duplicate&sort=name", "columns": ["name", "state"]}
    mine = client.as_(trainer)
    made = mine.post(base, json=wish)
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["mine"], made.json()["person_name"]) == ("重复的图", True, "训练师")
    assert client.as_(inspector).get(f"{base}?of=items").json() == []
    assert_error(client.as_(inspector).delete(f"{base}/{made.json()['id']}"), 404, "view.unknown")

    again = mine.post(base, json={**wish, "query": "check=dark", "shared": True}).json()
    assert (again["id"], again["query"], again["shared"]) == (made.json()["id"], "check=dark", True)
    [seen] = client.as_(inspector).get(f"{base}?of=items").json()
    assert (seen["name"], seen["columns"], seen["mine"]) == ("重复的图", ["name", "state"], False)
    assert client.as_(inspector).get(f"{base}?of=tasks").json() == []

    assert_error(client.as_(inspector).delete(f"{base}/{made.json()['id']}"), 403, "view.of_other")
    assert client.as_(manager).delete(f"{base}/{made.json()['id']}").status_code == 204
    assert mine.get(f"{base}?of=items").json() == []


def test_two_people_may_use_one_name_and_bad_input_is_refused(
    client: Client, org: Org, make_project: MakeProject, make_person: MakePerson, grant: Grant
) -> None:
    project = make_project()
    trainer = make_person("训练师")
    grant(project, trainer, "trainer")
    base = f"/api/v1/projects/{project.id}/views"
    wish = {"list": "tasks", "name": "急件", "query": "state=open", "shared": True}
    for person in (trainer, org.owner):
        assert client.as_(person).post(base, json=wish).status_code == 201
    assert len(client.as_(trainer).get(f"{base}?of=tasks").json()) == 2
    for bad in ({"name": "  "}, {"name": "x" * 81}, {"list": "gold"}, {"query": "q" * 2001}, {"other": 1}):
        assert client.as_(trainer).post(base, json={**wish, **bad}).status_code == 422, bad

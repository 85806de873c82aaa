"""Projects by their API."""

from tests.conftest import Client, Grant, MakePerson, MakeProject, Org, assert_error


def test_anonymous_gets_nothing(client: Client, make_project: MakeProject) -> None:
    project = make_project()
    assert_error(client.get("/api/v1/projects"), 401, "auth.required")
    assert_error(client.get(f"/api/v1/projects/{project.id}"), 401, "auth.required")


def test_other_organization_sees_no_project(client: Client, make_project: MakeProject, other_org: Org) -> None:
    project = make_project()
    stranger = client.as_(other_org.owner)
    assert stranger.get("/api/v1/projects").json() == []
    assert_error(stranger.get(f"/api/v1/projects/{project.id}/map"), 404, "project.unknown")


def test_a_member_without_role_is_told_nothing(
    client: Client, make_project: MakeProject, make_person: MakePerson
) -> None:
    project = make_project()
    assert_error(client.as_(make_person()).get(f"/api/v1/projects/{project.id}"), 404, "project.unknown")


def test_roles_open_what_they_should(
    client: Client, make_project: MakeProject, make_person: MakePerson, grant: Grant
) -> None:
    project, person = make_project(), make_person()
    grant(project, person, "annotator")
    page = client.as_(person)
    assert page.get(f"/api/v1/projects/{project.id}/map").json()["project"]["roles"] == ["annotator"]
    assert_error(page.put(f"/api/v1/projects/{project.id}/settings", json={}), 403, "auth.role")


def test_owner_creates_pauses_and_sees_it_on_the_map(client: Client, org: Org) -> None:
    owner = client.as_(org.owner)
    made = owner.post("/api/v1/projects", json={"name": "一号轧线"})
    assert made.status_code == 201
    path = f"/api/v1/projects/{made.json()['id']}"
    assert owner.post(f"{path}/state/pause").json()["state"] == "paused"
    shown = owner.get(f"{path}/map").json()
    assert [gate["state"] for gate in shown["gates"]] == ["closed"] * 5


def test_settings_are_checked(client: Client, org: Org, make_project: MakeProject) -> None:
    path = f"/api/v1/projects/{make_project().id}/settings"
    wrong = client.as_(org.owner).put(path, json={"split": {"kept": 0.6, "line": 0.5}})
    assert_error(wrong, 422, "input.invalid")

"""Signing in with a browser: links, cookies, CSRF, limits."""

from uuid import UUID

from fastapi.testclient import TestClient

from tests.conftest import Client, JoinedDatabase, MakeProject, Org, assert_error
from tongguan.core.database import Database
from tongguan.core.settings import Settings
from tongguan.people.service.links import first_start_link, make_link

SECRET = "eight letters or more"


def token_of(link: str) -> str:
    return link.partition("#")[2]


def csrf(client: TestClient) -> dict[str, str]:
    return {"x-csrf-token": client.cookies["tg_csrf"]}


def test_first_start_link_makes_the_owner_once(first_client: Client, untouched: Database, settings: Settings) -> None:
    client = first_client
    link = first_start_link(untouched, settings)
    assert link is not None
    wish = {"token": token_of(link), "email": "a@b.cn", "name": "厂长", "password": SECRET, "organization": "一厂"}
    assert client.post("/api/v1/auth/link/look", json={"token": wish["token"]}).json()["purpose"] == "first_start"
    assert client.post("/api/v1/auth/link", json=wish).status_code == 204
    me = client.get("/api/v1/me").json()
    assert (me["org_role"], me["organization"]["name"]) == ("owner", "一厂")
    assert_error(client.post("/api/v1/auth/link", json=wish), 410, "link.used")
    assert first_start_link(untouched, settings) is None


def test_cookie_needs_csrf_token(first_client: Client, untouched: Database, settings: Settings) -> None:
    client = first_client
    link = str(first_start_link(untouched, settings))
    client.post(
        "/api/v1/auth/link", json={"token": token_of(link), "email": "a@b.cn", "name": "厂长", "password": SECRET}
    )
    assert_error(client.patch("/api/v1/me", json={"name": "x"}), 403, "auth.csrf")
    assert client.patch("/api/v1/me", json={"name": "李四"}, headers=csrf(client)).json()["name"] == "李四"
    assert client.post("/api/v1/auth/logout", headers=csrf(client)).status_code == 204
    assert_error(client.get("/api/v1/me"), 401, "auth.required")


def test_wrong_passwords_are_limited(client: Client, org: Org) -> None:
    wish = {"email": org.owner.email, "password": "wrong"}
    for _ in range(8):
        assert_error(client.post("/api/v1/auth/login", json=wish), 401, "auth.wrong")
    assert_error(client.post("/api/v1/auth/login", json=wish), 429, "auth.too_many")


def test_invitation_grants_project_roles(client: Client, org: Org, make_project: MakeProject) -> None:
    project = make_project()
    wish = {
        "email": "new@b.cn",
        "name": "新人",
        "projects": [{"project_id": str(project.id), "roles": ["annotator"]}],
    }
    made = client.as_(org.owner).post("/api/v1/org/invitations", json=wish).json()
    answer = client.post("/api/v1/auth/link", json={"token": token_of(made["link"]), "password": SECRET})
    assert answer.status_code == 204
    me = client.get("/api/v1/me").json()
    assert [(UUID(one["id"]), one["roles"]) for one in me["projects"]] == [(project.id, ["annotator"])]


def test_reset_ends_sessions_and_deactivation_signs_out(
    client: Client, org: Org, database: JoinedDatabase, settings: Settings
) -> None:
    with database.transaction(org.id) as session:
        link = make_link(session, settings, "reset", org.owner.id).link
    assert client.post("/api/v1/auth/link", json={"token": token_of(link), "password": SECRET}).status_code == 204
    assert client.post("/api/v1/auth/login", json={"email": org.owner.email, "password": SECRET}).status_code == 204
    last = client.as_(org.owner).patch(f"/api/v1/org/people/{org.owner.id}", json={"active": False, "reason": "left"})
    assert_error(last, 409, "person.last_owner")


def test_deactivated_person_is_out_at_once(client: Client, org: Org, make_person: object) -> None:
    person = make_person("小李")  # type: ignore[operator]
    page = client.as_(person)
    assert page.get("/api/v1/me").status_code == 200
    answer = client.as_(org.owner).patch(f"/api/v1/org/people/{person.id}", json={"active": False, "reason": "离职"})
    assert answer.status_code == 200
    assert_error(page.get("/api/v1/me"), 401, "auth.token")


def test_own_hotkeys_follow_their_person(client: Client, org: Org) -> None:
    owner = client.as_(org.owner)
    assert owner.get("/api/v1/me").json()["hotkeys"] == {}
    keys = {"submit": ["S"], "crosshair": []}
    assert owner.patch("/api/v1/me", json={"hotkeys": keys}).json()["hotkeys"] == keys
    assert owner.patch("/api/v1/me", json={"name": "Wang"}).json()["hotkeys"] == keys
    assert owner.get("/api/v1/me").json()["hotkeys"] == keys
    for wrong in ({"submit": ["S"] * 9}, {"sub mit": ["S"]}, {"submit": ["x" * 99]}, {"submit": "S"}):
        assert owner.patch("/api/v1/me", json={"hotkeys": wrong}).status_code == 422
    assert owner.patch("/api/v1/me", json={"hotkeys": {}}).json()["hotkeys"] == {}

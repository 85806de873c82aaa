"""Walks the router: nobody without login, with a wrong role, or of another organization gets in anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import text

from tests.conftest import Client, Grant, MakePerson, MakeProject, Org
from tongguan.api import health, sign_in
from tongguan.api.stages import ROUTERS
from tongguan.core import auth
from tongguan.core.auth import RouteAccess
from tongguan.core.database import Database
from tongguan.deploy.models import Deployment, Device
from tongguan.people.schemas import ROLES
from tongguan.projects.models import Project

# Routes that have to be open: signing in, and what the machine's own monitor asks.
PUBLIC = {"login", "look_at_link", "use_link", "healthz", "metrics", "page"}


def api_routes() -> Iterator[APIRoute]:
    for router in (health.router, sign_in.router, *ROUTERS):
        yield from (route for route in router.routes if isinstance(route, APIRoute))


def guards(dependant: Dependant) -> Iterator[RouteAccess]:
    for child in dependant.dependencies:
        call: object = child.call
        if isinstance(call, RouteAccess):
            yield call
        yield from guards(child)


def in_project(route: APIRoute) -> bool:
    return any(guard.scope == "project" for guard in guards(route.dependant))


def address(route: APIRoute, project_id: object) -> str:
    """The route's path with the project's id, and made-up values elsewhere."""
    path = route.path.replace("{project_id}", str(project_id)).replace("{action}", "pause")
    path = re.sub(r"\{(number|other|gate|n|m|format)\}", "1", path)
    return re.sub(r"\{\w+(:\w+)?\}", str(uuid4()), path)


def ask(client: Client, route: APIRoute, project_id: object) -> int:
    method = sorted((route.methods or set()) - {"HEAD", "OPTIONS"})[0]
    return int(client.request(method, address(route, project_id), json={}).status_code)


def test_every_route_has_a_guard() -> None:
    bare = [route.name for route in api_routes() if route.name not in PUBLIC and not list(guards(route.dependant))]
    assert bare == []


def test_every_route_refuses_the_anonymous(client: Client, make_project: MakeProject) -> None:
    project = make_project()
    open_ones = [r.name for r in api_routes() if r.name not in PUBLIC and ask(client, r, project.id) != 401]
    assert open_ones == []


def test_every_project_route_hides_from_other_organizations(
    client: Client, make_project: MakeProject, other_org: Org
) -> None:
    project, stranger = make_project(), client.as_(other_org.owner)
    seen = [
        route.name
        for route in api_routes()
        if any(guard.scope == "project" for guard in guards(route.dependant))
        and ask(stranger, route, project.id) != 404
    ]
    assert seen == []


def for_devices(route: APIRoute) -> bool:
    return any(guard.scope == "device" for guard in guards(route.dependant))


def test_a_device_asks_and_gives_feedback_and_nothing_else(client: Client, make_project: MakeProject) -> None:
    assert {route.name for route in api_routes() if for_devices(route)} == {"predict", "give_feedback"}
    project = make_project()
    device, made_up = Client(client.app), Client(client.app)
    device.headers["authorization"] = f"Bearer {plant_device(client.database, project)}"
    made_up.headers["authorization"] = "Bearer tgd_nobody"
    got_in = []
    for route in api_routes():
        wanted = 404 if for_devices(route) else 401  # another deployment than its own is not there
        if route.name not in PUBLIC and (ask(device, route, project.id), ask(made_up, route, project.id)) != (
            wanted,
            401,
        ):
            got_in.append(route.name)
    assert got_in == []


def test_line_routes_hide_from_other_organizations(client: Client, make_project: MakeProject, other_org: Org) -> None:
    project = make_project()
    plant_device(client.database, project)
    with client.database.transaction(project.org_id) as session:
        deployment = session.execute(text("SELECT id FROM deployment")).scalar_one()
    stranger = client.as_(other_org.owner)
    for route in filter(for_devices, api_routes()):
        path = route.path.replace("{deployment_id}", str(deployment))
        assert stranger.post(path, json={}).status_code == 404


def plant_device(database: Database, project: Project) -> str:
    """The token of a device of a deployment without a model."""
    token = auth.DEVICE_PREFIX + auth.new_token()
    with database.transaction(project.org_id) as session:
        deployment = Deployment(
            project_id=project.id,
            number=1,
            name="一号线",
            threshold=0.5,
            cost_miss_fen=0,
            cost_false_fen=0,
            retention_days=1,
            quota_mb=1,
            sample_share=0,
            stale_days=0,
        )
        session.add(deployment)
        session.flush()
        session.add(
            Device(
                project_id=project.id,
                deployment_id=deployment.id,
                name="相机",
                hash=auth.token_hash(token),
                hint=token[-4:],
                per_minute=1000,
            )
        )
    return token


@pytest.mark.parametrize("role", ROLES)
def test_every_route_refuses_wrong_roles(
    role: str, client: Client, make_project: MakeProject, make_person: MakePerson, grant: Grant
) -> None:
    project, person = make_project(), make_person(level=5)
    grant(project, person, role)
    page = client.as_(person)
    let_in = []
    for route in api_routes():
        roles = [guard.roles for guard in guards(route.dependant) if guard.roles]
        if roles and all(role not in allowed for allowed in roles) and ask(page, route, project.id) != 403:
            let_in.append(route.name)
    assert let_in == []


def test_a_person_without_a_role_in_the_project_sees_nothing(
    client: Client, make_project: MakeProject, make_person: MakePerson
) -> None:
    project, page = make_project(), client.as_(make_person(level=5))
    seen = [route.name for route in api_routes() if in_project(route) and ask(page, route, project.id) != 404]
    assert seen == []

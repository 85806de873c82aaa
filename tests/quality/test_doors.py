"""Who is not let in: nobody signed in, another organization, a person without a role; and two inspectors at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from tests.annotate.conftest import World, box
from tests.conftest import Org
from tests.quality.floor import Floor

from tongguan.core.clock import now
from tongguan.core.ids import new_id
from tongguan.quality import repository
from tongguan.quality.endpoints import router as quality
from tongguan.quality.service import intake
from tongguan.quality.service.reviews import LEASE
from tongguan.settle.endpoints import router as settle

ROUTES = [
    (method, route.path) for route in (*quality.routes, *settle.routes) if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_strangers_are_not_let_in(floor: Floor, other_org: Org, method: str, path: str) -> None:
    url = path.replace("{project_id}", str(floor.world.project.id))
    for name in ("review_id", "finding_id", "person_id", "gold_id", "item_id", "period_id"):
        url = url.replace("{" + name + "}", str(new_id()))
    assert floor.client.request(method, url, json={}).status_code == 401
    assert floor.client.as_(other_org.owner).request(method, url, json={}).status_code == 404
    outsider = floor.world.person("无角色", 1, roles=())
    assert floor.client.as_(outsider).request(method, url, json={}).status_code == 404
    client = floor.world.person("客户", 1, roles=("client",))
    # The client's portal shows progress; everything else of these stages is closed to clients.
    expected = 200 if path.endswith("/burn-up") else 403
    assert floor.client.as_(client).request(method, url, json={}).status_code == expected


def test_reviews_are_leased_to_one_inspector_each(committed_world: World) -> None:
    world = committed_world
    ann = world.person("甲", 1)
    inspectors = [world.person(f"检{n}", 4, roles=("inspector",)) for n in range(4)]
    world.tasks(world.items(24))
    for _ in range(24):
        work = world.work(ann)
        out = world.done(ann, work.lease_id, box())
        with world.database.transaction(world.org_id) as session:
            intake.submitted(session, [out.annotation_id])

    def take(person: UUID) -> list[UUID]:
        taken = []
        for _ in range(6):
            with world.database.transaction(world.org_id, person) as session:
                found = repository.lease_next(session, world.project.id, person, now(), now() + LEASE)
            assert found is not None
            taken.append(found)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [each for part in pool.map(take, [person.id for person in inspectors]) for each in part]
    assert len(taken) == len(set(taken)) == 24

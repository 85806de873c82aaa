"""The routes: anonymous, another organization, a wrong role, invalid input, and the whole way of a task."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tongguan.annotate.endpoints import router
from tongguan.annotate.interface import store_prelabels
from tongguan.core.ids import new_id

BOX = {"kind": "box", "label": "scratches", "x": 10, "y": 10, "width": 30, "height": 20}
KEY = {"submit_key": "k1", "labels": [BOX]}
# Route, a body that is valid, a body that is not (None: nothing can be wrong).
CALLS: list[tuple[str, str, Any, Any]] = [
    ("POST", "/work/claim", {"slot": "open"}, {"slot": "third"}),
    ("POST", "/work/{id}/heartbeat", {}, None),
    ("POST", "/work/{id}/commands", {"seq_from": 1, "commands": []}, {"seq_from": 0}),
    ("POST", "/work/{id}/submit", KEY, {"labels": "none"}),
    ("POST", "/tasks/create", {}, {"overlap": 0}),
    ("GET", "/tasks", None, "?state=sleeping"),
    ("PATCH", "/tasks", {"task_ids": [str(uuid4())], "priority": 3}, {"task_ids": []}),
    ("GET", "/work/mine", None, None),
    ("POST", "/work/{id}/open", {}, None),
    ("POST", "/work/{id}/return", {}, None),
    ("POST", "/work/{id}/skip", {"reason": "other"}, {"reason": "bored"}),
    ("GET", "/drafts/kept", None, None),
    ("POST", "/drafts/{id}/adopt", {}, None),
    ("DELETE", "/drafts/{id}", None, None),
    ("GET", "/annotations", None, "?person=nobody"),
    ("GET", "/annotations/{id}", None, None),
    ("GET", "/tasks.csv", None, "?state=sleeping"),
    ("GET", "/annotations.csv", None, "?person=nobody"),
    ("DELETE", "/annotations/{id}", None, "?reopen=perhaps"),
    ("POST", "/annotations/{id}/restore", {}, {"revision": 0}),
]
IDS = [f"{method} {path}" for method, path, _, _ in CALLS]


@pytest.fixture
def base(world: Any) -> str:
    """The project's address."""
    return f"/api/v1/projects/{world.project.id}"


def ask(client: Any, base: str, method: str, path: str, body: Any) -> Any:
    """One call with a made-up id."""
    address = base + path.replace("{id}", str(uuid4()))
    if isinstance(body, str):
        return client.request(method, address + body)
    return client.request(method, address, json=body)


def test_every_route_of_the_stage_is_called_here() -> None:
    routes = {(sorted(route.methods)[0], route.path) for route in router.routes}  # type: ignore[attr-defined]
    prefix = "/api/v1/projects/{project_id}"
    found = {(method, path.replace(prefix, "")) for method, path in routes}
    named = {
        (method, path.replace("{lease_id}", "{id}").replace("{draft_id}", "{id}").replace("{annotation_id}", "{id}"))
        for method, path in found
    }
    assert named == {(method, path) for method, path, _, _ in CALLS}


@pytest.mark.parametrize(("method", "path", "good", "bad"), CALLS, ids=IDS)
class TestAccess:
    def test_anonymous(self, client: Any, base: str, method: str, path: str, good: Any, bad: Any) -> None:
        for body in (good, bad):
            assert ask(client, base, method, path, body).status_code == 401

    def test_another_organization(
        self, client: Any, base: str, other_org: Any, method: str, path: str, good: Any, bad: Any
    ) -> None:
        for body in (good, bad):
            assert ask(client.as_(other_org.owner), base, method, path, body).status_code == 404

    def test_a_client(self, client: Any, base: str, world: Any, method: str, path: str, good: Any, bad: Any) -> None:
        page = client.as_(world.person(roles=("client",)))
        for body in (good, bad):
            assert ask(page, base, method, path, body).status_code == 403

    def test_invalid(self, client: Any, base: str, org: Any, method: str, path: str, good: Any, bad: Any) -> None:
        page = client.as_(org.owner)
        if bad is not None:
            assert ask(page, base, method, path, bad).status_code == 422
        if "{id}" in path:
            assert ask(page, base, method, path, good).status_code == 404
            wrong = ask(page, base, method, path.replace("{id}", "no-id"), good)
            assert wrong.status_code == 422


def test_the_whole_way_of_a_task(client: Any, base: str, world: Any) -> None:
    world.items(3)
    manager = client.as_(world.person(roles=("manager",), qualified=False))
    assert manager.post(f"{base}/tasks/create", json={}).json() == {"created": 3, "job_id": None}
    page = client.as_(world.person())

    work = page.post(f"{base}/work/claim", json={"slot": "open"}).json()
    ahead = page.post(f"{base}/work/claim", json={"slot": "next"}).json()
    assert (work["state"], ahead["state"]) == ("open", "next")
    assert work["item"]["image_url"].startswith("/files/")
    assert work["rule_version"] == "1.0"
    here = f"{base}/work/{work['lease_id']}"

    assert page.post(f"{here}/heartbeat").json()["state"] == "open"
    saved = page.post(f"{here}/commands", json={"seq_from": 1, "commands": [{"type": "add", "at": 1}], "labels": [BOX]})
    assert saved.json() == {"seq": 1}
    mine = page.get(f"{base}/work/mine").json()
    assert [entry["lease_id"] for entry in mine] == [work["lease_id"], ahead["lease_id"]]
    assert mine[0]["labels"] == [BOX]
    assert mine[0]["draft"]

    done = page.post(f"{here}/submit", json={**KEY, "seq": 1}).json()
    assert (done["revision"], done["next"]) == (1, ahead["lease_id"])
    assert page.post(f"{here}/submit", json={**KEY, "seq": 1}).json() == done
    opened = page.post(f"{base}/work/{ahead['lease_id']}/open").json()
    assert opened["state"] == "open"
    assert page.post(f"{base}/work/{ahead['lease_id']}/skip", json={"reason": "unclear"}).status_code == 204
    third = page.post(f"{base}/work/claim", json={}).json()
    page.post(f"{base}/work/{third['lease_id']}/commands", json={"labels": [BOX]})
    assert page.post(f"{base}/work/{third['lease_id']}/return").status_code == 204
    (kept,) = page.get(f"{base}/drafts/kept").json()
    assert (kept["reason"], kept["labels"]) == ("returned", [BOX])
    adopted = page.post(f"{base}/drafts/{kept['id']}/adopt").json()
    assert (adopted["task_id"], adopted["labels"]) == (third["task_id"], [BOX])
    page.post(f"{base}/work/{adopted['lease_id']}/submit", json={"submit_key": "k3", "labels": [BOX]})
    assert page.post(f"{base}/work/claim", json={}).json() == {"work": None, "reason": "queue.empty"}
    assert page.get(f"{base}/drafts/kept").json() == []

    listed = manager.get(f"{base}/tasks", params={"limit": 2}).json()
    assert listed["totals"] == {"created": 3, "closed": 0, "done": 2, "held": 0}
    rest = manager.get(f"{base}/tasks", params={"limit": 2, "after": listed["next"]}).json()
    assert len(listed["items"] + rest["items"]) == 3
    (skipped,) = manager.get(f"{base}/tasks", params={"state": "open"}).json()["items"]
    assert (skipped["skips"], skipped["open_slots"]) == (1, 1)
    patch = {"task_ids": [skipped["id"]], "priority": 9, "state": "left_out"}
    assert manager.patch(f"{base}/tasks", json=patch).json() == {"changed": 1}

    answers = manager.get(f"{base}/annotations", params={"limit": 1}).json()
    assert answers["next"] == answers["items"][0]["id"]
    older = manager.get(f"{base}/annotations", params={"after": answers["next"]}).json()["items"]
    assert [entry["id"] for entry in older] == [done["annotation_id"]]
    detail = manager.get(f"{base}/annotations/{done['annotation_id']}").json()
    assert [row["number"] for row in detail["revisions"]] == [1]
    assert manager.delete(f"{base}/annotations/{done['annotation_id']}").json()["state"] == "deleted"
    assert manager.post(f"{base}/annotations/{done['annotation_id']}/restore").json()["state"] == "submitted"


def test_refusals_on_the_wire(client: Any, base: str, world: Any) -> None:
    world.tasks(world.items(2))
    stranger = client.as_(world.person(qualified=False))
    refused = stranger.post(f"{base}/work/claim", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "qualification.missing")
    page = client.as_(world.person())
    lease = page.post(f"{base}/work/claim", json={}).json()["lease_id"]
    bad = page.post(f"{base}/work/{lease}/submit", json={"submit_key": "k", "labels": [{**BOX, "width": 1}]})
    assert (bad.status_code, bad.json()["code"]) == (422, "labels.invalid")
    assert bad.json()["params"]["problems"][0]["code"] == "label.too_small"
    # The refusal kept what was drawn.
    assert page.get(f"{base}/work/mine").json()[0]["labels"][0]["width"] == 1
    world.publish(2, 0)
    changed = page.post(f"{base}/work/{lease}/submit", json={"submit_key": "k", "labels": [BOX]})
    assert (changed.status_code, changed.json()["code"]) == (409, "rule.changed")
    (kept,) = page.get(f"{base}/drafts/kept").json()
    assert kept["id"] == changed.json()["params"]["draft_id"]
    assert page.delete(f"{base}/drafts/{kept['id']}").status_code == 204
    gone = page.post(f"{base}/work/{lease}/heartbeat")
    assert (gone.status_code, gone.json()["code"]) == (410, "lease.lost")
    with world.database.transaction(world.org_id) as session:
        session.execute(text("UPDATE project SET state = 'paused'"))
    paused = page.post(f"{base}/work/claim", json={})
    assert (paused.status_code, paused.json()["code"]) == (409, "project.paused")


def test_what_cannot_be_stored_is_refused_by_name(client: Any, base: str, world: Any) -> None:
    world.tasks(world.items(1))
    page = client.as_(world.person())
    lease = page.post(f"{base}/work/claim", json={}).json()["lease_id"]
    nul = {**BOX, "attributes": {"note": "a\x00b"}}
    answer = page.post(f"{base}/work/{lease}/commands", json={"labels": [nul]})
    assert (answer.status_code, answer.json()["code"]) == (422, "input.invalid")
    assert "NUL" in answer.json()["message"]
    lone = '{"labels": [{"kind": "\\ud800"}]}'
    headers = {"content-type": "application/json"}
    assert page.post(f"{base}/work/{lease}/commands", content=lone, headers=headers).status_code == 422
    huge = '{"labels": [{"x": 123456789012345678901234567890}]}'
    assert page.post(f"{base}/work/{lease}/commands", content=huge, headers=headers).status_code == 422
    script = {**BOX, "id": "<script>alert(1)</script>"}
    page.post(f"{base}/work/{lease}/commands", json={"labels": [script]})
    assert page.get(f"{base}/work/mine").json()[0]["labels"][0]["id"] == script["id"]


def test_an_annotator_sees_own_answers_only_and_nothing_about_gold(client: Any, base: str, make_world: Any) -> None:
    world = make_world(quality={"gold_share": {"2": 1.0}})
    base = f"/api/v1/projects/{world.project.id}"
    items = world.items(3)
    world.tasks(items[:2])
    li, wang = world.person("小李"), world.person("小王")
    world.tasks(items[2:], purpose="gold", person_id=li.id, gold_id=new_id())
    with world.database.transaction(world.org_id) as session:
        store_prelabels(session, world.project.id, None, [(item, [BOX]) for item in items])
    mine, theirs = client.as_(li), client.as_(wang)
    shapes = []
    for page in (mine, mine, theirs):
        work = page.post(f"{base}/work/claim", json={}).json()
        shapes.append((sorted(work), len(work["prelabels"])))
        out = page.post(f"{base}/work/{work['lease_id']}/submit", json={"submit_key": str(uuid4()), "labels": [BOX]})
        shapes.append((sorted(out.json()), 0))
    assert shapes[0] == shapes[2] == shapes[4]  # gold first, then ordinary work: the same fields
    assert shapes[1] == shapes[3] == shapes[5]
    own = mine.get(f"{base}/annotations").json()["items"]
    assert {entry["person_id"] for entry in own} == {str(li.id)}
    assert len(own) == 2
    assert all("purpose" not in entry and "gold" not in str(entry) for entry in own)
    assert mine.get(f"{base}/annotations", params={"person": "me"}).json()["items"] == own
    refused = mine.get(f"{base}/annotations", params={"person": str(wang.id)})
    assert refused.status_code == 403
    (other,) = theirs.get(f"{base}/annotations").json()["items"]
    assert mine.get(f"{base}/annotations/{other['id']}").status_code == 404

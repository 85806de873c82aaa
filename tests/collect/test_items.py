"""Lists of items, changing and erasing them, pictures for browsers, references, S3."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from PIL import Image

from tests.collect.pictures import folder_of, picture
from tests.collect.test_import import batch_of, start
from tests.collect.test_uploads import send
from tests.conftest import Client, Grant, MakePerson, MakeProject, Org, RunJobs, assert_error
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage


def test_windows_walk_through_all_items(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}/items"
    batch = start(
        owner,
        project.id,
        source="folder",
        location=str(folder_of(tmp_path / "in", 9)),
        group_rule="pattern:^(plate-..)",
    )
    run_jobs()
    for extra in ("", "&q=plate", f"&batch={batch['id']}", "&state=ok", "&group=plate-00"):
        names: list[str] = []
        after = ""
        while True:
            page = owner.get(f"{base}?limit=4{extra}{after}").json()
            names += [item["name"] for item in page["items"]]
            if page["next"] is None:
                break
            assert (page["total"] is None) == bool(after)
            after = f"&after={page['next']}"
        assert sorted(names) == sorted(path.name for path in (tmp_path / "in").iterdir())
        assert names == sorted(names) or "q=" not in extra
    assert owner.get(f"{base}?q=plate-003").json()["total"] == {"count": 2, "more": False}
    assert owner.get(f"{base}?check=duplicate").json()["items"] == []
    assert_error(owner.get(f"{base}?after=nonsense"), 422, "list.after")
    assert owner.get(f"{base}?state=wrong").status_code == 422


def test_pictures_reach_the_browser(
    client: Client, org: Org, other_org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "small.jpg").write_bytes(picture(1))
    (folder / "large.jpg").write_bytes(picture(2, 900, 600))
    (folder / "scan.tif").write_bytes(picture(3, 300, 200, "TIFF"))
    project = make_project()
    owner = client.as_(org.owner)
    start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    items = {i["name"]: i for i in owner.get(f"/api/v1/projects/{project.id}/items").json()["items"]}
    assert owner.get(items["small.jpg"]["image_url"]).content == picture(1)
    assert items["small.jpg"]["thumb_url"] == items["small.jpg"]["image_url"]
    for field, longest in (("thumb_url", 160), ("medium_url", 480)):
        answer = owner.get(items["large.jpg"][field])
        assert answer.headers["content-type"] == "image/jpeg"
        assert max(Image.open(io.BytesIO(answer.content)).size) == longest
    shown = owner.get(items["scan.tif"]["image_url"])
    assert Image.open(io.BytesIO(shown.content)).format == "JPEG"
    assert client.get(items["small.jpg"]["image_url"]).status_code == 401
    assert client.as_(other_org.owner).get(items["small.jpg"]["image_url"]).status_code == 403


def test_erasing_leaves_a_tombstone(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, storage: Storage, tmp_path: Path
) -> None:
    first, second = make_project(), make_project(name="另一个")
    owner = client.as_(org.owner)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "face.jpg").write_bytes(picture(2, 900, 600))
    (folder / "plate.jpg").write_bytes(picture(3))
    for project in (first, second):
        start(owner, project.id, source="folder", location=str(folder), consent="signed")
    run_jobs()

    def item_of(project_id: object) -> str:
        page = owner.get(f"/api/v1/projects/{project_id}/items?q=face").json()
        found: str = page["items"][0]["id"]
        return found

    def erase(project_id: object) -> dict[str, object]:
        path = f"/api/v1/projects/{project_id}/items/{item_of(project_id)}/erase"
        answer = owner.post(path, json={"reason": "consent withdrawn"})
        assert answer.status_code == 200, answer.text
        run_jobs()
        found: dict[str, object] = answer.json()
        return found

    stored = len(list(storage.list(str(org.id))))
    assert stored == 4
    assert erase(first.id)["bytes_erased"] is False  # the other project shows the same picture
    assert len(list(storage.list(str(org.id)))) == 4
    assert erase(second.id)["bytes_erased"] is True
    assert len(list(storage.list(str(org.id)))) == 1
    detail = owner.get(f"/api/v1/projects/{first.id}/items/{item_of(first.id)}").json()
    assert (detail["state"], detail["image_url"], detail["measurement"]) == ("erased", "", {})
    again = owner.post(f"/api/v1/projects/{first.id}/items/{item_of(first.id)}/erase", json={"reason": "again"})
    assert_error(again, 409, "collect.item_erased")
    # It does not come back by importing it again, under any name.
    (folder / "other-name.jpg").write_bytes((folder / "face.jpg").read_bytes())
    batch = start(owner, first.id, source="folder", location=str(folder))
    run_jobs()
    counts = batch_of(owner, first.id, batch["id"])["counts"]
    assert (counts["items"], counts["refused"], counts["known"]) == (0, 2, 1)
    assert len(list(storage.list(str(org.id)))) == 1
    audit = owner.get("/api/v1/org/audit").json()["items"]
    assert any(row["action"] == "erased" and row["object_kind"] == "item" for row in audit)


def test_terms_and_groups_change_in_bulk(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}/items"
    start(owner, project.id, source="folder", location=str(folder_of(tmp_path / "in", 3)))
    run_jobs()
    ids = [item["id"] for item in owner.get(base).json()["items"]]
    body = {"ids": ids[:2], "licence": "own", "consent": "form 7", "group_key": "g1"}
    assert owner.patch(base, json=body).json() == {"changed": 2}
    assert owner.get(f"{base}?group=g1").json()["total"]["count"] == 2
    assert_error(owner.patch(base, json={"ids": ids}), 422, "collect.no_change")
    assert owner.patch(base, json={"ids": ids, "state": "refused"}).json() == {"changed": 3}
    assert owner.get(f"{base}?state=refused").json()["total"]["count"] == 3
    assert owner.get(f"{base}?state=ok").json()["total"]["count"] == 0


def test_references_stay_where_they_are(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, storage: Storage, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    folder = folder_of(tmp_path / "in", 2)
    start(owner, project.id, source="folder", location=str(folder), mode="reference")
    run_jobs()
    assert not list(storage.list(f"{org.id}/assets"))
    item = owner.get(f"{base}/items").json()["items"][0]
    answer = owner.get(item["image_url"])
    assert answer.content == (folder / item["name"]).read_bytes()
    assert answer.headers["x-content-type-options"] == "nosniff"
    (folder / item["name"]).unlink()
    assert_error(owner.get(item["image_url"]), 410, "collect.reference_gone")
    # Importing the same as copies brings the bytes in.
    (folder / item["name"]).write_bytes(answer.content)
    batch = start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    assert batch_of(owner, project.id, batch["id"])["counts"]["known"] == 2
    assert len(list(storage.list(f"{org.id}/assets"))) == 2


def test_a_list_is_read_later(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    folder = folder_of(tmp_path / "in", 3)
    rows = [
        "name,plate,licence",
        *(f"{path.name},p9,own" for path in sorted(folder.iterdir())),
        "https://x.test/y.jpg,,",
    ]
    ids = [send(owner, project.id, "list.csv", "\n".join(rows).encode())]
    wanted = {"source": "list", "location": str(folder), "mode": "reference", "group_rule": "column:plate"}
    batch = start(owner, project.id, upload_ids=ids, read=False, **wanted)
    run_jobs()
    page = owner.get(f"{base}/items?state=unread").json()
    assert page["total"]["count"] == 4
    assert (page["items"][0]["image_url"], page["items"][0]["group_key"]) == ("", "p9")
    gate = owner.get(f"{base}/map").json()["gates"][0]
    assert [fact["code"] for fact in gate["missing"]] == ["data.no_items", "data.unread"]
    assert owner.post(f"{base}/batches/{batch['id']}/read").status_code == 200
    run_jobs()
    items = owner.get(f"{base}/items").json()["items"]
    assert sorted(item["state"] for item in items) == ["ok", "ok", "ok", "refused"]
    refusals = owner.get(f"{base}/batches/{batch['id']}/refusals").json()["items"]
    assert "s3://" in refusals[0]["detail"]
    again = start(
        owner,
        project.id,
        upload_ids=[send(owner, project.id, "list.csv", "\n".join(rows).encode())],
        read=False,
        **wanted,
    )
    run_jobs()
    assert batch_of(owner, project.id, again["id"])["counts"]["items"] == 0


@pytest.fixture
def bucket(settings: Settings) -> Iterator[str]:
    """A bucket of a local S3 server with six pictures below plates/."""
    server = ThreadedMotoServer(port=0)
    server.start()
    _, port = server.get_host_and_port()
    settings.s3_endpoint = f"http://127.0.0.1:{port}"
    settings.s3_access_key = settings.s3_secret_key = "testing"
    store = boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    store.create_bucket(Bucket="line")
    for number in range(6):
        store.put_object(Bucket="line", Key=f"plates/a{number // 2}/p{number}.jpg", Body=picture(number))
    store.put_object(Bucket="line", Key="other/p.jpg", Body=picture(50))
    yield "s3://line/plates"
    server.stop()


@pytest.mark.parametrize("mode", ["copy", "reference"])
def test_a_prefix_of_s3_is_imported(
    client: Client,
    org: Org,
    make_project: MakeProject,
    run_jobs: RunJobs,
    storage: Storage,
    bucket: str,
    mode: str,
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    batch = start(owner, project.id, source="s3", location=bucket, mode=mode, group_rule="folder")
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["counts"]["items"], done["counts"]["ungrouped"]) == ("done", 6, 0), done
    items = owner.get(f"/api/v1/projects/{project.id}/items").json()["items"]
    assert items[0]["group_key"] == "a0"
    assert owner.get(items[0]["image_url"]).content == picture(0)
    assert len(list(storage.list(f"{org.id}/assets"))) == (6 if mode == "copy" else 0)


def test_who_may_do_what(
    client: Client,
    org: Org,
    other_org: Org,
    make_project: MakeProject,
    make_person: MakePerson,
    grant: Grant,
    run_jobs: RunJobs,
    tmp_path: Path,
) -> None:
    project = make_project()
    base = f"/api/v1/projects/{project.id}"
    owner, stranger = client.as_(org.owner), client.as_(other_org.owner)
    batch = start(owner, project.id, source="folder", location=str(folder_of(tmp_path / "in", 1)), mode="reference")
    run_jobs()
    item = owner.get(f"{base}/items").json()["items"][0]["id"]
    person = make_person()
    grant(project, person, "annotator")
    annotator = client.as_(person)
    reads = [
        "/batches",
        f"/batches/{batch['id']}",
        f"/batches/{batch['id']}/refusals",
        "/items",
        f"/items/{item}",
        "/problems",
        "/data-report",
    ]
    writes = [
        ("POST", "/batches", {"source": "folder", "location": "/"}),
        ("POST", f"/batches/{batch['id']}/cancel", None),
        ("POST", f"/batches/{batch['id']}/resume", None),
        ("POST", f"/batches/{batch['id']}/read", None),
        ("PATCH", "/items", {"ids": [item], "state": "refused"}),
        ("POST", f"/items/{item}/erase", {"reason": "no consent"}),
        ("POST", "/problems/waive", {"check": "duplicate", "reason": "fine"}),
        ("POST", "/problems/reopen", {"ids": [item]}),
        ("POST", "/problems/refuse", {"check": "duplicate"}),
        ("POST", "/gates/1/open", {"reason": "because"}),
    ]
    for method, path, body in [*(("GET", path, None) for path in reads), *writes]:
        for who, status in ((client, 401), (stranger, 404), (annotator, 403)):
            assert who.request(method, base + path, json=body).status_code == status, (method, path)
    image = f"{base}/items/{item}/image"
    assert [who.get(image).status_code for who in (client, stranger, annotator)] == [401, 404, 200]
    for method, path, body in writes:
        if body is not None:
            assert owner.request(method, base + path, json={**body, "surprise": 1}).status_code == 422, path
    for path in reads:
        assert owner.get(base + path).status_code == 200
    # Ids of another project are unknown here.
    elsewhere = make_project(name="elsewhere")
    for path in (f"/batches/{batch['id']}", f"/items/{item}", f"/items/{item}/image"):
        assert owner.get(f"/api/v1/projects/{elsewhere.id}{path}").status_code == 404


def test_a_paused_project_takes_nothing_in(client: Client, org: Org, make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    owner.post(f"{base}/state/pause")
    body = {"source": "folder", "location": str(folder_of(tmp_path / "in", 1))}
    assert_error(owner.post(f"{base}/batches", json=body), 409, "project.paused")

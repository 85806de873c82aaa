"""Uploads that can be broken off and continued, and imports of what was uploaded."""

from __future__ import annotations

import hashlib
import io
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.collect.pictures import picture, voc, zipped
from tests.collect.test_import import batch_of, start
from tests.conftest import Client, Grant, JoinedDatabase, MakePerson, MakeProject, Org, RunJobs, assert_error
from tongguan.collect.service import uploads
from tongguan.core import failpoints
from tongguan.core.clock import frozen, now
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage


def send(client: Client, project_id: object, name: str, data: bytes, step: int = 1 << 20) -> str:
    """Uploads a file in steps; returns its id."""
    base = f"/api/v1/projects/{project_id}/uploads"
    made = client.post(base, json={"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}).json()
    while made["received"] < made["size"]:
        at = made["received"]
        answer = client.patch(f"{base}/{made['id']}?offset={at}", content=data[at : at + step])
        assert answer.status_code == 200, answer.text
        made = answer.json()
    assert made["state"] == "stored"
    found: str = made["id"]
    return found


def test_an_upload_goes_on_where_it_broke_off(
    client: Client, org: Org, make_project: MakeProject, settings: Settings
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}/uploads"
    made = owner.post(base, json={"name": "a.jpg", "size": 10}).json()
    assert owner.patch(f"{base}/{made['id']}?offset=0", content=b"01234").json()["received"] == 5
    # A second sender that is behind learns where to go on.
    params = assert_error(owner.patch(f"{base}/{made['id']}?offset=0", content=b"01234"), 409, "upload.offset")
    assert params["received"] == 5
    # Bytes written before a crash, but not acknowledged, do not count.
    path = uploads.spool_path(settings, org.id, UUID(made["id"]))
    path.write_bytes(path.read_bytes() + b"XXXX")
    assert owner.get(f"{base}/{made['id']}").json()["received"] == 5
    assert_error(owner.patch(f"{base}/{made['id']}?offset=5", content=b"567890"), 422, "upload.size")
    done = owner.patch(f"{base}/{made['id']}?offset=5", content=b"56789").json()
    assert (done["state"], done["received"]) == ("stored", 10)
    assert_error(owner.patch(f"{base}/{made['id']}?offset=10", content=b""), 409, "upload.closed")


def test_a_lost_spool_starts_again(client: Client, org: Org, make_project: MakeProject, settings: Settings) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}/uploads"
    made = owner.post(base, json={"name": "a.jpg", "size": 4}).json()
    owner.patch(f"{base}/{made['id']}?offset=0", content=b"01")
    for file in (settings.data_dir / "spool" / str(org.id)).iterdir():
        file.unlink()
    assert owner.patch(f"{base}/{made['id']}?offset=2", content=b"23").json()["received"] == 0
    assert owner.patch(f"{base}/{made['id']}?offset=0", content=b"0123").json()["state"] == "stored"


def test_forgotten_uploads_go_after_a_week(
    client: Client,
    org: Org,
    make_project: MakeProject,
    run_jobs: RunJobs,
    database: JoinedDatabase,
    storage: Storage,
    settings: Settings,
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}/uploads"
    half = owner.post(base, json={"name": "a.jpg", "size": 4}).json()
    owner.patch(f"{base}/{half['id']}?offset=0", content=b"01")
    whole = send(owner, project.id, "b.jpg", picture(1))
    wanted = send(owner, project.id, "c.jpg", picture(2))
    start(owner, project.id, source="upload", upload_ids=[wanted])
    for days, given_up in ((6, 0), (8, 2)):
        with frozen(now() + timedelta(days=days)), database.transaction(org.id) as session:
            assert uploads.expire_uploads(session) == given_up
    run_jobs()
    assert not list((settings.data_dir / "spool" / str(org.id)).glob("*"))
    assert owner.get(f"{base}/{whole}").json()["state"] == "failed"
    assert owner.get(f"{base}/{wanted}").json()["state"] == "used"
    assert not list(storage.list(f"{org.id}/uploads"))


def test_wrong_bytes_and_full_disks_are_named(client: Client, org: Org, make_project: MakeProject) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}/uploads"
    made = owner.post(base, json={"name": "a.jpg", "size": 4, "sha256": "0" * 64}).json()
    assert owner.patch(f"{base}/{made['id']}?offset=0", content=b"0123").json()["state"] == "failed"
    made = owner.post(base, json={"name": "b.jpg", "size": 4}).json()
    failpoints.arm("collect.upload_write=enospc")
    try:
        assert_error(owner.patch(f"{base}/{made['id']}?offset=0", content=b"0123"), 503, "storage.full")
    finally:
        failpoints.arm("")
    assert owner.patch(f"{base}/{made['id']}?offset=0", content=b"0123").json()["state"] == "stored"
    assert_error(owner.post(base, json={"name": "big.zip", "size": 2**60}), 413, "upload.too_large")
    big = owner.patch(f"{base}/{made['id']}?offset=0", content=b"0" * (uploads.CHUNK_LIMIT + 1))
    assert_error(big, 413, "upload.chunk")
    for name in ("../a.jpg", "a/../../b.jpg", "\x00.jpg", "/"):
        assert_error(owner.post(base, json={"name": name, "size": 1}), 422, "upload.name")


def test_who_may_upload(
    client: Client, org: Org, other_org: Org, make_project: MakeProject, make_person: MakePerson, grant: Grant
) -> None:
    project = make_project()
    base = f"/api/v1/projects/{project.id}/uploads"
    body = {"name": "a.jpg", "size": 4}
    assert client.post(base, json=body).status_code == 401
    assert client.as_(other_org.owner).post(base, json=body).status_code == 404
    annotator = make_person()
    grant(project, annotator, "annotator")
    assert client.as_(annotator).post(base, json=body).status_code == 403
    made = client.as_(org.owner).post(base, json=body).json()
    for method, path in (("GET", made["id"]), ("PATCH", f"{made['id']}?offset=0")):
        assert client.request(method, f"{base}/{path}").status_code == 401
        assert client.as_(other_org.owner).request(method, f"{base}/{path}").status_code == 404
        assert client.as_(annotator).request(method, f"{base}/{path}").status_code == 403
    assert_error(client.as_(org.owner).get(f"{base}/{uuid4()}"), 404, "upload.unknown")


def _tar(members: dict[str, bytes], mode: Any = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_pictures_and_archives_in_one_upload(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, settings: Settings
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    manifest = "file,licence,consent,plate,camera\nin/b.jpg,CC-BY-4.0,signed 2024,p7,K2\nnot-there.jpg,x,y,z,w\n"
    ids = [
        send(owner, project.id, "a.jpg", picture(1), step=700),
        send(owner, project.id, "packed.zip", zipped({"in/b.jpg": picture(2), "in/../../c.jpg": picture(3)})),
        send(owner, project.id, "manifest.csv", manifest.encode("gb18030")),
        send(owner, project.id, "empty.jpg", b""),
    ]
    batch = start(
        owner, project.id, source="upload", upload_ids=ids, licence="own", group_rule="column:plate", name="首批"
    )
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["counts"]["items"], done["counts"]["refused"]) == ("done", 2, 1)
    items = {item["name"]: item for item in owner.get(f"/api/v1/projects/{project.id}/items").json()["items"]}
    assert items["in/b.jpg"]["licence"] == "CC-BY-4.0"
    assert (items["in/b.jpg"]["group_key"], items["a.jpg"]["licence"]) == ("p7", "own")
    detail = owner.get(f"/api/v1/projects/{project.id}/items/{items['in/b.jpg']['id']}").json()
    assert detail["provenance"] == {"path": "in/b.jpg", "plate": "p7", "camera": "K2"}
    refusals = owner.get(f"/api/v1/projects/{project.id}/batches/{batch['id']}/refusals").json()["items"]
    assert {(r["name"], r["check_id"]) for r in refusals} == {
        ("empty.jpg", "unreadable"),
        ("in/../../c.jpg", "unsafe_path"),
        ("not-there.jpg", "missing_file"),
    }
    # What only the import needed is gone.
    assert not list((settings.data_dir / "spool" / str(org.id)).glob("*"))
    again = owner.post(f"/api/v1/projects/{project.id}/batches", json={"source": "upload", "upload_ids": ids})
    assert_error(again, 422, "collect.upload_unfinished")


def test_a_tar_with_labels_and_chinese_names(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    members = {
        "JPEGImages/钢板一.jpg": picture(1),
        "Annotations/钢板一.xml": voc("钢板一.jpg", [("划痕", 1, 1, 20, 20), ("划痕", 90, 70, 300, 75)]),
        "JPEGImages/two.jpg": picture(2),
        "Annotations/two.xml": voc("two.jpg", []),
        "Annotations/absent.xml": voc("absent.jpg", [("划痕", 1, 1, 20, 20)]),
    }
    ids = [send(owner, project.id, "labelled.tar.gz", _tar(members))]
    batch = start(owner, project.id, source="upload", upload_ids=ids, format="auto")
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert done["format"] == "voc", done
    assert (done["counts"]["items"], done["counts"]["labelled"], done["counts"]["nothing"]) == (2, 1, 1)
    problems = owner.get(f"/api/v1/projects/{project.id}/problems").json()["items"]
    assert [(p["item_name"], p["check_id"]) for p in problems] == [("JPEGImages/钢板一.jpg", "label_outside")]
    refusals = owner.get(f"/api/v1/projects/{project.id}/batches/{batch['id']}/refusals").json()["items"]
    assert [r["check_id"] for r in refusals] == ["missing_file"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("broken.zip", b"PK\x03\x04 not an archive", "collect.unreadable_source"),
        ("broken.tar.gz", b"\x1f\x8b\x08 no", "collect.unreadable_source"),
    ],
)
def test_broken_archives_fail_with_words(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, name: str, data: bytes, code: str
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    ids = [send(owner, project.id, name, data)]
    batch = start(owner, project.id, source="upload", upload_ids=ids)
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["error"]["code"]) == ("failed", code)
    assert owner.get(f"/api/v1/projects/{project.id}/jobs/{done['job_id']}").json()["state"] == "failed"


def test_a_damaged_member_is_refused_and_the_rest_kept(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    data = bytearray(zipped({"a.jpg": picture(1), "b.jpg": picture(2)}))
    at = data.index(b"b.jpg") + 200
    data[at : at + 40] = bytes(40)
    (tmp_path / "half.zip").write_bytes(data)
    batch = start(owner, project.id, source="archive", location=str(tmp_path / "half.zip"))
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["counts"]["items"], done["counts"]["refused"]) == ("done", 1, 1)

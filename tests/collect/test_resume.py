"""An import that is stopped between any two steps ends the same when it runs again."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.collect.pictures import folder_of, picture, voc, zipped
from tests.collect.test_import import batch_of, start
from tests.collect.test_uploads import send
from tests.conftest import Client, JoinedDatabase, MakeProject, Org, RunJobs, assert_error
from tongguan.collect.service import chunks, references
from tongguan.core import failpoints
from tongguan.core.failpoints import FailpointError
from tongguan.core.jobs import JobContext
from tongguan.core.storage import Storage

POINTS = (
    "collect.begun",
    "collect.opened",
    "collect.chunk_read",
    "collect.put",
    "collect.chunk_stored",
    "collect.chunk_written",
    "collect.chunk_done",
    "collect.ending",
    "collect.read",
    "collect.uploads_used",
    "collect.cleaned",
    "prepare.begun",
    "prepare.problems_written",
    "prepare.clusters_written",
    "prepare.ending",
    "prepare.done",
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Chunks of three, so that a few pictures make several; no failpoint stays armed."""
    monkeypatch.setattr(chunks, "CHUNK_ITEMS", 3)
    monkeypatch.setattr(references, "LISTED_CHUNK", 3)
    monkeypatch.setattr(references, "READ_CHUNK", 3)
    yield
    failpoints.arm("")


def facts(client: Client, project_id: object) -> dict[str, Any]:
    """Everything that an import leaves behind, without ids and times."""
    base = f"/api/v1/projects/{project_id}"
    items = client.get(f"{base}/items?limit=1000").json()
    batches = client.get(f"{base}/batches").json()["items"]
    return {
        "items": sorted((i["name"], i["group_key"], i["state"], tuple(i["problems"])) for i in items["items"]),
        "total": items["total"],
        "counts": [b["counts"] for b in batches],
        "states": [b["state"] for b in batches],
        "refused": [
            sorted(
                (r["name"], r["check_id"], r["kind"], r["count"])
                for r in client.get(f"{base}/batches/{b['id']}/refusals").json()["items"]
            )
            for b in batches
        ],
        "gate": client.get(f"{base}/map").json()["gates"][0]["state"],
        "names": sorted(
            (mark["label"], len(item["imported"]))
            for item in (client.get(f"{base}/items/{i['id']}").json() for i in items["items"])
            for marks in item["imported"]
            for mark in marks["labels"]
        ),
    }


def archive() -> bytes:
    """Eight pictures, one a copy, one broken, two with labels."""
    members = {f"images/p-{number}.jpg": picture(number) for number in range(7)}
    members["images/p-7.jpg"] = picture(2)
    members["images/p-8.jpg"] = b"\xff\xd8 broken"
    members["Annotations/p-0.xml"] = voc("p-0.jpg", [("inclusion", 2, 2, 30, 30)])
    members["Annotations/p-5.xml"] = voc("p-5.jpg", [("patches", 2, 2, 30, 30), ("patches", 40, 2, 60, 30)])
    return zipped(members)


def redeliver(database: JoinedDatabase, org: Org) -> None:
    """Lets the events whose job did not end be delivered again, as a restarted worker does."""
    with database.transaction(org.id) as session:
        session.execute(
            text(
                "UPDATE event SET delivered_at = NULL WHERE id IN (SELECT id FROM event "
                "WHERE delivered_at IS NOT NULL ORDER BY delivered_at DESC, id DESC LIMIT 1)"
            )
        )


def run_until_done(run_jobs: RunJobs, database: JoinedDatabase, org: Org) -> int:
    """Runs jobs; after each death the interrupted event comes again. Returns how often it died."""
    deaths = 0
    while True:
        try:
            run_jobs()
            return deaths
        except FailpointError:
            deaths += 1
            failpoints.arm("")
            redeliver(database, org)


KILLS = [(point, 1) for point in POINTS] + [("collect.chunk_written", 2), ("collect.chunk_done", 2), ("collect.put", 5)]
# What an import leaves behind, as the first test of this process found it; all others must find the same.
UNDISTURBED: dict[str, Any] = {}


@pytest.mark.parametrize(("point", "passing"), [("", 0), *KILLS])
def test_killed_anywhere_it_ends_the_same(
    client: Client,
    org: Org,
    make_project: MakeProject,
    run_jobs: RunJobs,
    database: JoinedDatabase,
    storage: Storage,
    point: str,
    passing: int,
) -> None:
    owner = client.as_(org.owner)
    project = make_project()
    ids = [send(owner, project.id, "in.zip", archive())]
    start(owner, project.id, source="upload", upload_ids=ids, group_rule=r"pattern:p-(\d)")
    failpoints.arm(f"{point}=error@{passing}" if point else "")
    assert run_until_done(run_jobs, database, org) == (1 if point else 0)
    found = facts(owner, project.id)
    assert found == UNDISTURBED.setdefault("facts", found)
    assert found["total"] == {"count": 8, "more": False}
    assert (found["states"], found["gate"]) == (["done"], "closed")
    assert not [stored.key for stored in storage.list(f"{org.id}/uploads")]


@pytest.mark.parametrize(
    "point", ["collect.list_read", "collect.list_written", "collect.listed", "collect.reference_done"]
)
def test_a_list_survives_a_kill(
    client: Client,
    org: Org,
    make_project: MakeProject,
    run_jobs: RunJobs,
    database: JoinedDatabase,
    tmp_path: Path,
    point: str,
) -> None:
    owner = client.as_(org.owner)
    folder = folder_of(tmp_path / "in", 7)
    names = "\n".join([*sorted(path.name for path in folder.iterdir()), "absent.jpg"])
    project = make_project()
    ids = [send(owner, project.id, "list.txt", names.encode())]
    batch = start(owner, project.id, source="list", upload_ids=ids, location=str(folder), mode="reference")
    failpoints.arm(f"{point}=error")
    assert run_until_done(run_jobs, database, org) == 1
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["counts"]["read"], done["counts"]["refused"]) == ("done", 8, 1)
    items = owner.get(f"/api/v1/projects/{project.id}/items?state=ok").json()
    assert items["total"] == {"count": 7, "more": False}


def test_no_space_leaves_a_clean_state_and_goes_on(
    client: Client,
    org: Org,
    make_project: MakeProject,
    run_jobs: RunJobs,
    storage: Storage,
    tmp_path: Path,
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    folder = folder_of(tmp_path / "in", 8)
    batch = start(owner, project.id, source="folder", location=str(folder))
    failpoints.arm("collect.put=enospc@5")
    run_jobs()
    failed = batch_of(owner, project.id, batch["id"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "storage.full")
    assert failed["counts"]["items"] == 3
    assert owner.get(f"{base}/map").json()["gates"][0]["state"] == "open"  # what came in has been checked
    # Nothing is stored that no row knows of.
    assert len(list(storage.list(f"{org.id}/assets"))) == 3
    job = owner.get(f"{base}/jobs/{failed['job_id']}").json()
    assert (job["state"], job["error"]["code"]) == ("failed", "storage.full")
    assert owner.post(f"{base}/batches/{batch['id']}/resume").status_code == 200
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["counts"]["items"], done["counts"]["read"]) == ("done", 8, 8)
    assert len(list(storage.list(f"{org.id}/assets"))) == 8


def test_a_cancelled_import_keeps_what_was_read_and_goes_on(
    client: Client,
    org: Org,
    make_project: MakeProject,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    batch = start(owner, project.id, source="folder", location=str(folder_of(tmp_path / "in", 8)))
    progress = JobContext.progress

    def cancel_soon(self: JobContext, job_id: UUID, done: int, total: int | None = None, message: str = "") -> None:
        progress(self, job_id, done, total, message)
        if done == 3:
            assert owner.post(f"{base}/batches/{batch['id']}/cancel").status_code == 200

    monkeypatch.setattr(JobContext, "progress", cancel_soon)
    run_jobs()
    stopped = batch_of(owner, project.id, batch["id"])
    assert (stopped["state"], stopped["counts"]["items"]) == ("cancelled", 3)
    assert_error(owner.post(f"{base}/batches/{batch['id']}/cancel"), 409, "collect.batch_ended")
    assert owner.get(f"{base}/map").json()["gates"][0]["state"] == "open"
    monkeypatch.undo()
    owner.post(f"{base}/batches/{batch['id']}/resume")
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert (done["state"], done["counts"]["items"]) == ("done", 8)
    assert_error(owner.post(f"{base}/batches/{batch['id']}/resume"), 409, "collect.batch_running")

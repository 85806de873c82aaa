"""Importing folders: items, labels, refusals, re-import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.collect.pictures import folder_of, picture, voc
from tests.conftest import Client, MakeProject, Org, RunJobs


def start(client: Client, project_id: object, **wanted: Any) -> dict[str, Any]:
    """Starts an import; returns the batch."""
    answer = client.post(f"/api/v1/projects/{project_id}/batches", json=wanted)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def batch_of(client: Client, project_id: object, batch_id: str) -> dict[str, Any]:
    """The batch as it is now."""
    found: dict[str, Any] = client.get(f"/api/v1/projects/{project_id}/batches/{batch_id}").json()
    return found


def test_a_folder_becomes_items(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    folder = folder_of(tmp_path / "in", 6)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.docx").write_bytes(b"PK")
    batch = start(
        owner, project.id, source="folder", location=str(folder), licence="own", group_rule=r"pattern:^(plate-\d+)"
    )
    run_jobs()
    done = batch_of(owner, project.id, batch["id"])
    assert done["error"] is None
    assert done["counts"]["items"] == 6
    assert done["counts"]["refused"] == 2
    assert done["counts"]["ungrouped"] == 0
    refusals = owner.get(f"/api/v1/projects/{project.id}/batches/{batch['id']}/refusals").json()["items"]
    assert {(r["name"], r["check_id"]) for r in refusals} == {
        ("broken.jpg", "unreadable"),
        ("empty.jpg", "unreadable"),
        ("*.docx", "wrong_type"),
    }


def test_importing_again_adds_nothing(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    folder = folder_of(tmp_path / "in", 4)
    (folder / "plate-000_0.xml").write_bytes(voc("plate-000_0.jpg", [("scratches", 11, 21, 30, 40)]))
    first = start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    assert batch_of(owner, project.id, first["id"])["counts"]["labelled"] == 1
    (folder / "plate-009_0.jpg").write_bytes(picture(99))
    second = start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    counts = batch_of(owner, project.id, second["id"])["counts"]
    assert (counts["items"], counts["known"], counts["labelled"]) == (1, 4, 0)

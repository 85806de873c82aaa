"""The data gate: duplicates close it, decisions and settings open it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.collect.pictures import folder_of, picture
from tests.collect.test_import import batch_of, start
from tests.conftest import Client, MakeProject, Org, RunJobs, assert_error


def gate_of(client: Client, project_id: object) -> dict[str, Any]:
    """Gate 1 on the map."""
    found: dict[str, Any] = client.get(f"/api/v1/projects/{project_id}/map").json()["gates"][0]
    return found


def test_copies_close_the_gate_until_they_are_refused(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    folder = folder_of(tmp_path / "in", 4)
    (folder / "zz-copy.jpg").write_bytes((folder / "plate-000_0.jpg").read_bytes())
    batch = start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    assert batch_of(owner, project.id, batch["id"])["state"] == "done"
    gate = gate_of(owner, project.id)
    assert gate["state"] == "closed"
    assert gate["missing"] == [{"code": "data.problem", "params": {"check": "duplicate", "count": 1}}]
    problems = owner.get(f"{base}/problems").json()
    assert [(p["item_name"], p["other_name"]) for p in problems["items"]] == [("zz-copy.jpg", "plate-000_0.jpg")]
    answer = owner.post(f"{base}/problems/refuse", json={"check": "duplicate"}).json()
    assert (answer["state"], answer["changed"]) == ("open", 1)
    page = owner.get(f"{base}/items?state=ok").json()
    assert page["total"] == {"count": 4, "more": False}
    assert [item["name"] for item in owner.get(f"{base}/items?q=zz").json()["items"]] == ["zz-copy.jpg"]
    # Taking the copy back closes the gate again.
    refused = owner.get(f"{base}/items?state=refused").json()["items"][0]
    owner.patch(f"{base}/items", json={"ids": [refused["id"]], "state": "ok"})
    run_jobs()
    assert gate_of(owner, project.id)["state"] == "reclosed"
    answer = owner.post(f"{base}/problems/waive", json={"check": "duplicate", "reason": "两块板相同"}).json()
    assert answer["state"] == "open"


def test_a_named_person_opens_the_gate_with_a_reason(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project(data_gate={"require_licence": True})
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    assert_error(owner.post(f"{base}/gates/1/open", json={"reason": "trust me"}), 409, "data.no_items")
    folder = folder_of(tmp_path / "in", 3)
    start(owner, project.id, source="folder", location=str(folder))
    assert_error(owner.post(f"{base}/gates/1/open", json={"reason": "trust me"}), 409, "data.reading")
    run_jobs()
    assert gate_of(owner, project.id)["missing"] == [{"code": "data.licence_missing", "params": {"count": 3}}]
    opened = owner.post(f"{base}/gates/1/open", json={"reason": "the contract is signed"})
    assert opened.json()["state"] == "open"
    record = owner.get(f"{base}/gates/1/records").json()[0]
    assert (record["state"], record["reason"]) == ("open", "the contract is signed")
    # More of what was accepted closes it again.
    (folder / "later.jpg").write_bytes(picture(77))
    start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    gate = gate_of(owner, project.id)
    assert (gate["state"], gate["missing"]) == (
        "reclosed",
        [{"code": "data.licence_missing", "params": {"count": 4}}],
    )


def test_near_duplicates_share_a_cluster_over_batches(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    folder = folder_of(tmp_path / "in", 3)
    start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    (folder / "a-again.png").write_bytes(picture(1, form="PNG"))
    start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    items = {item["name"]: item for item in owner.get(f"{base}/items").json()["items"]}
    assert items["a-again.png"]["problems"] == ["near_duplicate"]
    assert items["a-again.png"]["cluster_key"] == items["plate-000_1.jpg"]["cluster_key"]
    assert items["plate-000_1.jpg"]["problems"] == []
    assert gate_of(owner, project.id)["state"] == "open"


def test_the_report_lists_what_was_refused_and_escapes_names(
    client: Client, org: Org, make_project: MakeProject, run_jobs: RunJobs, tmp_path: Path
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    folder = folder_of(tmp_path / "in", 2)
    (folder / "<script>alert(1)<.jpg").write_bytes(b"")
    start(owner, project.id, source="folder", location=str(folder), name="<b>bold</b>")
    run_jobs()
    report = owner.get(f"{base}/data-report").json()
    assert report["refused"][0]["examples"][0]["detail"] == "the file is empty (0 bytes)"
    for language, word in (("zh", "数据关报告"), ("en", "Data gate report")):
        page = owner.get(f"{base}/data-report?format=html&language={language}")
        assert word in page.text
        assert "&lt;script&gt;" in page.text
        assert "<script" not in page.text
        assert "<b>bold" not in page.text
        assert "sandbox" in page.headers["content-security-policy"]

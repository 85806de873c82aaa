"""The list of items as a file: what is shown, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from tests.collect.pictures import picture
from tests.collect.test_import import start
from tests.conftest import Client, Grant, MakePerson, MakeProject, Org, RunJobs, assert_error


def table(answer: Any) -> list[list[str]]:
    """The rows of a download."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_filter_and_the_columns_of_the_page_hold(
    client: Client,
    org: Org,
    make_project: MakeProject,
    make_person: MakePerson,
    grant: Grant,
    run_jobs: RunJobs,
    tmp_path: Path,
) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(("=1+1.jpg", "-钢板.jpg", "plate.jpg")):
        (folder / name).write_bytes(picture(number))
    (folder / "copy.jpg").write_bytes(picture(2))
    start(owner, project.id, source="folder", location=str(folder))
    run_jobs()
    base = f"/api/v1/projects/{project.id}/items.csv"
    rows = table(owner.get(f"{base}?columns=name,state,width"))
    assert rows[0] == ["name", "state", "width"]
    assert sorted(row[0] for row in rows[1:]) == ["'-钢板.jpg", "'=1+1.jpg", "copy.jpg", "plate.jpg"]
    assert {tuple(row[1:]) for row in rows[1:]} == {("ok", "96")}
    assert len(table(owner.get(f"{base}?check=duplicate"))) == 2
    assert table(owner.get(f"{base}?q=pla&columns=name")) == [["name"], ["plate.jpg"]]
    assert_error(owner.get(f"{base}?columns=name,secret"), 422, "list.column")
    ann = make_person("标注员")
    grant(project, ann, "annotator")
    assert client.as_(ann).get(base).status_code == 403


def test_tasks_and_answers_as_files(client: Client, org: Org, make_project: MakeProject) -> None:
    project = make_project()
    owner = client.as_(org.owner)
    base = f"/api/v1/projects/{project.id}"
    assert table(owner.get(f"{base}/tasks.csv?state=open"))[0][0] == "item_name"
    assert table(owner.get(f"{base}/annotations.csv"))[0][0] == "submitted_at"

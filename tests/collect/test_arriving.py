"""Pictures that arrive one by one from a line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.collect.pictures import picture
from tests.conftest import Client, JoinedDatabase, MakeProject, Org, RunJobs
from tongguan.collect import interface as collect
from tongguan.collect.interface import Arrival, OpenBatch
from tongguan.core.errors import Conflict, Invalid
from tongguan.core.storage import Storage
from tongguan.projects.models import Project


class Line:
    """A project into which pictures come one by one."""

    def __init__(self, database: JoinedDatabase, storage: Storage, project: Project) -> None:
        self.database, self.storage, self.project = database, storage, project

    def bring(self, data: bytes, name: str, group: str | None = "plate-7") -> Any:
        """One picture, as a later stage does it; returns the item."""
        read = collect.read_arrival(data, name)
        collect.store_arrival(self.storage, self.project.org_id, read)
        with self.database.transaction(self.project.org_id) as session:
            batch = OpenBatch(self.project.id, "d1", "line: 一号线", "自有", "协议", "deployment 1")
            return collect.add_arrival(
                session, self.project.org_id, batch, Arrival(read, name, group, {"device": "c1"})
            )


@pytest.fixture
def line(database: JoinedDatabase, storage: Storage, make_project: MakeProject) -> Line:
    """A line without any picture yet."""
    return Line(database, storage, make_project())


def test_pictures_become_checked_items_of_one_open_batch(
    line: Line, client: Client, org: Org, run_jobs: RunJobs
) -> None:
    first = line.bring(picture(1), "line/a.jpg")
    second = line.bring(picture(2), "line/b.jpg", None)
    run_jobs()
    owner, url = client.as_(org.owner), f"/api/v1/projects/{line.project.id}"
    batches = owner.get(f"{url}/batches").json()["items"]
    assert [(row["name"], row["source"], row["state"]) for row in batches] == [("line: 一号线", "line", "done")]
    assert batches[0]["counts"]["items"] == 2
    assert batches[0]["counts"]["ungrouped"] == 1
    with line.database.transaction(line.project.org_id) as session:
        items = collect.items_by_id(session, [first, second])
        assert (items[first].group_key, items[first].licence, items[first].state) == ("plate-7", "自有", "ok")
        assert collect.item_details(session, first)[0] == {"device": "c1"}
        assert collect.state_counts(session, line.project.id) == {"ok": 2}
    assert line.storage.read(items[first].location) == picture(1)
    assert owner.get(url + "/map").json()["gates"][0]["state"] == "open"


def test_known_bytes_are_the_same_item(line: Line) -> None:
    first = line.bring(picture(1), "line/a.jpg")
    assert line.bring(picture(1), "line/later.jpg") == first
    assert line.bring(picture(1), "line/a.jpg") == first
    with line.database.transaction(line.project.org_id) as session:
        assert collect.state_counts(session, line.project.id) == {"ok": 1}


def test_what_cannot_be_labelled_is_refused_with_the_reason(line: Line) -> None:
    with pytest.raises(Invalid) as refused:
        line.bring(b"no picture", "line/x.jpg")
    assert refused.value.code == "collect.unusable"


def test_an_erased_picture_does_not_come_back(line: Line, client: Client, org: Org, run_jobs: RunJobs) -> None:
    item = line.bring(picture(1), "line/a.jpg")
    run_jobs()
    answer = client.as_(org.owner).post(
        f"/api/v1/projects/{line.project.id}/items/{item}/erase", json={"reason": "consent withdrawn"}
    )
    assert answer.status_code == 200, answer.text
    with pytest.raises(Conflict) as refused:
        line.bring(picture(1), "line/again.jpg")
    assert refused.value.code == "collect.erased"


def test_a_group_rule_reads_the_plate_from_the_name() -> None:
    assert collect.group_of(r"pattern:^(plate-\d+)", "plate-12_3.jpg") == "plate-12"
    assert collect.group_of("none", "plate-12_3.jpg") is None
    with pytest.raises(Invalid):
        collect.check_group_rule("pattern:(a+)+$")

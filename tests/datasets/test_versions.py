"""Freezing, sides, differences and exports of dataset versions, over the API."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.annotate.conftest import build
from tests.conftest import Client, Org, RunJobs, assert_error
from tests.quality.floor import Floor, box
from tongguan.core.storage import Storage


@pytest.fixture
def floor(database: Any, org: Org, client: Client, run_jobs: RunJobs, storage: Storage) -> Floor:
    """A project without gold, whose items all have the bytes of one small picture."""
    picture = io.BytesIO()
    Image.new("L", (200, 200), 128).save(picture, "PNG")
    storage.put("x/assets/a", picture.getvalue())
    quality = {"gold_share": {str(level): 0 for level in range(1, 6)}}
    return Floor(build(database, org.id, org.owner.id, quality=quality), client, run_jobs)


def settle(floor: Floor, count: int, *labels: dict[str, Any]) -> None:
    """So many new items with an accepted answer."""
    people = floor.world.people
    annotator = next((one for one in people if one.level == 1), None) or floor.annotator()
    inspector = next((one for one in people if one.level == 4), None) or floor.inspector()
    manager = next((one for one in people if one.level == 5), None) or floor.manager()
    floor.answer(annotator, *labels, count=count, **({} if labels else {"labels": [], "nothing": True}))
    floor.close_lots(manager)
    floor.judge_all(inspector)


def lead(floor: Floor) -> Any:
    return next(one for one in floor.world.people if one.level == 5)


def freeze(floor: Floor) -> dict[str, Any]:
    made = floor.post(lead(floor), "dataset-versions", {"note": "第一版"})
    assert made.status_code == 201, made.text
    floor.run_jobs()
    found: dict[str, Any] = floor.get(lead(floor), f"dataset-versions/{made.json()['number']}").json()
    return found


def test_a_version_holds_the_settled_answers_and_its_hash_is_the_manifests(floor: Floor) -> None:
    settle(floor, 12, box())
    settle(floor, 2)
    version = freeze(floor)
    assert version["state"] == "frozen"
    counts = version["counts"]
    assert (counts["items"], counts["labels"], counts["empty"]) == (14, 12, 2)
    assert sum(counts["by_side"].values()) == 14
    assert set(counts["by_side"]) == {"train", "kept", "line"}
    manifest = floor.get(lead(floor), "dataset-versions/1/manifest").text
    assert hashlib.sha256(manifest.encode()).hexdigest() == version["manifest_hash"]
    assert len(manifest.splitlines()) == 14


def test_sides_stay_for_ever_and_the_difference_is_shown(floor: Floor) -> None:
    settle(floor, 12, box())
    first = freeze(floor)
    before = {row["item_id"]: row["side"] for row in entries(floor, 1)}
    settle(floor, 30, box(5, 5, 50, 50))
    second = freeze(floor)
    after = {row["item_id"]: row["side"] for row in entries(floor, 2)}
    assert {item: after[item] for item in before} == before
    assert (first["number"], second["number"]) == (1, 2)
    difference = floor.get(lead(floor), "dataset-versions/1/diff/2").json()
    assert difference["counts"] == {"added": 30}
    assert len(difference["items"]) == 30


def entries(floor: Floor, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        query = {"limit": 5} | ({"after": after} if after else {})
        page = floor.get(lead(floor), f"dataset-versions/{number}/entries", **query).json()
        found += page["items"]
        after = page["next"]
        if after is None:
            return found


def test_a_frozen_version_cannot_be_changed(floor: Floor) -> None:
    settle(floor, 8, box())
    freeze(floor)
    for statement in (
        "UPDATE dataset_entry SET side = 'train'",
        "DELETE FROM dataset_entry",
        "UPDATE dataset_version SET manifest_hash = 'x'",
        "DELETE FROM dataset_version",
    ):
        with pytest.raises(DBAPIError, match="frozen"), floor.world.database.transaction(floor.world.org_id) as session:
            session.execute(text(statement))


def test_nothing_settled_is_an_error_in_words(floor: Floor) -> None:
    manager = floor.manager()
    made = floor.post(manager, "dataset-versions", {}).json()
    floor.run_jobs()
    assert floor.get(manager, "dataset-versions/1").json()["state"] == "failed"
    job = floor.get(manager, f"jobs/{made['job_id']}").json()
    assert (job["state"], job["error"]["code"]) == ("failed", "dataset.empty")


def test_too_few_groups_is_an_error_in_words(floor: Floor) -> None:
    settle(floor, 2, box())
    made = floor.post(lead(floor), "dataset-versions", {}).json()
    floor.run_jobs()
    job = floor.get(lead(floor), f"jobs/{made['job_id']}").json()
    assert job["error"]["code"] == "dataset.too_few_groups"


@pytest.mark.parametrize("format_id", ["coco", "voc", "yolo"])
def test_an_export_holds_every_item_and_box_and_is_the_same_twice(floor: Floor, format_id: str) -> None:
    settle(floor, 9, box(), box(50, 50, 20, 20))
    settle(floor, 2)
    freeze(floor)
    first, second = (export(floor, format_id) for _ in range(2))
    assert first["sha256"] == second["sha256"]
    assert (first["counts"]["items"], first["counts"]["labels"]) == (11, {"box": 18})
    assert first["refused"] == []
    answer = floor.client.as_(lead(floor)).get(first["url"])
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert sum(name.endswith(".png") for name in archive.namelist()) == 11
    assert count_boxes(archive, format_id) == 18


def export(floor: Floor, format_id: str) -> dict[str, Any]:
    made = floor.post(lead(floor), "dataset-versions/1/exports", {"format": format_id})
    assert made.status_code == 201, made.text
    floor.run_jobs()
    found: dict[str, Any] = floor.get(lead(floor), f"exports/{made.json()['id']}").json()
    assert found["state"] == "done", found
    return found


def count_boxes(archive: zipfile.ZipFile, format_id: str) -> int:
    names = archive.namelist()
    if format_id == "coco":
        files = [name for name in names if name.endswith(".json")]
        return sum(len(json.loads(archive.read(name))["annotations"]) for name in files)
    if format_id == "voc":
        return sum(archive.read(name).count(b"<object>") for name in names if name.endswith(".xml"))
    return sum(
        len(archive.read(name).split(b"\n")) - 1 for name in names if name.endswith(".txt") and "labels/" in name
    )


def test_an_erased_item_is_a_tombstone_and_not_exported(floor: Floor) -> None:
    settle(floor, 10, box())
    freeze(floor)
    gone = entries(floor, 1)[0]
    with floor.world.database.transaction(floor.world.org_id) as session:
        session.execute(text("UPDATE item SET state = 'erased' WHERE id = :id"), {"id": gone["item_id"]})
        session.execute(text("UPDATE dataset_entry SET erased = true WHERE item_id = :id"), {"id": gone["item_id"]})
    found = export(floor, "coco")
    assert found["counts"]["items"] == 9
    assert found["refused"][0]["reason"].startswith("erased")
    assert floor.get(lead(floor), "dataset-versions/1").json()["manifest_hash"]


def test_roles_and_unknown_numbers(floor: Floor) -> None:
    settle(floor, 8, box())
    annotator = next(one for one in floor.world.people if one.level == 1)
    assert_error(floor.get(annotator, "dataset-versions"), 403, "auth.role")
    assert_error(floor.get(lead(floor), "dataset-versions/7"), 404, "dataset.unknown")
    assert_error(floor.post(lead(floor), "dataset-versions/7/exports", {"format": "coco"}), 404, "dataset.unknown")
    freeze(floor)
    assert_error(floor.post(lead(floor), "dataset-versions/1/exports", {"format": "doc"}), 422, "input.invalid")

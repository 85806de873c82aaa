"""The worker, killed between every two steps of an evaluation, ends with the same figures and the same bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from tests.evaluate.conftest import archive, network
from tests.kill.server import Plant, installation, plant, until
from tests.kill.test_between_steps import Worker, draw, ended

from tongguan.core.ids import new_id
from tongguan.core.settings import load_settings
from tongguan.core.storage import Storage, open_storage

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(900)]
POINTS = (
    "evaluate.prepared",
    "evaluate.answered",
    "evaluate.all_answered",
    "evaluate.measured",
    "evaluate.kept",
    "evaluate.noted",
)


def finish(made: Plant, worker: Worker, job_id: str) -> None:
    def look() -> Any:
        assert worker.process.poll() is None, worker.log.read_text(errors="replace")[-2000:]
        return ended(made.owner.get(f"{made.project}/jobs/{job_id}"))

    job = until(look, 300, "the end of a job")
    assert job["state"] == "done", job


def frozen(made: Plant, worker: Worker) -> None:
    """Imports, accepts and freezes."""
    batch = made.begin_import(made.home.folder / "in", "labelled")
    assert made.finish_import(batch["id"], 300)["state"] == "done"
    names = {"scratches": "scratches", "patches": "patches"}
    body = {"batch_id": batch["id"], "mapping": names, "use": "accepted"}
    finish(made, worker, made.owner.put(f"{made.project}/label-mapping", body)["job_id"])
    finish(made, worker, made.owner.post(f"{made.project}/dataset-versions", {"note": ""})["job_id"])


def add_model(made: Plant, storage: Storage, number: int) -> None:
    """A model version that was made by hand."""
    packed = archive(network(shift=number, score=0.9))
    (org,) = made.home.ask("SELECT org_id FROM project WHERE id = %(p)s", p=made.project.rpartition("/")[2])[0]
    key = f"{org}/models/test-{number}.zip"
    storage.put(key, packed)
    made.home.ask(
        "INSERT INTO model_version (id, org_id, project_id, number, key, size, sha256, threshold, recipe, origin, "
        "dataset_version_id) SELECT %(id)s, p.org_id, p.id, %(n)s, %(key)s, 1, %(sha)s, 0.3, 'detection', "
        '\'{"by": "test"}\', v.id FROM project p JOIN dataset_version v ON v.project_id = p.id '
        "WHERE p.id = %(p)s RETURNING id",
        id=new_id(),
        p=made.project.rpartition("/")[2],
        n=number,
        key=key,
        sha=hashlib.sha256(packed).hexdigest(),
    )


def outcome(made: Plant, evaluation: dict[str, Any], storage: Storage) -> dict[str, Any]:
    """What an evaluation left, without its own ids."""
    found: dict[str, Any] = made.owner.get(f"{made.project}/evaluations/{evaluation['id']}")
    (kept,) = made.home.ask("SELECT predictions FROM evaluation WHERE id = %(id)s", id=evaluation["id"])[0]
    own = ("id", "number", "job_id", "created_at", "started_at", "ended_at")
    pictures = [{key: one[key] for key in one if not key.endswith("_url")} for one in found["worst"]]
    return {
        **{key: value for key, value in found.items() if key not in own},
        "worst": pictures,
        "answers": storage.read(kept["answers"]),
        "pictures": storage.read(kept["pictures"]),
    }


def test_killed_between_all_steps_ends_as_an_undisturbed_evaluation(tmp_path: Path) -> None:
    markers = tmp_path / "killed"
    markers.mkdir()
    draw(tmp_path / "in")
    with installation(tmp_path, "--no-worker") as home:
        storage = open_storage(load_settings(data_dir=home.data))
        worker = Worker(home, ";".join(f"{name}=kill!{markers / name}" for name in POINTS))
        try:
            made = plant(home)
            frozen(made, worker)
            add_model(made, storage, 1)
            made.owner.post(f"{made.project}/benchmarks", {"dataset_version": 1, "name": "一号"})
            killed = made.owner.post(f"{made.project}/evaluations", {"model": 1})
            finish(made, worker, killed["job_id"])
            assert sorted(found.name for found in markers.iterdir()) == sorted(POINTS)
            assert worker.deaths == len(POINTS)
            quiet = made.owner.post(f"{made.project}/evaluations", {"model": 1})
            finish(made, worker, quiet["job_id"])
            assert worker.deaths == len(POINTS)
        finally:
            worker.stop()
        assert outcome(made, killed, storage) == outcome(made, quiet, storage)
        events = home.ask("SELECT payload ->> 'evaluation_id' FROM event WHERE kind = 'evaluation.done' ORDER BY id")
        assert [str(row[0]) for row in events] == [killed["id"], quiet["id"]]
        assert list((home.data / "evaluations").iterdir()) == []

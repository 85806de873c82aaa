"""The worker, killed between every two steps of a training and while the child trains: the same model, once."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kill.server import Installation, Plant, installation, plant, until
from tests.kill.test_between_steps import Worker, draw, ended

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(900)]
POINTS = ("train.data_ready", "train.progress", "train.trained", "train.stored")
PARAMS = {"steps": 24, "size": 96, "batch": 4, "holdout": 0.2}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation without a worker of its own."""
    folder = tmp_path_factory.mktemp("training")
    with installation(folder, "--no-worker") as made:
        draw(folder / "in")
        yield made


def frozen(made: Plant) -> int:
    """A frozen version of imported labels; its number."""
    batch = made.begin_import(made.home.folder / "in", "labelled")
    assert made.finish_import(batch["id"], 300)["state"] == "done"
    mapping = {"scratches": "scratches", "patches": "patches"}
    body = {"batch_id": batch["id"], "mapping": mapping, "use": "accepted"}
    made.owner.wait_for_job(made.project, made.owner.put(f"{made.project}/label-mapping", body)["job_id"])
    version = made.owner.post(f"{made.project}/dataset-versions", {"note": ""})
    made.owner.wait_for_job(made.project, version["job_id"])
    return int(version["number"])


def trained(made: Plant, version: int) -> dict[str, Any]:
    """A training from its start to its end, and what it left: figures, steps, the model's bytes."""
    wish = {"dataset_version": version, "recipe": "detection", "params": PARAMS, "seed": 7}
    run = made.owner.post(f"{made.project}/runs", wish)
    job = until(lambda: ended(made.owner.get(f"{made.project}/jobs/{run['job_id']}")), 400, "the end of the training")
    assert job["state"] == "done", job
    shown = made.owner.get(f"{made.project}/runs/{run['id']}")
    assert shown["state"] == "done"
    [model] = made.home.ask("SELECT key, sha256 FROM model_version WHERE run_id = %(r)s", r=run["id"])
    [archive] = [found for found in made.home.data.rglob(f"{run['id']}.zip") if found.is_file()]
    with zipfile.ZipFile(archive) as opened:
        weights = {name: opened.read(name) for name in opened.namelist() if name.endswith(".onnx")}
    assert weights
    steps = [point["step"] for point in shown["curve"] if "loss" in point]
    assert steps == sorted(set(steps)), "a step stands twice in the curve"
    left = made.home.data / "runs" / str(run["id"]) / "data"
    assert not left.exists()
    return {"weights": weights, "metrics": shown["metrics"], "key": model[0]}


def test_killed_at_every_step_of_a_training_it_leaves_the_same_model_once(home: Installation, tmp_path: Path) -> None:
    markers = tmp_path / "killed"
    markers.mkdir()
    worker = Worker(home, ";".join(f"{name}=kill!{markers / name}" for name in POINTS))
    try:
        made = plant(home)
        version = frozen(made)
        killed = trained(made, version)
        assert sorted(found.name for found in markers.iterdir()) == sorted(POINTS)
        assert worker.deaths == len(POINTS)
        quiet = trained(made, version)
        assert worker.deaths == len(POINTS)
    finally:
        worker.stop()
    assert killed["weights"] == quiet["weights"]
    assert killed["metrics"] == quiet["metrics"]
    models = made.owner.get(f"{made.project}/models")
    assert sorted(each["number"] for each in models) == [1, 2]

"""Trainings over the API: asked for, run to a model, cancelled, refused; pre-labels from the model."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from tests.annotate.conftest import build
from tests.conftest import Client, Org, RunJobs, assert_error
from tests.datasets.test_versions import freeze, lead, settle
from tests.quality.floor import Floor, box
from tongguan.core.storage import Storage

TINY = {"steps": 3, "size": 64, "batch": 4, "pretrained": False, "width": 16, "depth": 1, "views": 1}


@pytest.fixture
def floor(database: Any, org: Org, client: Client, run_jobs: RunJobs, storage: Storage) -> Floor:
    """A project without gold, whose items all have the bytes of one small picture."""
    picture = io.BytesIO()
    Image.effect_noise((200, 200), 60).save(picture, "PNG")
    storage.put("x/assets/a", picture.getvalue())
    quality = {"gold_share": {str(level): 0 for level in range(1, 6)}}
    return Floor(build(database, org.id, org.owner.id, quality=quality), client, run_jobs)


def spread(floor: Floor, storage: Storage) -> None:
    """Gives every item a picture of its own."""
    world = floor.world
    with world.database.transaction(world.org_id) as session:
        rows = session.execute(text("UPDATE asset SET location = 'x/assets/' || id RETURNING location")).all()
    for row in rows:
        picture = io.BytesIO()
        Image.effect_noise((200, 200), 60).save(picture, "PNG")
        storage.put(row.location, picture.getvalue())


def engineer(floor: Floor) -> Any:
    return floor.world.person("吴工", 3, roles=("engineer",))


def test_recipes_come_with_the_schema_of_their_parameters(floor: Floor) -> None:
    recipes = floor.get(engineer(floor), "recipes").json()
    assert [recipe["id"] for recipe in recipes] == ["detection", "image-classification", "ordinal-grading"]
    assert recipes[0]["params"]["properties"]["learning_rate"]["maximum"] == 0.1


def test_wrong_wishes_are_refused_in_words(floor: Floor) -> None:
    maker = engineer(floor)
    assert_error(floor.post(maker, "runs", {"dataset_version": 1}), 404, "dataset.unknown")
    settle(floor, 8, box())
    freeze(floor)
    assert_error(floor.post(maker, "runs", {"dataset_version": 1, "recipe": "magic"}), 422, "train.unknown_recipe")
    for recipe, code in (
        ("segmentation", "train.other_kind"),
        ("anomaly", "train.other_kind"),
        ("forecasting", "train.other_media"),
    ):
        assert_error(floor.post(maker, "runs", {"dataset_version": 1, "recipe": recipe}), 422, code)
    wrong = floor.post(maker, "runs", {"dataset_version": 1, "params": {"learning_rate": 7}})
    assert "learning_rate" in str(assert_error(wrong, 422, "train.bad_parameter"))
    assert_error(floor.post(lead(floor), "runs", {"dataset_version": 1}), 403, "auth.role")


def test_a_waiting_run_is_cancelled_at_once(floor: Floor) -> None:
    maker = engineer(floor)
    settle(floor, 8, box())
    freeze(floor)
    run = floor.post(maker, "runs", {"dataset_version": 1, "params": TINY}).json()
    assert floor.post(maker, f"runs/{run['id']}/cancel").json()["state"] == "cancelled"
    floor.run_jobs()
    assert floor.get(maker, f"runs/{run['id']}").json()["state"] == "cancelled"
    assert_error(floor.post(maker, f"runs/{run['id']}/cancel"), 409, "run.over")


@pytest.mark.slow
def test_a_run_leaves_a_model_whose_labels_become_proposals(floor: Floor, storage: Storage) -> None:
    maker = engineer(floor)
    settle(floor, 14, box())
    spread(floor, storage)
    freeze(floor)
    run = floor.post(maker, "runs", {"dataset_version": 1, "params": TINY}).json()
    floor.run_jobs()
    done = floor.get(maker, f"runs/{run['id']}").json()
    assert done["state"] == "done", done["error"]
    assert set(done["metrics"]) >= {"map50"}
    assert done["result"]["split"]["kept"] >= 1
    models = floor.get(maker, "models").json()
    assert [(model["number"], model["run"], model["dataset_version"]) for model in models] == [(1, 1, 1)]
    assert floor.client.as_(maker).get(models[0]["url"]).content[:2] == b"PK"
    floor.world.tasks(floor.world.items(3))
    spread(floor, storage)
    trainer = floor.world.person("孙训练师", 3, roles=("trainer",))
    started = floor.post(trainer, f"models/{models[0]['id']}/prelabel").json()
    floor.run_jobs()
    job = floor.get(trainer, f"jobs/{started['job_id']}").json()
    assert (job["state"], job["result"]["items"]) == ("done", 3)
    assert done["result"]["onnx"]["score"] < 1e-4
    assert done["result"]["code"]
    second = floor.post(maker, "runs", {"dataset_version": 1, "params": {**TINY, "batch": 2}}).json()
    both = floor.get(maker, "run-comparison", run=[second["id"], run["id"]]).json()
    assert [one["number"] for one in both["runs"]] == [1, 2]
    assert both["differs"] == {"batch": [4, 2]}
    assert (both["main"], both["comparable"], both["metrics"][0]) == ("map50", True, "map50")
    assert_error(floor.get(maker, "run-comparison", run=[run["id"]]), 422, "run.compare")
    floor.post(maker, f"runs/{second['id']}/cancel")
    gates = {gate["gate"]: gate for gate in floor.get(trainer, "map").json()["gates"]}
    assert gates[4]["state"] == "working"
    assert floor.get(trainer, "prelabel-stats").json() == []

"""Studies over the API: asked for, run to their end, cancelled, refused; a training with what they found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Client, Org, RunJobs, assert_error
from tests.datasets.test_versions import freeze, lead, settle
from tests.quality.floor import Floor, box
from tests.train.test_runs import engineer, floor, spread
from tongguan.core.storage import Storage

__all__ = ["Client", "Org", "RunJobs", "floor"]

FIXED = {"steps": 2, "batch": 2, "pretrained": False, "width": 16, "depth": 1, "views": 1, "looks": 1, "holdout": 0.4}
WISH: dict[str, Any] = {
    "dataset_version": 1,
    "params": FIXED,
    "search": {"learning_rate": None, "size": {"choices": [64, 96]}},
    "trials": 2,
}


def test_wrong_wishes_are_refused_in_words(floor: Floor) -> None:
    maker = engineer(floor)
    assert_error(floor.post(maker, "studies", WISH), 404, "dataset.unknown")
    settle(floor, 8, box())
    freeze(floor)
    for change, code in (
        ({"search": {"steps": None}}, "train.bad_search"),
        ({"search": {"size": {"choices": [65]}}}, "train.bad_parameter"),
        ({"search": {}}, "train.nothing_to_search"),
        ({"params": {"learning_rate": 0.001}, "search": {"learning_rate": None}}, "train.bad_search"),
        ({"params": {"looks": 0}}, "train.study_no_holdout"),
        ({"recipe": "magic"}, "train.unknown_recipe"),
    ):
        assert_error(floor.post(maker, "studies", {**WISH, **change}), 422, code)
    assert floor.post(maker, "studies", {**WISH, "trials": 0}).status_code == 422
    assert_error(floor.post(lead(floor), "studies", WISH), 403, "auth.role")


def test_a_waiting_study_is_cancelled_and_has_nothing_to_train_with(floor: Floor) -> None:
    maker = engineer(floor)
    settle(floor, 8, box())
    freeze(floor)
    study = floor.post(maker, "studies", {**WISH, "search": None}).json()
    assert {"learning_rate", "zoom", "freeze"} <= set(study["search"])
    assert floor.post(maker, f"studies/{study['id']}/cancel").json()["state"] == "cancelled"
    floor.run_jobs()
    assert floor.get(maker, f"studies/{study['id']}").json()["records"] == []
    assert_error(floor.post(maker, f"studies/{study['id']}/cancel"), 409, "study.over")
    assert_error(floor.post(maker, f"studies/{study['id']}/runs"), 409, "study.no_trial")


@pytest.mark.slow
def test_a_study_finds_parameters_that_one_click_trains_with(floor: Floor, storage: Storage) -> None:
    maker = engineer(floor)
    settle(floor, 14, box())
    spread(floor, storage)
    freeze(floor)
    study = floor.post(maker, "studies", WISH).json()
    floor.run_jobs()
    done = floor.get(maker, f"studies/{study['id']}").json()
    assert done["state"] == "done", done["error"]
    assert (done["metric"], done["ended"], done["higher_is_better"]) == ("map50", 2, True)
    assert done["held"]["items"] >= 1
    assert [one["state"] for one in done["records"]] == ["done", "done"]
    assert [len(one["looks"]) for one in done["records"]] == [1, 1]
    assert done["best"]["value"] == max(one["value"] for one in done["records"])
    assert floor.get(maker, "studies").json()[0]["best"] == done["best"]
    job = floor.get(maker, f"jobs/{study['job_id']}").json()
    assert job["result"]["params"] == done["best"]["params"]
    assert_error(floor.post(maker, f"studies/{study['id']}/runs", {"trial": 7}), 409, "study.no_trial")
    run = floor.post(maker, f"studies/{study['id']}/runs").json()
    assert run["study_id"] == study["id"]
    assert run["params"]["steps"] == 2
    for name, value in done["best"]["params"].items():
        assert run["params"][name] == value
    assert floor.get(maker, "models").json() == [], "trials leave no models"

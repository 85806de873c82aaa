"""The worker, killed between every two steps of a study and while a trial trains: the same trials, each once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kill.server import Installation, Plant, installation, plant, until
from tests.kill.test_between_steps import Worker, draw, ended
from tests.kill.test_training import frozen

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(900)]
POINTS = (
    "study.data_ready",
    "study.trial_chosen",
    "study.progress",
    "study.trial_trained",
    "study.trial_stored",
    "study.ended",
)
PARAMS = {"steps": 6, "size": 64, "batch": 4, "holdout": 0.3, "looks": 2, "pretrained": False, "width": 16, "depth": 1}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation without a worker of its own."""
    folder = tmp_path_factory.mktemp("study")
    with installation(folder, "--no-worker") as made:
        draw(folder / "in")
        yield made


def studied(made: Plant, version: int) -> list[dict[str, Any]]:
    """A study of three trials from its start to its end; what each was given and what it came to."""
    search = {"learning_rate": None, "zoom": None}
    wish = {"dataset_version": version, "params": PARAMS, "search": search, "trials": 3, "seed": 5}
    study = made.owner.post(f"{made.project}/studies", wish)
    job = until(lambda: ended(made.owner.get(f"{made.project}/jobs/{study['job_id']}")), 500, "the end of the study")
    assert job["state"] == "done", job
    shown = made.owner.get(f"{made.project}/studies/{study['id']}")
    assert (shown["state"], shown["ended"]) == ("done", 3)
    assert not (made.home.data / "studies" / str(study["id"])).exists(), "its working folder stays behind"
    assert shown["best"] in shown["records"]
    return [{key: value for key, value in row.items() if key != "seconds"} for row in shown["records"]]


def test_killed_at_every_step_of_a_study_it_comes_to_the_same_trials(home: Installation, tmp_path: Path) -> None:
    markers = tmp_path / "killed"
    markers.mkdir()
    worker = Worker(home, ";".join(f"{name}=kill!{markers / name}" for name in POINTS))
    try:
        made = plant(home)
        version = frozen(made)
        killed = studied(made, version)
        assert sorted(found.name for found in markers.iterdir()) == sorted(POINTS)
        assert worker.deaths == len(POINTS)
        quiet = studied(made, version)
        assert worker.deaths == len(POINTS)
    finally:
        worker.stop()
    assert [row["number"] for row in killed] == [0, 1, 2]
    assert killed == quiet

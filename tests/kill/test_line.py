"""The line: the runner killed under traffic, models that hurt it, the worker killed between the steps of its jobs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests.kill.line import Camera, camera, execute, plant_log, store_model
from tests.kill.server import Installation, installation, plant, until
from tests.kill.test_between_steps import Worker
from tests.runner.made import archive, picture

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(600)]
KILLS = 4


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Installation]:
    """One installation without a worker of its own."""
    with installation(tmp_path, "--no-worker") as made:
        yield made


def runner_of(home: Installation) -> psutil.Process:
    """The runner, once it lives."""
    found = until(lambda: home.child("runner"), 20, "a runner")
    assert isinstance(found, psutil.Process)
    return found


def test_a_runner_killed_under_traffic_answers_the_next_call(home: Installation) -> None:
    shown = camera(plant(home))
    assert home.child("runner") is None  # nothing asked, nothing runs
    light = picture(200)
    assert shown.ask(light)["verdict"] == "defect"
    answers, stop = [], threading.Event()

    def traffic() -> None:
        while not stop.is_set():
            answers.append(shown.ask(light))

    threads = [threading.Thread(target=traffic) for _ in range(3)]
    for thread in threads:
        thread.start()
    slowest = 0.0
    for _ in range(KILLS):
        time.sleep(1.5)
        runner_of(home).kill()
        began = time.monotonic()
        shown.ask(light)
        slowest = max(slowest, time.monotonic() - began)
    stop.set()
    for thread in threads:
        thread.join(30)
    print(f"answered {len(answers)} calls over {KILLS} kills; slowest right after a kill {slowest:.2f} s")
    given = {(answer["verdict"], answer["reason"]) for answer in answers}
    assert given <= {("defect", ""), ("check", "runner.away")}
    assert sum(answer["verdict"] == "defect" for answer in answers) > len(answers) * 0.9
    assert shown.ask(light)["verdict"] == "defect"
    ((logged,),) = home.ask("SELECT count(*) FROM prediction")
    assert logged == len(answers) + KILLS + 2  # what was answered is stored, what is stored was answered


def test_models_that_are_broken_or_exchanged_leave_the_runner_alive(home: Installation) -> None:
    made = plant(home)
    good = camera(made)
    assert good.ask(picture(200))["verdict"] == "defect"
    before = runner_of(home).pid
    packed, sha = archive(weight=0.9)  # not the bytes of the good one, which the runner holds already
    cases = {
        "train.model_damaged": store_model(made, packed + b"x", sha),
        "train.model_broken": store_model(made, *archive(model=b"\x00" * 50)),
        "train.model_foreign": store_model(made, *archive(files={"../../evil": b"x"})),
        "train.card_broken": store_model(made, *archive(recipe="../x")),
    }
    for code, model in cases.items():
        answer = camera(made, model).ask(picture(200))
        assert (answer["verdict"], answer["reason"], bool(answer["message"])) == ("check", code, True)
    assert good.ask(picture(200))["verdict"] == "defect"
    assert runner_of(home).pid == before


def test_a_model_that_ends_the_runner_is_not_tried_for_ever(tmp_path: Path) -> None:
    with installation(tmp_path, "--no-worker", TONGGUAN_FAILPOINTS="runner.fetched=kill") as home:
        shown = camera(plant(home))

        def refused() -> bool:
            answer = shown.ask(picture(200))
            assert answer["verdict"] == "check"
            return bool(answer["reason"] == "train.model_deadly")

        until(refused, 60, "the refusal of a deadly model")
        living = runner_of(home).pid
        assert refused()
        assert runner_of(home).pid == living


def killed(home: Installation, *points: str) -> Worker:
    """A worker that is killed once at each point."""
    marks = home.folder / "marks"
    marks.mkdir(exist_ok=True)
    return Worker(home, ";".join(f"{point}=kill!{marks / point}" for point in points))


def test_a_worker_killed_between_steps_ends_with_the_same_log(home: Installation) -> None:
    made = plant(home)
    wish: dict[str, Any] = {
        "shadow_model_id": store_model(made, *archive(weight=0.2)),
        "sample_share": 1.0,
        "quota_mb": 1,
    }
    shown = camera(made, **wish)
    asked = [shown.ask(picture(200, side=420, seed=seed)) for seed in range(10)]  # some 150 kB each: beyond the quota
    rng = np.random.default_rng(0)
    silent = plant_log(shown, list(rng.normal(120, 15, 230)), timedelta(minutes=40), f"{made.project}/none")
    execute(made.home, [("UPDATE deployment SET live_since = now() - interval '1 hour'", {})])
    plant_log(shown, list(rng.normal(200, 15, 60)), timedelta(minutes=9))
    points = (
        "deploy.shadow_answered",
        "deploy.shadow_written",
        "deploy.alarms_written",
        "deploy.sampled",
        "deploy.pictures_deleted",
        "deploy.pictures_noted",
    )
    worker = killed(home, *points)
    try:
        until(lambda: worker.deaths == len(points), 240, "the deaths")
        until(lambda: len(shadows(shown)) == len(asked), 60, "the shadows")
        until(lambda: sampled(shown) >= 1, 60, "the samples")
        until(lambda: alarms(shown), 60, "the alarm")
        until(lambda: bytes_kept(shown) <= 1_000_000, 60, "the quota")
    finally:
        worker.stop()
    assert len(shadows(shown)) == len(set(shadows(shown))) == len(asked)
    assert [kind for kind in alarms(shown) if kind == "brightness"] == ["brightness"]
    told = [row[0] for row in home.ask("SELECT payload->>'prediction_id' FROM event WHERE kind = 'prediction.sampled'")]
    assert len(told) == len(set(told)) == sampled(shown)
    assert set(told) <= {str(one) for one in silent}
    for prediction, key in home.ask("SELECT id, picture_key FROM prediction WHERE picture_bytes > 0"):
        assert (home.data / "files" / key).exists(), prediction


def shadows(shown: Camera) -> list[str]:
    rows = shown.made.home.ask("SELECT shadow_of FROM prediction WHERE shadow_of IS NOT NULL")
    return [str(row[0]) for row in rows]


def sampled(shown: Camera) -> int:
    ((count,),) = shown.made.home.ask("SELECT count(*) FROM prediction WHERE sampled_at IS NOT NULL")
    return int(count)


def alarms(shown: Camera) -> list[str]:
    return [row[0] for row in shown.made.home.ask("SELECT kind FROM alarm WHERE closed_at IS NULL ORDER BY kind")]


def bytes_kept(shown: Camera) -> int:
    ((total,),) = shown.made.home.ask("SELECT coalesce(sum(picture_bytes), 0) FROM prediction")
    return int(total)

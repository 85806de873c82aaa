"""What follows an answer: shadows, tasks from silence, pictures that go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.deploy.conftest import Line
from tests.runner.made import archive, picture
from tongguan.core import failpoints
from tongguan.core.clock import frozen, now
from tongguan.deploy.service import keeping, shadowing

pytestmark = pytest.mark.usefixtures("runner")


def log_of(line: Line, deployment: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = line.get(f"deployments/{deployment['id']}/predictions", **params).json()["items"]
    return rows


def events(line: Line, kind: str) -> int:
    with line.database.transaction(line.project.org_id) as session:
        return int(session.execute(text("SELECT count(*) FROM event WHERE kind = :k"), {"k": kind}).scalar_one())


def clock(line: Line, work: Any) -> None:
    """Runs what goes by the clock, then the jobs it woke."""
    with line.database.transaction(line.project.org_id) as session:
        work(session)
    line.run_jobs()


def test_a_shadow_answers_the_same_pictures_afterwards(line: Line) -> None:
    made = line.deploy(shadow_model_id=str(line.model(weight=0.2)))
    camera = line.device(made)
    asked = [line.ask(camera, made, picture(200, seed=seed)).json() for seed in range(3)]
    assert [row["verdict"] for row in asked] == ["defect"] * 3
    clock(line, shadowing.wake)
    detail = line.get(f"deployments/{made['id']}/predictions/{asked[0]['prediction_id']}").json()
    (shadow,) = detail["shadows"]
    assert (shadow["model"], shadow["verdict"]) == (1, "ok")
    assert shadow["top_score"] == pytest.approx(0.2 * 200 / 255, abs=0.02)
    clock(line, shadowing.wake)
    assert len(line.get(f"deployments/{made['id']}/predictions/{asked[0]['prediction_id']}").json()["shadows"]) == 1
    assert len(log_of(line, made)) == 3
    assert line.get(f"deployments/{made['id']}/summary").json()["shadow"] == {"answers": 3, "other": 3}


def test_a_refused_shadow_disturbs_nothing(line: Line) -> None:
    packed, sha = archive(model=b"hostile")
    made = line.deploy(shadow_model_id=str(line.stored(packed, sha)))
    assert line.ask(line.device(made), made, picture(200)).json()["verdict"] == "defect"
    clock(line, shadowing.wake)
    assert events(line, shadowing.SHADOW_DUE) == 1
    clock(line, shadowing.wake)
    assert events(line, shadowing.SHADOW_DUE) == 1  # it is not asked again


def test_a_shadow_alone_looks_while_people_check(line: Line) -> None:
    made = line.deploy(model_id=None, shadow_model_id=str(line.model()))
    asked = line.ask(line.device(made), made, picture(200)).json()
    assert (asked["verdict"], asked["reason"]) == ("check", "deployment.no_model")
    clock(line, shadowing.wake)
    detail = line.get(f"deployments/{made['id']}/predictions/{asked['prediction_id']}").json()
    assert [one["verdict"] for one in detail["shadows"]] == ["defect"]


def test_some_silent_answers_become_tasks_once(line: Line) -> None:
    made = line.deploy(sample_share=1.0)
    camera = line.device(made)
    marked = line.ask(camera, made, picture(200)).json()
    path = f"/api/v1/deployments/{made['id']}/feedback"
    camera.post(path, json={"prediction_id": marked["prediction_id"], "kind": "right"})
    line.ask(camera, made, picture(100))
    clock(line, keeping.sample)
    assert events(line, "prediction.sampled") == 0  # there is still time to say something
    with frozen(now() + timedelta(minutes=11)):
        clock(line, keeping.sample)
        clock(line, keeping.sample)
    assert events(line, "prediction.sampled") == 1
    assert [row["sampled_at"] is None for row in log_of(line, made)] == [False, True]


def test_none_of_them_where_the_share_is_nothing(line: Line) -> None:
    made = line.deploy(sample_share=0)
    line.ask(line.device(made), made)
    with frozen(now() + timedelta(minutes=11)):
        clock(line, keeping.sample)
    assert events(line, "prediction.sampled") == 0


def test_pictures_go_after_their_days_and_the_log_stays(line: Line) -> None:
    made = line.deploy(retention_days=3)
    camera = line.device(made)
    line.ask(camera, made, picture(200))
    clock(line, keeping.wake)
    assert log_of(line, made)[0]["image_url"]
    with frozen(now() + timedelta(days=4)):
        clock(line, keeping.wake)
    (row,) = log_of(line, made)
    assert (row["image_url"], row["verdict"]) == ("", "defect")
    assert list(line.storage.list(f"{line.project.org_id}/predictions")) == []


def test_beyond_the_quota_the_oldest_go_first(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    made = line.deploy(quota_mb=1)
    camera = line.device(made)
    for seed in range(4):
        line.ask(camera, made, picture(100, side=700, seed=seed))  # some 400 kB each
    monkeypatch.setattr(keeping, "CHUNK", 1)
    clock(line, keeping.wake)
    kept = [bool(row["image_url"]) for row in log_of(line, made)]  # newest first
    assert kept[0]
    assert kept == sorted(kept, reverse=True)
    total = sum(found.size for found in line.storage.list(f"{line.project.org_id}/predictions"))
    assert 0 < total <= 1_000_000


@pytest.mark.parametrize("point", ["deploy.pictures_deleted", "deploy.pictures_noted"])
def test_a_tidying_that_failed_is_made_good_by_the_next(line: Line, point: str) -> None:
    made = line.deploy(retention_days=1)
    line.ask(line.device(made), made)
    with frozen(now() + timedelta(days=2)):
        failpoints.arm(f"{point}=error")
        with pytest.raises(failpoints.FailpointError):
            clock(line, keeping.wake)
        failpoints.arm("")
        clock(line, keeping.wake)
    assert log_of(line, made)[0]["image_url"] == ""
    assert list(line.storage.list(f"{line.project.org_id}/predictions")) == []


def test_a_deployment_that_keeps_nothing(line: Line) -> None:
    made = line.deploy(retention_days=0)
    assert line.ask(line.device(made), made).json()["verdict"] == "defect"
    assert log_of(line, made)[0]["image_url"] == ""

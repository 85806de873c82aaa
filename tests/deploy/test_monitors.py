"""Monitors and their alarms, on a log that is planted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy import text

from tests.conftest import assert_error
from tests.deploy.conftest import Line
from tongguan.core.clock import frozen, now
from tongguan.core.ids import new_id
from tongguan.deploy.models import Feedback, Prediction
from tongguan.deploy.service import monitors
from tongguan.deploy.service.statistics import distance, kolmogorov, wilson
from tongguan.evaluate.measure.reference import BRIGHTNESS_EDGES, distribution


def plant(line: Line, deployment: dict[str, Any], values: Any, **more: Any) -> list[UUID]:
    """Predictions with these brightnesses, in order."""
    made = []
    with line.database.transaction(line.project.org_id) as session:
        for value in values:
            row = Prediction(
                id=new_id(),
                project_id=line.project.id,
                deployment_id=UUID(deployment["id"]),
                model_version_id=UUID(deployment["live_model_id"]),
                input_sha256="0" * 64,
                brightness=float(value),
                threshold=0.3,
                draw=0.5,
                **{"top_score": 0.4, "latency_ms": 20.0, "verdict": "ok", **more},
            )
            session.add(row)
            made.append(row.id)
    return made


def look(line: Line) -> dict[str, dict[str, Any]]:
    """Open alarms by kind, after the monitors have looked."""
    with line.database.transaction(line.project.org_id) as session:
        monitors.watch(session)
    found: list[dict[str, Any]] = line.get("alarms", only_open=True).json()
    assert len({alarm["kind"] for alarm in found}) == len(found)
    return {alarm["kind"]: alarm for alarm in found}


def gate(line: Line) -> str:
    return str({gate["gate"]: gate["state"] for gate in line.get("map").json()["gates"]}[5])


def test_a_shift_of_the_light_opens_one_alarm_which_closes_by_itself(line: Line) -> None:
    made, rng = line.deploy(), np.random.default_rng(1)
    plant(line, made, rng.normal(120, 15, 260))
    assert look(line) == {}
    assert gate(line) == "open"
    plant(line, made, rng.normal(170, 15, 60))
    alarm = look(line)["brightness"]
    assert alarm["figure"] > alarm["bound"]
    assert alarm["detail"]["reference"] == "first_pictures"
    assert look(line)["brightness"]["id"] == alarm["id"]
    assert gate(line) == "closed"
    plant(line, made, rng.normal(120, 15, 210))
    assert look(line) == {}
    assert gate(line) == "open"
    (closed,) = line.get("alarms").json()
    assert (closed["closed_at"] is not None, closed["closed_by"]) == (True, None)
    with line.database.transaction(line.project.org_id) as session:
        kinds = session.execute(text("SELECT kind FROM event WHERE kind LIKE 'alarm.%' ORDER BY id")).scalars().all()
    assert kinds == ["alarm.opened", "alarm.closed"]


def test_the_bands_of_a_drift_are_what_the_alarm_compares_with(line: Line) -> None:
    made, rng = line.deploy(), np.random.default_rng(1)
    path = f"deployments/{made['id']}/drift"
    assert line.get(path).json() == {"brightness": None, "scores": None}
    plant(line, made, rng.normal(120, 15, 260))
    band = line.get(path).json()["brightness"]
    assert (band["source"], band["n"], band["bound"], band["out"]) == ("first_pictures", 200, 0.25, False)
    assert abs(band["median"] - 120) < 4
    assert abs((band["q95"] - band["q05"]) / 2 - 15 * 1.645) < 5
    plant(line, made, rng.normal(170, 15, 60))
    alarm, later = look(line)["brightness"], line.get(path).json()["brightness"]
    assert (later["out"], later["psi"], later["pictures"]) == (True, alarm["figure"], alarm["detail"]["pictures"])
    assert later["q05"] == band["q05"]


def test_a_person_takes_an_alarm_and_closes_it_with_a_note(line: Line) -> None:
    made, rng = line.deploy(), np.random.default_rng(2)
    plant(line, made, rng.normal(120, 15, 200))
    plant(line, made, rng.normal(60, 15, 100))
    alarm = look(line)["brightness"]
    engineer, path = line.client.as_(line.engineer), line.url(f"alarms/{alarm['id']}")
    assert_error(engineer.patch(path, json={"closed": True}), 422, "alarm.note")
    assert_error(engineer.patch(line.url(f"alarms/{uuid4()}"), json={}), 404, "alarm.unknown")
    taken = engineer.patch(path, json={"acknowledged": True}).json()
    assert (taken["owner_id"], taken["acknowledged_by"]) == (str(line.engineer.id),) * 2
    closed = engineer.patch(path, json={"closed": True, "note": "灯管已换"}).json()
    assert (closed["closed_by"], closed["note"]) == (str(line.engineer.id), "灯管已换")
    assert_error(engineer.patch(path, json={"acknowledged": True}), 409, "alarm.closed")
    assert look(line) == {}  # what was seen is settled
    plant(line, made, rng.normal(60, 15, 60))
    assert "brightness" in look(line)  # but what comes later counts again


def test_scores_latency_and_the_runner(line: Line) -> None:
    made, rng = line.deploy(), np.random.default_rng(3)
    for score in rng.uniform(0.1, 0.3, 200):
        plant(line, made, [120], top_score=float(score))
    assert look(line) == {}
    for score in rng.uniform(0.7, 0.9, 50):
        plant(line, made, [120], top_score=float(score), latency_ms=4000.0)
    assert set(look(line)) == {"scores", "latency"}
    plant(line, made, [0], verdict="check", reason="runner.away", top_score=None)
    assert "runner" in look(line)
    plant(line, made, [120])
    assert "runner" not in look(line)


def test_operators_who_disagree(line: Line) -> None:
    made = line.deploy(monitors={"disagreement": 0.2})
    ids = plant(line, made, [120] * 60)

    def wrong(some: list[UUID], kind: str = "wrong") -> None:
        with line.database.transaction(line.project.org_id) as session:
            for one in some:
                session.add(Feedback(deployment_id=UUID(made["id"]), prediction_id=one, kind=kind, reason="missed"))

    wrong(ids[:14])
    assert look(line) == {}  # 23 %, but the interval reaches below the bound
    wrong(ids[14:24])
    alarm = look(line)["disagreement"]
    assert (alarm["figure"], alarm["detail"]["other"]) == (0.4, 24)
    wrong(ids[:20], "right")
    assert look(line) == {}


def test_missing_pictures_count_in_the_shift_only(line: Line) -> None:
    line.deploy(monitors={"missing_minutes": 30, "shift_start": "08:00", "shift_end": "20:00"})
    midday = now().replace(hour=4, minute=0) + timedelta(days=1)  # noon in Shanghai
    with frozen(midday):
        assert "missing" in look(line)
    with frozen(midday + timedelta(hours=10)):
        assert look(line) == {}


def test_a_model_that_is_too_old_is_not_believed(line: Line) -> None:
    made = line.deploy(stale_days=10)
    with frozen(now() + timedelta(days=11)):
        assert look(line)["stale"]["figure"] == pytest.approx(11, abs=0.1)
        answer = line.ask(line.client.as_(line.operator), made).json()
    assert answer["verdict"] == "check"


def test_the_summary_of_a_shift(line: Line) -> None:
    made = line.deploy()
    marks = [{"kind": "box", "label": "bright", "score": 0.9}, {"kind": "box", "label": "bright", "score": 0.1}]
    ids = plant(line, made, [120] * 3, verdict="defect", labels=marks)
    plant(line, made, [120] * 5)
    plant(line, made, [0], verdict="check", reason="runner.away", top_score=None)
    operator = line.client.as_(line.operator)
    path = f"/api/v1/deployments/{made['id']}/feedback"
    operator.post(path, json={"prediction_id": str(ids[0]), "kind": "wrong", "reason": "false_call"})
    summary = line.get(f"deployments/{made['id']}/summary", line.operator).json()
    assert (summary["pictures"], summary["verdicts"]) == (9, {"ok": 5, "defect": 3, "check": 1})
    assert summary["labels"] == {"bright": 3}
    assert summary["check_reasons"] == {"runner.away": 1}
    assert (summary["wrong"], summary["wrong_reasons"]) == (1, {"false_call": 1})
    assert summary["wrong_share"]["value"] == pytest.approx(1 / 8)
    assert summary["latency_ms"]["p50"] == 20
    assert sum(hour["wrong"] for hour in summary["hours"]) == 1
    wrong = line.get(f"deployments/{made['id']}/summary", since="2026-01-01T00:00:00Z", until="2026-06-01T00:00:00Z")
    assert_error(wrong, 422, "summary.time")


def test_the_arithmetic_of_distances() -> None:
    assert kolmogorov(1.358 / 10, 100) == pytest.approx(0.05, abs=0.01)
    assert wilson(5, 50) == pytest.approx((0.1, 0.0435, 0.2136), abs=1e-3)
    rng = np.random.default_rng(0)
    known = distribution(list(rng.normal(0, 1, 500)), BRIGHTNESS_EDGES)
    same = distance(known, list(rng.normal(0, 1, 200)))
    other = distance(known, list(rng.normal(0.6, 1, 200)))
    assert same.psi < 0.1
    assert same.p > 0.01
    assert other.psi > 0.25
    assert other.p < 1e-4
    flat = distribution([0.0] * 400, BRIGHTNESS_EDGES)  # a model that finds nothing
    assert distance(flat, [0.0] * 100).psi == 0
    assert distance(flat, [0.5] * 100).p < 1e-4

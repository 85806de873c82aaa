"""Models on the line: put there, rolled back, with thresholds and their reasons."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import assert_error
from tests.deploy.conftest import Line


def kinds(line: Line, deployment: dict[str, Any]) -> list[str]:
    return [change["kind"] for change in line.get(f"deployments/{deployment['id']}/changes").json()]


def test_a_model_that_is_not_the_champion_needs_a_reason(line: Line) -> None:
    model = str(line.model())
    assert_error(line.post("deployments", {"name": "一号线"}), 422, "deployment.model")
    assert_error(line.post("deployments", {"name": "一号线", "model_id": model}), 422, "deployment.not_champion")
    assert_error(line.post("deployments", {"name": "一号线", "model_id": str(uuid4())}), 404, "model.unknown")
    made = line.deploy(model_id=model, reason="only model there is")
    assert (made["number"], made["live_model"], made["champion"], made["threshold"]) == (1, 1, None, 0.3)
    change = line.get(f"deployments/{made['id']}/changes").json()[0]
    assert (change["kind"], change["reason"]) == ("created", "only model there is")
    assert change["person_id"] == str(line.engineer.id)


def test_rolling_back_walks_back_model_by_model_with_their_thresholds(line: Line) -> None:
    first, second, third = (str(line.model(weight=w, threshold=w / 3)) for w in (0.9, 0.6, 0.3))
    made = line.deploy(model_id=first)
    place = f"deployments/{made['id']}"
    line.post(f"{place}/threshold", {"threshold": 0.77, "reason": "a miss costs more than a call"})
    for model in (second, third):
        assert line.post(f"{place}/live", {"model_id": model, "reason": "trial"}).status_code == 200
    assert_error(line.post(f"{place}/live", {"model_id": third, "reason": "x"}), 409, "deployment.same_model")
    back = line.post(f"{place}/rollback", {"reason": "too many calls"}).json()
    assert back["live_model_id"] == second
    back = line.post(f"{place}/rollback").json()
    assert (back["live_model_id"], back["threshold"]) == (first, 0.77)
    assert back["threshold_reason"] == "a miss costs more than a call"
    assert_error(line.post(f"{place}/rollback"), 409, "deployment.nothing_before")
    line.post(f"{place}/live", {"model_id": third, "reason": "again"})
    assert line.post(f"{place}/rollback").json()["live_model_id"] == first
    assert kinds(line, made) == [
        "rolled_back", "live", "rolled_back", "rolled_back", "live", "live", "threshold", "created",
    ]  # fmt: skip


def test_thresholds_and_settings(line: Line) -> None:
    made = line.deploy()
    place = f"deployments/{made['id']}"
    wish = {"threshold": 0.5, "doubt": 0.4, "cost_miss_fen": 90_000, "reason": "cost of a returned coil"}
    changed = line.post(f"{place}/threshold", wish).json()
    assert (changed["threshold"], changed["doubt"], changed["cost_miss_fen"]) == (0.5, 0.4, 90_000)
    assert_error(line.post(f"{place}/threshold", {"threshold": 0.5}), 422, "input.invalid")
    assert_error(
        line.post(f"{place}/threshold", {"threshold": 0.3, "doubt": 0.4, "reason": "no"}), 422, "deployment.doubt"
    )
    engineer = line.client.as_(line.engineer)
    console = {"title": "一号轧线", "defect": {"color": "#ff0000", "what_to_do": "停机", "sound": True}}
    patch = {"console": console, "monitors": {"missing_minutes": 15}, "retention_days": 7}
    answer = engineer.patch(line.url(place), json=patch).json()
    assert answer["console"]["defect"]["what_to_do"] == "停机"
    assert (answer["monitors"]["missing_minutes"], answer["retention_days"]) == (15, 7)
    assert_error(engineer.patch(line.url(place), json={"console": {"defect": {"color": "red"}}}), 422, "input.invalid")
    count = len(kinds(line, made))
    engineer.patch(line.url(place), json=patch)
    assert len(kinds(line, made)) == count  # the same again is no change


def test_a_shadow_first_then_live_and_the_gate(line: Line) -> None:
    one, two = str(line.model()), str(line.model(weight=0.5))

    def gate() -> Any:
        return {gate["gate"]: gate for gate in line.get("map").json()["gates"]}[5]

    assert gate()["state"] == "closed"
    made = line.deploy(model_id=None, shadow_model_id=one)
    place = f"deployments/{made['id']}"
    assert (made["live_model"], made["shadow_model"]) == (None, 1)
    assert (gate()["state"], gate()["missing"][0]["code"]) == ("working", "deploy.shadow_only")
    live = line.post(f"{place}/live", {"model_id": one, "reason": "a week in the shadow"}).json()
    assert (live["live_model"], live["shadow_model"]) == (1, None)
    assert gate()["missing"][0]["code"] == "deploy.no_traffic"
    assert_error(line.post(f"{place}/shadow", {"model_id": one}), 409, "deployment.same_model")
    assert line.post(f"{place}/shadow", {"model_id": two}).json()["shadow_model"] == 2
    assert line.post(f"{place}/shadow", {"model_id": None}).json()["shadow_model"] is None
    line.post(f"{place}/retire", {"reason": "line is rebuilt"})
    assert gate()["state"] == "closed"
    assert_error(line.post(f"{place}/shadow", {"model_id": two}), 409, "deployment.state")


@pytest.mark.parametrize("role", ["operator", "inspector"])
def test_who_watches_does_not_change(line: Line, role: str) -> None:
    made = line.deploy()
    watcher = line.person("看", role)
    assert line.get("deployments", watcher).status_code == 200
    assert_error(line.post(f"deployments/{made['id']}/pause", {}, watcher), 403, "auth.role")
    assert_error(line.get(f"deployments/{uuid4()}", watcher), 404, "deployment.unknown")

"""A device that asks again is not looked up, and what changed meanwhile holds at its very next question."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import assert_error
from tests.deploy.conftest import Line
from tests.runner.made import picture
from tongguan.deploy.repository import places

pytestmark = pytest.mark.usefixtures("runner")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Each look at a deployment's facts."""
    seen: list[Any] = []
    plain = places.line

    def look(session: Any, deployment_id: Any) -> Any:
        seen.append(deployment_id)
        return plain(session, deployment_id)

    monkeypatch.setattr(places, "line", look)
    return seen


def test_a_device_is_looked_up_once(line: Line, looks: list[Any]) -> None:
    deployment = line.deploy()
    camera = line.device(deployment)
    ids = {line.ask(camera, deployment, picture(200)).json()["prediction_id"] for _ in range(3)}
    assert (len(ids), len(looks)) == (3, 1)
    assert len(line.get(f"deployments/{deployment['id']}/predictions").json()["items"]) == 3


def test_a_change_holds_at_the_next_question(line: Line, looks: list[Any]) -> None:
    deployment = line.deploy()
    camera, path = line.device(deployment), f"deployments/{deployment['id']}"
    assert line.ask(camera, deployment, picture(200)).json()["verdict"] == "defect"
    line.post(f"{path}/threshold", {"threshold": 0.95, "reason": "too many"})
    assert line.ask(camera, deployment, picture(200)).json()["threshold"] == 0.95
    line.post(f"{path}/pause", {"reason": "belt stands"})
    assert line.ask(camera, deployment, picture(200)).json()["reason"] == "deployment.paused"
    line.post(f"{path}/resume", {"reason": "belt runs"})
    assert line.ask(camera, deployment, picture(200)).json()["reason"] != "deployment.paused"
    line.post(f"{path}/retire", {"reason": "old"})
    assert_error(line.ask(camera, deployment, picture(200)), 410, "deployment.retired")
    assert len(looks) == 5
    with line.database.transaction(line.project.org_id) as session:
        kept = session.execute(text("SELECT picture_key FROM prediction")).scalars().all()
    stored = {one.key for one in line.storage.list(f"{line.project.org_id}/predictions")}
    assert stored == {key for key in kept if key}  # an answer that was not given left no picture


def test_a_revoked_device_gets_no_answer(line: Line) -> None:
    deployment = line.deploy()
    camera, path = line.device(deployment), f"deployments/{deployment['id']}/devices"
    assert line.ask(camera, deployment, picture(200)).status_code == 200
    (device,) = line.get(path).json()
    line.client.as_(line.engineer).delete(line.url(f"{path}/{device['id']}"))
    assert_error(line.ask(camera, deployment, picture(200)), 401, "auth.token")
    assert len(line.get(f"deployments/{deployment['id']}/predictions").json()["items"]) == 1

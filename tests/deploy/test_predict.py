"""Asking a deployment: pictures in, verdicts out, the log behind it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from tests.conftest import Client, assert_error
from tests.deploy.conftest import Line
from tests.runner.made import archive, picture
from tongguan.deploy.service import predicting
from tongguan.runner.server import Server

pytestmark = pytest.mark.usefixtures("runner")


def test_a_picture_gets_labels_and_a_verdict_which_are_logged(line: Line) -> None:
    deployment = line.deploy(threshold=0.6)
    camera = line.device(deployment)
    dark = line.ask(camera, deployment, picture(100), name="plate-1.png").json()
    light = line.ask(camera, deployment, picture(200)).json()
    assert (dark["verdict"], light["verdict"]) == ("ok", "defect")
    assert light["labels"][0]["kind"] == "box"
    assert light["labels"][0]["score"] == pytest.approx(200 / 255, abs=0.02)
    assert (light["width"], light["height"], light["model"]) == (80, 80, 1)
    assert set(light["latency"]) >= {"runner", "model", "measure"}
    page = line.get(f"deployments/{deployment['id']}/predictions", line.operator).json()
    assert [row["verdict"] for row in page["items"]] == ["defect", "ok"]
    assert page["items"][1]["name"] == "plate-1.png"
    assert page["items"][0]["brightness"] == pytest.approx(200, abs=2)
    detail = line.get(f"deployments/{deployment['id']}/predictions/{light['prediction_id']}").json()
    assert line.client.as_(line.engineer).get(detail["image_url"]).content == picture(200)


def test_a_form_an_item_and_a_person(line: Line) -> None:
    deployment = line.deploy()
    person = line.client.as_(line.operator)
    path = f"/api/v1/deployments/{deployment['id']}/predict"
    answer = person.post(path, files={"file": ("a.png", picture(250), "image/png")})
    assert answer.json()["verdict"] == "defect", answer.text
    assert_error(person.post(path, files={"other": ("a.png", b"x")}), 422, "predict.empty")
    assert_error(person.post(path, json={"item_id": str(uuid4())}), 404, "collect.item_unknown")
    assert_error(person.post(path, json={"item": 1}), 422, "predict.item")
    assert_error(person.post(path, content=b""), 422, "predict.empty")


def test_what_is_no_picture_is_checked_by_hand(line: Line) -> None:
    deployment = line.deploy()
    camera = line.device(deployment)
    broken = line.ask(camera, deployment, b"no picture").json()
    assert (broken["verdict"], broken["labels"]) == ("check", [])
    assert broken["reason"] == "picture.wrong_type"
    assert line.ask(camera, deployment, picture()[:200]).json()["verdict"] == "check"


def test_an_idempotency_key_is_answered_once(line: Line) -> None:
    deployment = line.deploy()
    camera = line.device(deployment)
    first = line.ask(camera, deployment, picture(200), headers={"idempotency-key": "k1"}).json()
    again = line.ask(camera, deployment, picture(200), headers={"idempotency-key": "k1"}).json()
    assert (again["prediction_id"], again["labels"]) == (first["prediction_id"], first["labels"])
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert_error(line.ask(camera, deployment, picture(90), headers={"idempotency-key": "k1"}), 409, "predict.key_used")
    page = line.get(f"deployments/{deployment['id']}/predictions").json()
    assert len(page["items"]) == 1


def test_two_questions_with_one_key_at_once_get_one_answer(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked for the key before either was written: the second is given the first one's answer."""
    deployment = line.deploy()
    camera = line.device(deployment)
    look, looks = predicting._known, []

    def late(*asked: Any) -> Any:
        looks.append(asked)
        return None if len(looks) == 2 else look(*asked)

    monkeypatch.setattr(predicting, "_known", late)
    key = {"idempotency-key": "k1"}
    first = line.ask(camera, deployment, picture(200), headers=key).json()
    second = line.ask(camera, deployment, picture(200), headers=key).json()
    assert (second["prediction_id"], second["repeated"]) == (first["prediction_id"], True)
    assert len(looks) == 3
    folder = f"{line.project.org_id}/predictions/{deployment['id']}/"
    assert len(list(line.storage.list(folder))) == 1


def test_paused_and_retired(line: Line) -> None:
    deployment = line.deploy()
    camera = line.device(deployment)
    place = f"deployments/{deployment['id']}"
    line.post(f"{place}/pause", {"reason": "roll change"})
    paused = line.ask(camera, deployment).json()
    assert (paused["verdict"], paused["reason"]) == ("check", "deployment.paused")
    line.post(f"{place}/resume")
    assert line.ask(camera, deployment).json()["verdict"] != "check"
    assert_error(line.post(f"{place}/retire"), 422, "deployment.reason")
    line.post(f"{place}/retire", {"reason": "line closed"})
    assert_error(line.ask(camera, deployment), 410, "deployment.retired")


def test_a_broken_model_is_refused_and_the_verdict_is_check(line: Line) -> None:
    packed, sha = archive(model=b"not a model")
    deployment = line.deploy(model_id=str(line.stored(packed, sha)))
    answer = line.ask(line.device(deployment), deployment).json()
    assert (answer["verdict"], answer["reason"]) == ("check", "train.model_broken")
    assert answer["message"]
    exchanged = line.deploy(model_id=str(line.stored(packed, "0" * 64)))
    answer = line.ask(line.device(exchanged), exchanged).json()
    assert (answer["verdict"], answer["reason"]) == ("check", "train.model_damaged")


def test_no_runner_is_check_never_the_last_verdict(
    line: Line, runner: Server, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = line.deploy()
    camera = line.device(deployment)
    assert line.ask(camera, deployment, picture(200)).json()["verdict"] == "defect"
    runner.close()
    monkeypatch.setattr(app.state.runner, "_wait", 0.4)
    away = line.ask(camera, deployment, picture(200)).json()
    assert (away["verdict"], away["reason"], away["labels"]) == ("check", "runner.away", [])


def test_doubt_and_labels_that_are_no_defect(line: Line) -> None:
    model = str(line.model())
    doubt = line.deploy(model_id=model, threshold=0.9, doubt=0.5)
    answer = line.ask(line.device(doubt), doubt, picture(200)).json()
    assert (answer["verdict"], answer["reason"]) == ("check", "deploy.doubt")
    good = line.deploy(model_id=model, good_labels=["bright"])
    assert line.ask(line.device(good), good, picture(250)).json()["verdict"] == "ok"


def test_feedback(line: Line) -> None:
    deployment = line.deploy()
    camera = line.device(deployment)
    asked = line.ask(camera, deployment, picture(200)).json()
    path = f"/api/v1/deployments/{deployment['id']}/feedback"
    wish = {"prediction_id": asked["prediction_id"], "kind": "wrong", "reason": "false_call"}
    assert_error(camera.post(path, json={**wish, "reason": ""}), 422, "feedback.reason")
    assert_error(camera.post(path, json={**wish, "prediction_id": str(uuid4())}), 404, "prediction.unknown")
    first = camera.post(path, json=wish).json()
    assert camera.post(path, json=wish).json()["id"] == first["id"]
    operator = line.client.as_(line.operator)
    assert operator.post(path, json={**wish, "kind": "right", "reason": ""}).json()["person_id"]
    place = f"deployments/{deployment['id']}/predictions"
    assert line.get(place, marked="wrong").json()["items"] == []
    assert len(line.get(place, marked="right").json()["items"]) == 1
    assert [said["kind"] for said in line.get(f"{place}/{asked['prediction_id']}").json()["feedback_all"]] == [
        "wrong",
        "right",
    ]


def test_a_device_asks_its_own_deployment_only(line: Line, client: Client) -> None:
    one, other = line.deploy(), line.deploy()
    camera = line.device(one)
    assert line.ask(camera, one).status_code == 200
    assert_error(line.ask(camera, other), 404, "deployment.unknown")
    assert_error(camera.get(line.url("deployments")), 401, "auth.device")
    assert_error(line.ask(client, one), 401, "auth.required")
    devices = line.get(f"deployments/{one['id']}/devices").json()
    assert devices[0]["token"] is None
    assert devices[0]["last_seen_at"] is not None
    revoked = line.client.as_(line.engineer).delete(line.url(f"deployments/{one['id']}/devices/{devices[0]['id']}"))
    assert revoked.status_code == 204
    assert_error(line.ask(camera, one), 401, "auth.token")


def test_a_device_that_asks_too_often_waits(line: Line) -> None:
    deployment = line.deploy()
    camera = line.device(deployment, per_minute=2)
    assert [line.ask(camera, deployment).status_code for _ in range(3)] == [200, 200, 429]


def test_a_person_of_another_role_may_not_ask(line: Line) -> None:
    deployment = line.deploy()
    assert_error(line.ask(line.client.as_(line.person("小王", "annotator")), deployment), 403, "auth.role")

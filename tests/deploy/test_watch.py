"""The watched folder of a line camera: sends once, in order, and goes on after a kill."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Client
from tests.deploy.conftest import Line
from tests.runner.made import picture
from tongguan.cli import watch
from tongguan.core.errors import TongguanError

pytestmark = pytest.mark.usefixtures("runner")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.01)


def poster(camera: Client, deployment: dict[str, Any]) -> watch.Post:
    def post(name: str, content: bytes, key: str) -> tuple[int, dict[str, Any]]:
        headers = {"content-type": "image/*", "idempotency-key": key}
        path = f"/api/v1/deployments/{deployment['id']}/predict"
        answer = camera.post(path, content=content, headers=headers, params={"name": name})
        return answer.status_code, answer.json()

    return post


def write(folder: Path, name: str, content: bytes, at: int) -> None:
    (folder / name).write_bytes(content)
    os.utime(folder / name, (at, at))


def test_new_pictures_are_sent_once_in_order_and_stay_where_they_are(line: Line, tmp_path: Path) -> None:
    deployment = line.deploy()
    folder, notes = tmp_path / "camera", tmp_path / "camera" / watch.NOTES
    folder.mkdir()
    write(folder, "b.png", picture(200), 100)
    write(folder, "a.png", picture(40), 200)
    write(folder, "note.txt", b"not a picture", 100)
    post = poster(line.device(deployment), deployment)
    sent = list(watch.work(folder, watch.Notes(notes), post, once=True))
    assert [(name, answer["verdict"]) for name, answer in sent] == [("b.png", "defect"), ("a.png", "ok")]
    assert list(watch.work(folder, watch.Notes(notes), post, once=True)) == []
    write(folder, "a.png", picture(250), 300)
    assert [name for name, _ in watch.work(folder, watch.Notes(notes), post, once=True)] == ["a.png"]
    assert sorted(path.name for path in folder.iterdir()) == [watch.NOTES, "a.png", "b.png", "note.txt"]


def test_a_kill_between_answer_and_note_makes_no_second_prediction(line: Line, tmp_path: Path) -> None:
    deployment = line.deploy()
    notes = tmp_path / watch.NOTES
    write(tmp_path, "a.png", picture(200), 100)
    post = poster(line.device(deployment), deployment)
    ((_, first),) = list(watch.work(tmp_path, watch.Notes(notes), post, once=True))
    notes.write_bytes(notes.read_bytes()[:20])  # as a kill leaves it
    ((_, again),) = list(watch.work(tmp_path, watch.Notes(notes), post, once=True))
    assert (again["prediction_id"], again["repeated"]) == (first["prediction_id"], True)
    assert list(watch.work(tmp_path, watch.Notes(notes), post, once=True)) == []


def test_a_lost_network_is_waited_for_and_a_revoked_token_is_not(line: Line, tmp_path: Path) -> None:
    deployment = line.deploy()
    write(tmp_path, "a.png", picture(200), 100)
    works, asked = poster(line.device(deployment), deployment), []

    def sometimes(name: str, content: bytes, key: str) -> tuple[int, dict[str, Any]]:
        asked.append(name)
        return works(name, content, key) if len(asked) > 2 else (0, {"message": "unreachable"})

    assert len(list(watch.work(tmp_path, watch.Notes(tmp_path / "n"), sometimes, once=True))) == 1
    stranger = Client(line.client.app)
    stranger.headers["authorization"] = "Bearer tgd_nobody"
    with pytest.raises(TongguanError) as caught:
        list(watch.work(tmp_path, watch.Notes(tmp_path / "m"), poster(stranger, deployment), once=True))
    assert caught.value.code == "auth.token"


def test_nobody_at_the_address() -> None:
    status, body = watch.poster("http://127.0.0.1:9", "tgd_x")("a.png", b"x", "k")
    assert status == 0
    assert body["message"]

"""The runner over its socket: answers, refusals, a bounded shelf, who goes first."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.runner.made import archive, picture
from tongguan.core.settings import Settings, load_settings
from tongguan.core.storage import Storage, memory_storage
from tongguan.deploy.wire import ModelRef, Refused, RunnerAway, RunnerClient, Unreadable
from tongguan.deploy.wire.address import check_folder, listen, socket_path
from tongguan.runner.server import Server
from tongguan.runner.shelf import DEADLY, Shelf, unpack
from tongguan.runner.turns import Turns
from tongguan.train.recipes.base import ModelRefused


@dataclass
class Place:
    """A running runner."""

    settings: Settings
    storage: Storage
    client: RunnerClient

    def store(self, packed: bytes, sha: str) -> ModelRef:
        key = f"x/models/{sha}.zip"
        self.storage.put(key, packed)
        return ModelRef(key, sha)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    settings = load_settings(data_dir=tmp_path, runner_models=2)
    storage = memory_storage()
    server = Server(settings, storage, listen(tmp_path))
    threading.Thread(target=server.serve, daemon=True).start()
    client = RunnerClient(tmp_path, wait=5)
    yield Place(settings, storage, client)
    client.close()
    server.close()


def test_single_and_batch_give_the_same(place: Place) -> None:
    model = place.store(*archive())
    pictures = [picture(40), picture(220), picture(120, kind="JPEG")]
    batch = place.client.predict(model, pictures)
    assert [one.labels for one in batch] == [place.client.predict(model, [each])[0].labels for each in pictures]
    assert [round(one.brightness / 10) for one in batch] == [4, 22, 12]
    assert (batch[0].width, batch[0].height) == (80, 80)
    assert place.client.predict(model, []) == []


def test_a_picture_that_cannot_be_read_spoils_only_itself(place: Place) -> None:
    model = place.store(*archive())
    good, bad, cut = place.client.predict(model, [picture(200), b"<html>", picture()[:300]])
    assert good.problem is None
    assert isinstance(bad.problem, Unreadable)
    assert isinstance(cut.problem, Unreadable)


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (archive(model=b"no model"), "train.model_broken"),
        (archive(files={"../out": b"x"}), "train.model_foreign"),
        (archive(files={"folder/in": b"x"}), "train.model_foreign"),
        (archive(files={f"{n}": b"x" for n in range(30)}), "train.model_foreign"),
        (archive(recipe="none"), "train.card_broken"),
        ((archive()[0], "0" * 64), "train.model_damaged"),
    ],
)
def test_refused_with_a_reason(place: Place, packed: tuple[bytes, str], code: str) -> None:
    model = place.store(*packed)
    for _ in range(2):  # the second time from memory
        with pytest.raises(Refused) as caught:
            place.client.predict(model, [picture()])
        assert caught.value.code == code
        assert caught.value.message


def test_what_is_no_archive_and_what_is_gone(place: Place) -> None:
    with pytest.raises(Refused) as caught:
        place.client.load(ModelRef("x/none.zip", "1" * 64))
    assert caught.value.code == "train.model_missing"
    assert place.client.load(place.store(*archive()))["labels"] == ["bright", "dark"]


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongguan.runner.shelf.MOST_ARCHIVE", 1_000_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("model.onnx", bytes(5_000_000))
    (tmp_path / "a.zip").write_bytes(bomb.getvalue())
    with pytest.raises(ModelRefused, match="more than"):
        unpack(tmp_path / "a.zip", tmp_path)


def test_the_shelf_is_bounded(place: Place) -> None:
    models = [place.store(*archive(weight=weight)) for weight in (0.3, 0.6, 0.9)]
    for model in (models[0], models[1], models[0], models[2]):
        place.client.predict(model, [picture()])
    assert place.client.status()["held"] == [models[0].sha256, models[2].sha256]


def test_a_model_that_ended_the_process_is_refused_for_a_while(tmp_path: Path) -> None:
    storage, shelf = memory_storage(), Shelf(memory_storage(), tmp_path, 2)
    packed, sha = archive()
    storage.put("m", packed)
    for _ in range(DEADLY):
        shelf._count_attempt(shelf._deaths(sha))  # an attempt whose end nobody saw
    with pytest.raises(ModelRefused) as caught:
        Shelf(storage, tmp_path, 2).get("m", sha)
    assert caught.value.code == "train.model_deadly"
    shelf._deaths(sha).unlink()
    assert Shelf(storage, tmp_path, 2).get("m", sha).labels == ("bright", "dark")


def test_nonsense_over_the_socket_is_answered_or_cut(place: Place) -> None:
    for head in ({"ask": "predict"}, {"ask": "predict", "key": "k", "sha256": "s", "sizes": [9]}, {"ask": None}):
        with pytest.raises(Exception, match=r"sizes|fit|question|Error"):
            place.client._ask(head, b"")
    connection = place.client._open(time.monotonic() + 1, fresh=True)
    connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
    connection.settimeout(2)
    with suppress(ConnectionResetError):
        assert connection.recv(10) == b""
    connection.close()


def test_nobody_there_is_away_in_a_bounded_time(tmp_path: Path) -> None:
    client, began = RunnerClient(tmp_path, wait=0.5), time.monotonic()
    with pytest.raises(RunnerAway):
        client.predict(ModelRef("k", "s"), [b"x"])
    assert time.monotonic() - began < 2
    began = time.monotonic()
    with pytest.raises(RunnerAway):
        client.predict(ModelRef("k", "s"), [b"x"])
    assert time.monotonic() - began < 1  # what was away is not waited for again


def test_a_new_life_is_found_by_kept_connections(tmp_path: Path) -> None:
    storage, client = memory_storage(), RunnerClient(tmp_path, wait=5)
    packed, sha = archive()
    storage.put("m", packed)
    for _ in range(2):
        server = Server(load_settings(data_dir=tmp_path), storage, listen(tmp_path))
        threading.Thread(target=server.serve, daemon=True).start()
        assert client.predict(ModelRef("m", sha), [picture(200)])[0].labels
        server.close()
    client.close()


def test_the_socket_of_a_deep_data_folder_is_elsewhere_and_private(tmp_path: Path) -> None:
    assert socket_path(Path("/srv/tongguan")) == Path("/srv/tongguan/runner.sock")
    deep = tmp_path / ("d" * 120)
    place_ = socket_path(deep)
    assert len(str(place_)) < 100
    assert place_ == socket_path(deep)
    listener = listen(deep)
    try:
        assert place_.parent.stat().st_mode & 0o077 == 0
        assert place_.stat().st_mode & 0o077 == 0
        place_.parent.chmod(0o755)
        with pytest.raises(PermissionError):
            check_folder(place_)
    finally:
        listener.close()
        place_.unlink()
        place_.parent.rmdir()


def test_urgent_ones_go_first() -> None:
    turns, order = Turns(1), []
    begun = threading.Event()

    def take(name: str, urgent: bool) -> None:
        with turns.take(urgent):
            order.append(name)
            begun.set()
            time.sleep(0.1)

    threads = [threading.Thread(target=take, args=("first", True))]
    threads[0].start()
    begun.wait(2)
    for name, urgent in (("shadow", False), ("live", True)):
        threads.append(threading.Thread(target=take, args=(name, urgent)))
        threads[-1].start()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert order == ["first", "live", "shadow"]

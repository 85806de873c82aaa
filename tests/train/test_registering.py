"""Models trained elsewhere: taken with their origin; broken and hostile archives are refused in words."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from onnx import helper

from tests.conftest import Client, Org, RunJobs, assert_error
from tests.quality.floor import Floor
from tests.train.test_bad_models import folder, graph
from tests.train.test_runs import engineer, floor
from tongguan.core.storage import Storage
from tongguan.train.interface import open_model

__all__ = ["Client", "Org", "RunJobs", "floor"]


def archive(tmp: Path, model: bytes | None = None, extra: dict[str, bytes] | None = None, **card: Any) -> bytes:
    """A zip as an engineer sends it."""
    place = folder(tmp, graph().SerializeToString() if model is None else model, **card)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("model.onnx", "model.json"):
            made.writestr(name, (place / name).read_bytes())
        for name, content in (extra or {}).items():
            made.writestr(name, content)
    return out.getvalue()


def send(floor: Floor, person: Any, content: bytes, **origin: Any) -> Any:
    query = {"engine": "PyTorch 2 elsewhere", **origin}
    return floor.client.as_(person).post(floor.url("models"), params=query, content=content)


def test_a_model_from_elsewhere_is_a_model_version_with_an_origin(
    floor: Floor, storage: Storage, tmp_path: Path
) -> None:
    maker = engineer(floor)
    answer = send(floor, maker, archive(tmp_path), note="trained on our GPU")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["number"], made["run_id"], made["recipe"]) == (1, None, "detection")
    assert made["origin"]["engine"] == "PyTorch 2 elsewhere"
    assert made["classes"] == ["bright", "dark"]
    listed = floor.get(maker, "models").json()
    assert [one["id"] for one in listed] == [made["id"]]
    content = floor.client.as_(maker).get(listed[0]["url"]).content
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        names = opened.namelist()
        assert "trained on our GPU" in opened.read("model.md").decode()
    assert sorted(names) == ["example.py", "labels.json", "model.json", "model.md", "model.onnx", "preprocessing.json"]
    card = floor.get(maker, f"models/{made['id']}").json()
    assert (card["task"], card["learning"], card["data"]) == ("detection", None, None)
    assert (card["preprocessing"]["size"], card["threshold"]) == (64, 0.3)
    assert sorted(one["name"] for one in card["files"]) == sorted(names)
    assert "trained on our GPU" in card["text"]
    assert "onnxruntime" in card["example"]
    assert_error(floor.get(maker, f"models/{uuid4()}"), 404, "model.unknown")
    with floor.world.database.transaction(floor.world.org_id) as session:
        key = session.connection().exec_driver_sql("SELECT key FROM model_version").scalar_one()
    assert open_model(storage, key, tmp_path / "opened").threshold == 0.3
    again = send(floor, maker, content)
    assert again.status_code == 201, "what was downloaded can be registered"
    assert_error(send(floor, maker, content, dataset_version=9), 404, "dataset.unknown")


@pytest.mark.parametrize(
    ("make", "code", "says"),
    [
        (lambda tmp: b"", "train.archive_broken", "cannot be read"),
        (lambda tmp: b"PK no zip", "train.archive_broken", "cannot be read"),
        (lambda tmp: archive(tmp)[:-40], "train.archive_broken", "cannot be read"),
        (lambda tmp: archive(tmp, extra={"weights.pt": b"\x80\x04}."}), "train.archive_foreign", "weights.pt"),
        (lambda tmp: archive(tmp, extra={"../../evil.py": b"x"}), "train.archive_foreign", "evil.py"),
        (lambda tmp: archive(tmp, extra={"model.data": b"x"}), "train.archive_foreign", "model.data"),
        (lambda tmp: archive(tmp, b"not onnx"), "train.model_broken", "not an ONNX"),
        (lambda tmp: archive(tmp, model_sha256="0" * 64), "train.model_damaged", "SHA-256"),
        (lambda tmp: archive(tmp, recipe="magic"), "train.card_broken", "magic"),
        (lambda tmp: archive(tmp, threshold=7), "train.card_broken", "threshold"),
        (lambda tmp: archive(tmp, labels=["one"]), "train.model_shape", "1 scores"),
        (lambda tmp: archive(tmp, recipe="image-classification"), "train.model_shape", "one uint8 picture"),
        (
            lambda tmp: archive(
                tmp,
                graph(
                    extra=[helper.make_node("Loop", ["", ""], ["l"], body=helper.make_graph([], "b", [], []))]
                ).SerializeToString(),
            ),
            "train.model_foreign",
            "graph",
        ),
    ],
)
def test_broken_and_hostile_archives_are_refused_in_words(
    floor: Floor, tmp_path: Path, make: Any, code: str, says: str
) -> None:
    maker = engineer(floor)
    answer = send(floor, maker, make(tmp_path))
    assert_error(answer, 422, code)
    assert says in answer.json()["message"]
    assert floor.get(maker, "models").json() == []


def test_a_member_that_unpacks_too_far_is_refused(
    floor: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongguan.train.recipes.incoming.MOST_BYTES", 1 << 20)
    bomb = archive(tmp_path, b"\0" * (3 << 20))
    assert len(bomb) < 1 << 18
    assert_error(send(floor, engineer(floor), bomb), 422, "train.model_too_large")

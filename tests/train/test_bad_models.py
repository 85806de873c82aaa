"""Broken, exchanged and hostile model folders are refused with a reason, before any runtime opens them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import ModelRefused

SIZE = 64
CARD: dict[str, Any] = {
    "version": 1,
    "recipe": "detection",
    "labels": ["bright", "dark"],
    "preprocessing": {"size": SIZE},
    "threshold": 0.3,
    "threshold_from": "test",
    "nms_overlap": 0.6,
}


def graph(cells: int = 4, classes: int = 2, extra: list[Any] | None = None, **changes: Any) -> onnx.ModelProto:
    """A model of the right shape that says the same for every picture."""
    boxes = numpy_helper.from_array(np.full((1, cells, 4), 8, dtype=np.float32), "b")
    scores = numpy_helper.from_array(np.full((1, cells, classes), 0.4, dtype=np.float32), "s")
    nodes = [
        helper.make_node("Cast", ["pictures"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["f"], ["m"], keepdims=0, noop_with_empty_axes=0),
        helper.make_node("Mul", ["m", "zero"], ["z"]),
        helper.make_node("Add", ["b", "z"], ["boxes"]),
        helper.make_node("Add", ["s", "z"], ["scores"]),
        *(extra or []),
    ]
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["n", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("boxes", "scores")],
        [boxes, scores, numpy_helper.from_array(np.zeros((), dtype=np.float32), "zero")],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10, **changes)


def folder(tmp: Path, model: bytes, **card: Any) -> Path:
    """A model folder whose card fits the file."""
    place = tmp / "model"
    place.mkdir()
    (place / "model.onnx").write_bytes(model)
    full = {**CARD, "model_sha256": hashlib.sha256(model).hexdigest(), **card}
    (place / "model.json").write_text(json.dumps(full))
    return place


def refused(place: Path) -> str:
    """The code of the refusal."""
    with pytest.raises(ModelRefused) as caught:
        load_predictor(place)
    assert caught.value.message
    return caught.value.code.removeprefix("train.")


def test_a_sound_model_loads(tmp_path: Path) -> None:
    predictor = load_predictor(folder(tmp_path, graph().SerializeToString()))
    assert predictor.labels == ("bright", "dark")
    assert predictor.threshold == 0.3


def test_nothing_there(tmp_path: Path) -> None:
    assert refused(tmp_path) == "model_missing"
    place = folder(tmp_path, b"x")
    (place / "model.onnx").unlink()
    assert refused(place) == "model_missing"


@pytest.mark.parametrize(
    "content", [b"", b"not a model", b"\x00" * 100, b"\xff" * 1_000, b"PK\x03\x04zip", b"\x3a\xff\x01"]
)
def test_bytes_that_are_no_model(tmp_path: Path, content: bytes) -> None:
    assert refused(folder(tmp_path, content)) == "model_broken"


def test_a_cut_model(tmp_path: Path) -> None:
    whole = graph().SerializeToString()
    for share in (0.1, 0.5, 0.9):
        (tmp_path / str(share)).mkdir()
        place = folder(tmp_path / str(share), whole[: int(len(whole) * share)])
        assert refused(place) == "model_broken"


def test_another_file_than_the_card_says(tmp_path: Path) -> None:
    place = folder(tmp_path, graph().SerializeToString())
    (place / "model.onnx").write_bytes(graph(cells=5).SerializeToString())
    assert refused(place) == "model_damaged"


def test_data_in_another_file(tmp_path: Path) -> None:
    model = graph()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"
    assert refused(folder(tmp_path, model.SerializeToString())) == "model_foreign"


def test_data_in_another_file_inside_an_attribute(tmp_path: Path) -> None:
    tensor = numpy_helper.from_array(np.zeros(1, dtype=np.float32), "c")
    tensor.data_location = TensorProto.EXTERNAL
    node = helper.make_node("Constant", [], ["c"], value=tensor)
    assert refused(folder(tmp_path, graph(extra=[node]).SerializeToString())) == "model_foreign"


def test_loops_foreign_operators_and_functions(tmp_path: Path) -> None:
    body = helper.make_graph([], "body", [], [])
    cases = {
        "loop": graph(extra=[helper.make_node("Loop", ["", ""], ["l"], body=body)]),
        "foreign": graph(extra=[helper.make_node("Add", ["b", "b"], ["l"], domain="com.evil")]),
        "unknown": graph(extra=[helper.make_node("ConstantOfShape", ["b"], ["l"])]),
        "function": graph(
            functions=[helper.make_function("", "F", [], [], [], [helper.make_opsetid("", 18)])],
        ),
    }
    for name, model in cases.items():
        (tmp_path / name).mkdir()
        assert refused(folder(tmp_path / name, model.SerializeToString())) == "model_foreign"


def test_another_shape_than_the_card_says(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    assert refused(folder(tmp_path / "labels", graph(classes=3).SerializeToString())) == "model_shape"
    (tmp_path / "size").mkdir()
    place = folder(tmp_path / "size", graph().SerializeToString(), preprocessing={"size": 128})
    assert refused(place) == "model_shape"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "card_broken"),
        (b"{", "card_broken"),
        (b"[]", "card_broken"),
        (b"\xff\xfe", "card_broken"),
        (json.dumps({**CARD, "model_sha256": "0" * 64, "threshold": 7}).encode(), "card_broken"),
        (json.dumps({**CARD, "model_sha256": "0" * 64, "labels": []}).encode(), "card_broken"),
        (json.dumps({**CARD, "model_sha256": "0" * 64, "unknown": 1}).encode(), "card_broken"),
        (json.dumps({**CARD, "model_sha256": "0" * 64}).encode(), "model_damaged"),
        (json.dumps({**CARD, "model_sha256": "0" * 64, "recipe": "../x"}).encode(), "card_broken"),
        (b'{"a":' + b"[" * 200_000, "card_broken"),
    ],
)
def test_broken_cards(tmp_path: Path, content: bytes, code: str) -> None:
    place = folder(tmp_path, graph().SerializeToString())
    (place / "model.json").write_bytes(content)
    assert refused(place) == code

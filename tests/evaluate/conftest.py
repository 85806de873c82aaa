"""A project with a frozen version and models that were made by hand: each finds every drawn box, or looks elsewhere."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from sqlalchemy import text
from tests.annotate.conftest import build
from tests.conftest import Client, Org, RunJobs
from tests.datasets.test_versions import freeze, settle
from tests.quality.floor import Floor, box

from tongguan.core.ids import new_id
from tongguan.core.storage import Storage
from tongguan.datasets.interface import version
from tongguan.people.models import Person
from tongguan.train.models import ModelVersion

SIZE = 64
SCALE = SIZE / 200


def network(shift: float, score: float) -> bytes:
    """One box on every picture: the drawn one (10, 10, 30, 20 on 200 px) moved by so many pixels."""
    corners = np.array([[[10 + shift, 10, 40 + shift, 30]]], dtype=np.float32) * np.float32(SCALE)
    nodes = [
        helper.make_node("Cast", ["pictures"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["f"], ["m"], keepdims=0, noop_with_empty_axes=0),
        helper.make_node("Mul", ["m", "small"], ["z"]),
        helper.make_node("Mul", ["z", "zero"], ["nothing"]),
        helper.make_node("Add", ["b", "nothing"], ["boxes"]),
        helper.make_node("Sub", ["s", "z"], ["scores"]),
    ]
    constants = {
        "b": corners,
        "s": np.full((1, 1, 1), score, dtype=np.float32),
        "small": np.float32(1e-4),
        "zero": np.float32(0),
    }
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["n", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("boxes", "scores")],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    content: bytes = model.SerializeToString()
    return content


def archive(content: bytes) -> bytes:
    """A stored model."""
    card = {
        "version": 1,
        "recipe": "detection",
        "labels": ["scratches"],
        "preprocessing": {"size": SIZE},
        "threshold": 0.3,
        "threshold_from": "test",
        "nms_overlap": 0.6,
        "model_sha256": hashlib.sha256(content).hexdigest(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("model.onnx", content)
        packed.writestr("model.json", json.dumps(card))
    return out.getvalue()


@dataclass
class Bench:
    """The project with people and ways to make models."""

    floor: Floor
    storage: Storage
    engineer: Person
    trainer: Person
    manager: Person
    version: dict[str, Any]

    def model(self, shift: float = 0, score: float = 0.9, trained_on: int | None = 1, broken: bool = False) -> int:
        """A model version; returns its number."""
        world = self.floor.world
        packed = b"no archive" if broken else archive(network(shift, score))
        with world.database.transaction(world.org_id) as session:
            number = session.execute(text("SELECT count(*) + 1 FROM model_version")).scalar_one()
            made = ModelVersion(
                id=new_id(),
                project_id=world.project.id,
                run_id=None,
                recipe="detection",
                origin={"by": "test"},
                dataset_version_id=version(session, world.project.id, trained_on).id if trained_on else None,
                number=int(number),
                key=f"{world.org_id}/models/{number}.zip",
                size=len(packed),
                sha256=hashlib.sha256(packed).hexdigest(),
                metrics={"map50": {"value": 0.5, "low": 0.4, "high": 0.6}},
                classes=["scratches"],
                threshold=0.3,
                threshold_from="test",
            )
            session.add(made)
        self.storage.put(f"{world.org_id}/models/{number}.zip", packed)
        return int(number)

    def benchmark(self, **more: Any) -> dict[str, Any]:
        """Freezes the kept side of version 1."""
        made = self.floor.post(self.engineer, "benchmarks", {"dataset_version": 1, "name": "一号基准", **more})
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    def evaluate(self, model: int, **more: Any) -> dict[str, Any]:
        """Evaluates to the end."""
        made = self.floor.post(self.engineer, "evaluations", {"model": model, **more})
        assert made.status_code == 201, made.text
        self.floor.run_jobs()
        found: dict[str, Any] = self.floor.get(self.engineer, f"evaluations/{made.json()['id']}").json()
        return found

    def choose(self, evaluation: dict[str, Any], person: Person | None = None, reason: str = "") -> Any:
        """Asks for the champion."""
        body = {"evaluation_id": evaluation["id"], "reason": reason}
        return self.floor.post(person or self.engineer, "champion", body)

    def gate(self) -> dict[str, Any]:
        """Gate 4."""
        gates: list[dict[str, Any]] = self.floor.get(self.trainer, "map").json()["gates"]
        return next(gate for gate in gates if gate["gate"] == 4)


def light(at: int) -> bytes:
    """A picture of its own brightness."""
    picture = io.BytesIO()
    Image.new("L", (200, 200), 40 + at % 200).save(picture, "PNG")
    return picture.getvalue()


@pytest.fixture
def bench(database: Any, org: Org, client: Client, run_jobs: RunJobs, storage: Storage) -> Bench:
    """40 plates with one box each, frozen as version 1."""
    storage.put("x/assets/a", light(0))
    quality = {"gold_share": {str(level): 0 for level in range(1, 6)}}
    split = {"kept": 0.4, "line": 0.1}
    floor = Floor(build(database, org.id, org.owner.id, quality=quality, split=split), client, run_jobs)
    settle(floor, 40, box())
    world = floor.world
    with world.database.transaction(world.org_id) as session:
        rows = session.execute(text("UPDATE asset SET location = 'x/assets/' || id RETURNING id, location")).all()
        for at, row in enumerate(rows):
            storage.put(row.location, light(at))
            session.execute(
                text(
                    "UPDATE item SET measurement = jsonb_build_object('brightness', CAST(:light AS float8)) "
                    "WHERE asset_id = :id"
                ),
                {"light": 40 + at, "id": row.id},
            )
    frozen = freeze(floor)
    manager = next(one for one in world.people if one.level == 5)
    engineer = world.person("吴工", 3, roles=("engineer",))
    trainer = world.person("孙训练师", 3, roles=("trainer",))
    return Bench(floor, storage, engineer, trainer, manager, frozen)

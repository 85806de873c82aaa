"""A detector trained for a minute on plates of the project's own maker, and a deployment of it, to bench serving with.

TONGGUAN_BENCH_MODEL names the folder of a model that is there already.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from bench._installation import Bench
from tongguan.core.ids import new_id
from tongguan.datasets.models import DatasetVersion
from tongguan.deploy.schemas import DeploymentIn, DeviceIn
from tongguan.deploy.service import devices, placing
from tongguan.industries.steel_plates.maker import draw_plates
from tongguan.train.models import ModelVersion, TrainRun

SIZE = (200, 200)
PLATES, STEPS = 240, 150


def trained(folder: Path) -> Path:
    """The folder of a model of the recipe's own shape."""
    if given := os.environ.get("TONGGUAN_BENCH_MODEL"):
        return Path(given)
    data, out = folder / "plates", folder / "run"
    _write_coco(data)
    command = [str(Path(sys.executable).with_name("tongguan")), "train", "--recipe", "detection", "--data", str(data)]
    settings = ["--set", f"steps={STEPS}", "--set", "views=1", "--set", "kept=0", "--set", "average=0.95"]
    subprocess.run([*command, "--out", str(out), *settings, "--json"], check=True, capture_output=True)
    return out / "model"


def _write_coco(folder: Path) -> None:
    (folder / "images").mkdir(parents=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    names: list[str] = []
    for number, plate in enumerate(itertools.islice(draw_plates(3, SIZE), PLATES), 1):
        name = f"{number:03}.jpg"
        (folder / "images" / name).write_bytes(plate.data)
        images.append({"id": number, "file_name": name, "width": plate.meta["width"], "height": plate.meta["height"]})
        for box in plate.labels:
            shape = [box.x, box.y, box.width, box.height]
            if box.label not in names:
                names.append(box.label)
            kind = names.index(box.label) + 1
            one = {"id": len(annotations) + 1, "image_id": number, "category_id": kind, "bbox": shape, "iscrowd": 0}
            annotations.append({**one, "area": box.width * box.height})
    categories = [{"id": at + 1, "name": name} for at, name in enumerate(names)]
    document = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations.json").write_text(json.dumps(document), encoding="utf-8")


def deploy(bench: Bench, model: Path) -> tuple[str, str]:
    """A deployment of the model and the token of a device."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for file in sorted(model.iterdir()):
            packed.writestr(file.name, file.read_bytes())
    content, key = out.getvalue(), f"{bench.caller.org_id}/models/{new_id()}.zip"
    bench.runtime.storage.put(key, content)
    with bench.runtime.database.transaction(bench.caller.org_id, bench.caller.person_id) as session:
        version = DatasetVersion(project_id=bench.project_id, number=1, kept=0, line=0)
        session.add(version)
        session.flush()
        run_ = TrainRun(project_id=bench.project_id, number=1, dataset_version_id=version.id, recipe="detection")
        session.add(run_)
        session.flush()
        made = ModelVersion(
            project_id=bench.project_id,
            run_id=run_.id,
            dataset_version_id=version.id,
            recipe="detection",
            number=1,
            key=key,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            threshold=0.3,
        )
        session.add(made)
        session.flush()
        wish = DeploymentIn(name="line", model_id=made.id, reason="bench")
        deployment = placing.create(session, bench.caller, bench.project_id, wish)
        device = devices.add(session, bench.caller, deployment, DeviceIn(name="camera", per_minute=60_000))
        return str(deployment.id), str(device.token)

"""Predictions over HTTP against bare ONNX Runtime, the same model on the same pictures in the same run; memory.

The detector has the recipe's real shape and two steps of training: what it says is worthless, what it costs is real.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import psutil

from bench._installation import Bench, installation
from bench.cold_start import _postmaster, _pss, _spent
from tongguan.core.ids import new_id
from tongguan.datasets.models import DatasetVersion
from tongguan.deploy.schemas import DeploymentIn, DeviceIn
from tongguan.deploy.service import devices, placing
from tongguan.industries.steel_plates.maker import draw_plates
from tongguan.train.models import ModelVersion, TrainRun
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.letterbox import letterbox

TARGETS = {"overhead_p50_ms": 5}
PICTURES, ROUNDS, WARM = 40, 300, 30
SIZE = (200, 200)
CLIENTS = (1, 4, 8)
SECONDS = 6.0


def run(rounds: int = ROUNDS, seconds: float = SECONDS) -> dict[str, Any]:
    """Trains for seconds, deploys, asks."""
    with installation() as bench:
        pictures = [plate.data for plate in itertools.islice(draw_plates(7, SIZE), PICTURES)]
        model = _train(bench.folder)
        deployment, token = _deploy(bench, model)
        data = bench.runtime.settings.data_dir
        bench.runtime.close()
        with _served(data) as (process, port):
            line = Asker(port, deployment, token)
            for at in range(WARM):
                line.ask(pictures[at % PICTURES])
            latency = _latency(line, model, pictures, rounds)
            processor = _processor(line, model, pictures, rounds, _processes(process.pid, data))
            throughput = _throughput(lambda: Asker(port, deployment, token), model, pictures, seconds)
            memory = _memory(process.pid, data)
    overhead = latency["http"]["p50"] - latency["bare"]["p50"]
    return {
        "targets": TARGETS,
        "overhead_p50_ms": round(overhead, 2),
        "met": {"overhead_p50_ms": overhead <= TARGETS["overhead_p50_ms"]},
        "latency_ms": latency,
        "processor_ms_a_picture": processor,
        "pictures_per_second": throughput,
        "pss_mb": memory,
        "rounds": rounds,
    }


class Asker:
    """One kept connection of a device."""

    def __init__(self, port: int, deployment: str, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._path = f"/api/v1/deployments/{deployment}/predict"
        self._headers = {"authorization": f"Bearer {token}", "content-type": "image/jpeg"}

    def ask(self, picture: bytes) -> dict[str, Any]:
        """The answer, which has to come from the model."""
        self._connection.request("POST", self._path, picture, self._headers)
        answer = self._connection.getresponse()
        body: dict[str, Any] = json.loads(answer.read())
        if answer.status != 200 or body["reason"].startswith(("runner", "train")):
            raise RuntimeError(f"{answer.status} {body}")
        return body


def _train(folder: Path) -> Path:
    """The folder of a model of the recipe's own shape."""
    data, out = folder / "plates", folder / "run"
    _write_coco(data)
    command = [str(Path(sys.executable).with_name("tongguan")), "train", "--recipe", "detection", "--data", str(data)]
    settings = ["--set", "steps=2", "--set", "pretrained=false", "--set", "views=1", "--set", "kept=0"]
    subprocess.run([*command, "--out", str(out), *settings, "--json"], check=True, capture_output=True)
    return out / "model"


def _write_coco(folder: Path) -> None:
    (folder / "images").mkdir(parents=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    names = ["defect"]
    for number, plate in enumerate(itertools.islice(draw_plates(3, SIZE), 24), 1):
        name = f"{number:03}.jpg"
        (folder / "images" / name).write_bytes(plate.data)
        images.append({"id": number, "file_name": name, "width": plate.meta["width"], "height": plate.meta["height"]})
        for box in plate.labels:
            shape = [box.x, box.y, box.width, box.height]
            one = {"id": len(annotations) + 1, "image_id": number, "category_id": 1, "bbox": shape, "iscrowd": 0}
            annotations.append({**one, "area": box.width * box.height})
    categories = [{"id": at + 1, "name": name} for at, name in enumerate(names)]
    document = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations.json").write_text(json.dumps(document), encoding="utf-8")


def _deploy(bench: Bench, model: Path) -> tuple[str, str]:
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


@contextmanager
def _served(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(Path(sys.executable).with_name("tongguan")), "serve", "--data", str(data), "--port", str(port)]
    environment = {**os.environ, "TONGGUAN_LOG_LEVEL": "WARNING"}
    with (data / "bench.log").open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        until = time.monotonic() + 90
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((data / "bench.log").read_text(encoding="utf-8", errors="replace")[-2000:])
            time.sleep(0.1)
        time.sleep(4)  # until the worker has started too
        yield process, port
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except OSError:
        return False


class Bare:
    """ONNX Runtime with its own defaults on decoded pictures of the right size: nothing else."""

    def __init__(self, model: Path, pictures: list[bytes]) -> None:
        self._session = onnxruntime.InferenceSession((model / "model.onnx").read_bytes())
        self._name, size = self._session.get_inputs()[0].name, self._session.get_inputs()[0].shape[2]
        self._ready = {
            picture: np.ascontiguousarray(letterbox(picture, size).pixels.transpose(2, 0, 1)[None])
            for picture in pictures
        }
        for picture in pictures:
            self.run(picture)

    def run(self, picture: bytes) -> None:
        """One picture."""
        self._session.run(None, {self._name: self._ready[picture]})


def _latency(line: Asker, model: Path, pictures: list[bytes], rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each way, taken in turn on the same pictures."""
    bare, predictor = Bare(model, pictures), load_predictor(model)
    times: dict[str, list[float]] = {"bare": [], "recipe": [], "http": [], "runner": [], "model": []}
    for at in range(rounds):
        picture = pictures[at % len(pictures)]
        for name, work in (("bare", bare.run), ("recipe", lambda one: predictor.predict([one]))):
            began = time.perf_counter()
            work(picture)
            times[name].append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        answer = line.ask(picture)
        times["http"].append((time.perf_counter() - began) * 1000)
        times["runner"].append(answer["latency"]["runner"])
        times["model"].append(answer["latency"]["model"])
    return {
        name: {"p50": round(float(np.percentile(row, 50)), 2), "p95": round(float(np.percentile(row, 95)), 2)}
        for name, row in times.items()
    }


def _throughput(asker: Callable[[], Asker], model: Path, pictures: list[bytes], seconds: float) -> dict[str, float]:
    """Pictures a second: bare, and over HTTP with several clients."""
    bare = Bare(model, pictures)
    found = {"bare": _rate([lambda: bare.run], pictures, seconds)}
    for count in CLIENTS:
        found[f"http_{count}"] = _rate([lambda: asker().ask] * count, pictures, seconds)
    return found


def _rate(makers: list[Callable[[], Callable[[bytes], Any]]], pictures: list[bytes], seconds: float) -> float:
    done, until = [0] * len(makers), time.monotonic() + seconds

    def work(at: int) -> None:
        ask = makers[at]()
        while time.monotonic() < until:
            ask(pictures[(done[at] + at) % len(pictures)])
            done[at] += 1

    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(at,)) for at in range(len(makers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(done) / (time.monotonic() - began), 1)


def _processes(supervisor: int, data: Path) -> dict[str, list[psutil.Process]]:
    found: dict[str, list[psutil.Process]] = {}
    for child in psutil.Process(supervisor).children():
        line = " ".join(child.cmdline())
        for name in ("api", "worker", "runner"):
            if f"tongguan.{name}" in line:
                found[name] = [child]
    main = _postmaster(data)
    return {**found, "postgres": [main, *main.children()]}


def _processor(
    line: Asker, model: Path, pictures: list[bytes], rounds: int, processes: dict[str, list[psutil.Process]]
) -> dict[str, float]:
    """Processor time of each process for one answer, and of bare ONNX Runtime: holds on a busy machine too."""

    def spent() -> dict[str, float]:
        return {name: sum(_spent(one) for one in group) for name, group in processes.items()}

    before = spent()
    for at in range(rounds):
        line.ask(pictures[at % len(pictures)])
    used = {name: value - before[name] for name, value in spent().items()}
    bare, began = Bare(model, pictures), time.process_time()
    for at in range(rounds):
        bare.run(pictures[at % len(pictures)])
    used["bare"] = time.process_time() - began
    return {name: round(value * 1000 / rounds, 2) for name, value in used.items()}


def _memory(supervisor: int, data: Path) -> dict[str, float]:
    """PSS in MB of each process, with one model loaded and traffic behind it."""
    groups = _processes(supervisor, data)
    return {name: round(sum(_pss(one.pid) for one in group), 1) for name, group in groups.items()}

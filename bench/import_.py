"""Importing: pictures with reading, hashing and all checks; and a list of references without reading.

Targets: at least 400 pictures/s of 200 px with all checks, at least 20,000 references/s, constant memory.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psutil
from PIL import Image

from bench._installation import Bench, installation
from tongguan.collect.models import Batch, Upload
from tongguan.collect.repository.batches import get_batch
from tongguan.collect.schemas import BatchIn
from tongguan.collect.service.imports import start_import

PICTURES, REFERENCES = 8_000, 1_000_000
REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "neu-det"


def run(pictures: int = PICTURES, references: int = REFERENCES) -> dict[str, Any]:
    """Imports drawn pictures, real ones where they are, and a list."""
    with installation() as bench:
        figures: dict[str, Any] = {"targets": {"pictures_per_second": 400, "references_per_second": 20_000}}
        draw(bench.folder / "drawn", pictures)
        figures["drawn_200_px"] = _import(bench, source="folder", location=str(bench.folder / "drawn"))
        figures["again"] = _import(bench, source="folder", location=str(bench.folder / "drawn"))
        if REAL.is_dir():
            (bench.folder / "real").symlink_to(REAL)
            figures["neu_det_with_voc"] = _real(bench)
    with installation() as bench:
        figures["references"] = _references(bench, references)
    return figures


def draw(folder: Path, count: int) -> None:
    """Textured gray pictures of 200 px as JPEG, each different."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(rng.integers(40, 215, (6, 6), dtype=np.uint8)).resize(
            (200, 200), Image.Resampling.BICUBIC
        )
        noise = rng.integers(-14, 15, (200, 200), dtype=np.int16)
        levels = np.clip(np.asarray(coarse, dtype=np.int16) + noise, 0, 255).astype(np.uint8)
        Image.fromarray(levels).save(folder / f"plate-{number // 3:06d}_{number % 3}.jpg", quality=90)


def _real(bench: Bench) -> dict[str, Any]:
    settings = bench.runtime.settings
    settings.import_roots = f"{settings.import_roots}:{REAL}"
    return _import(bench, source="folder", location=str(REAL))


def _references(bench: Bench, count: int) -> dict[str, Any]:
    path = bench.folder / "list.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("name,group,licence\n")
        for number in range(count):
            file.write(f"line-{number % 40:02d}/2025/plate-{number:07d}.jpg,plate-{number // 3:06d},own\n")
    with bench.runtime.database.transaction(bench.caller.org_id, bench.caller.person_id) as session:
        upload = Upload(project_id=bench.project_id, name="list.csv", size=path.stat().st_size, state="stored")
        session.add(upload)
        session.flush()
        upload.key, upload.received = f"{bench.caller.org_id}/uploads/{upload.id}", upload.size
        bench.runtime.storage.put(upload.key, path.read_bytes())
        upload_id = upload.id
    return _import(
        bench, source="list", upload_ids=[upload_id], location="s3://bucket/plates", mode="reference", read=False
    )


def _import(bench: Bench, **wanted: Any) -> dict[str, Any]:
    """Runs one import to its end and says how fast it went, and how much memory it took at most."""
    database = bench.runtime.database
    with database.transaction(bench.caller.org_id, bench.caller.person_id) as session:
        wish = BatchIn.model_validate({"group_rule": r"pattern:^(plate-\d+)", **wanted})
        batch_id = start_import(session, bench.runtime.settings, bench.caller, bench.project_id, wish).id
    before = psutil.Process(os.getpid()).memory_info().rss
    with Peak() as peak:
        began = time.perf_counter()
        bench.run_jobs()
        seconds = time.perf_counter() - began
    batch = _batch(bench, batch_id)
    read = int(batch.counts["read"])
    return {
        "entries": read,
        "counts": batch.counts,
        "seconds": round(seconds, 2),
        "per_second": round(read / seconds, 1),
        "memory_before_mib": round(before / 2**20),
        "memory_peak_mib": round(peak.highest / 2**20),
    }


def _batch(bench: Bench, batch_id: UUID) -> Batch:
    with bench.runtime.database.transaction(bench.caller.org_id) as session:
        batch = get_batch(session, batch_id)
        assert batch is not None
        assert batch.state == "done", (batch.state, batch.error)
        return batch


class Peak:
    """Watches this process's memory."""

    def __init__(self) -> None:
        self.highest = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        process = psutil.Process(os.getpid())
        while not self._stop.wait(0.05):
            self.highest = max(self.highest, process.memory_info().rss)

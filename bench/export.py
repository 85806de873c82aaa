"""Exporting a frozen version of 100,000 pictures with 1,000,000 boxes, through the job that people start.

Targets: at most 60 s, at most 300 MB above idle, memory that does not grow with the version.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any
from uuid import UUID

import numpy as np
import psutil
from PIL import Image
from sqlalchemy import create_engine, select, text

from bench._installation import Bench, installation
from tongguan.core.clock import now
from tongguan.core.database import Session, engine_url
from tongguan.core.ids import new_id
from tongguan.core.jobs import JobContext
from tongguan.datasets.models import DatasetVersion, Export
from tongguan.datasets.service import exporting
from tongguan.rules.models import RuleVersionRow

ITEMS, BOXES = 100_000, 10
ASSETS = 1_000
TARGETS = {"seconds": 60, "mb_above_idle": 300}
REFERENCE = "a well-known labelling server: JSON of 10,000 tasks with 5 boxes each, without pictures, 13 s"
CLASSES = ("scratches", "patches", "inclusion")


def run(items: int = ITEMS, formats: tuple[str, ...] = ("coco", "voc", "yolo")) -> dict[str, Any]:
    """Fills a version, writes it in each format; a tenth of it first, to see whether memory grows."""
    with installation() as bench:
        began = time.perf_counter()
        versions = {count: _fill(bench, count, number) for number, count in enumerate((items // 10, items), 1)}
        _analyze(bench)
        figures: dict[str, Any] = {
            "targets": TARGETS,
            "reference": REFERENCE,
            "items": items,
            "boxes": items * BOXES,
            "filled_seconds": round(time.perf_counter() - began, 1),
            "coco_a_tenth": _export(bench, versions[items // 10], "coco"),
        }
        for name in formats:
            figures[name] = _export(bench, versions[items], name)
        figures["met"] = {
            "seconds": all(figures[name]["seconds"] <= TARGETS["seconds"] for name in formats),
            "mb_above_idle": all(figures[name]["mb_above_idle"] <= TARGETS["mb_above_idle"] for name in formats),
        }
        return figures


def _export(bench: Bench, version_id: UUID, format_id: str) -> dict[str, Any]:
    database, caller = bench.runtime.database, bench.caller
    with database.transaction(caller.org_id, caller.person_id) as session:
        export = exporting.begin(session, caller, session.get_one(DatasetVersion, version_id), format_id)
        export_id, job_id = export.id, export.job_id
    assert job_id is not None
    context = JobContext(caller.org_id, new_id(), database, bench.runtime.storage, bench.runtime.settings)
    peak = _Peak()
    began = time.perf_counter()
    counts = exporting.run(context, job_id, export_id)
    seconds = time.perf_counter() - began
    above = peak.end()
    with database.transaction(caller.org_id) as session:
        size = session.scalar(select(Export.size).where(Export.id == export_id)) or 0
    return {
        "seconds": round(seconds, 1),
        "items": counts["items"],
        "labels": counts["labels"],
        "refused": counts["refused"],
        "items_per_second": round(counts["items"] / seconds),
        "archive_mb": round(size / 1e6, 1),
        "mb_above_idle": above,
        "cpu_seconds": peak.cpu(),
        "load": [round(value, 2) for value in psutil.getloadavg()],
    }


class _Peak:
    """The most memory (RSS) of this process above what it had, looked at often."""

    def __init__(self) -> None:
        self._process = psutil.Process(os.getpid())
        self._idle = self._top = self._process.memory_info().rss
        self._cpu = time.process_time()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self._top = max(self._top, self._process.memory_info().rss)

    def end(self) -> float:
        """MB above idle."""
        self._over.set()
        self._thread.join()
        self._cpu = time.process_time() - self._cpu
        above: float = round((self._top - self._idle) / 1e6, 1)
        return above

    def cpu(self) -> float:
        """Processor seconds of this process."""
        return round(self._cpu, 1)


def _fill(bench: Bench, count: int, number: int) -> UUID:
    """A frozen version of `count` items whose answers are accepted; pictures are shared by a hundred items each."""
    org_id, version_id = bench.caller.org_id, new_id()
    with bench.runtime.database.transaction(org_id) as session:
        if number == 1:
            _assets(bench, session)
            session.add(_rules(bench.project_id))
            session.flush()
        rules = session.scalars(select(RuleVersionRow.id)).one()
        values = {"p": bench.project_id, "b": new_id(), "v": version_id, "r": rules, "n": count, "tag": f"v{number}"}
        values |= {"number": number, "boxes": BOXES, "classes": list(CLASSES)}
        for statement in STATEMENTS:
            session.execute(text(statement), values)
        version = session.get_one(DatasetVersion, version_id)
        version.counts = {"items": count, "labels": count * BOXES, "by_class": {}}
        version.state = "frozen"
    return version_id


def _rules(project_id: UUID) -> RuleVersionRow:
    label_set = [{"key": key, "kind": "box", "name": {"zh": key, "en": key}} for key in CLASSES]
    return RuleVersionRow(
        project_id=project_id,
        major=1,
        minor=0,
        state="published",
        label_set=label_set,
        examples=[],
        checks={},
        published_at=now(),
    )


def _assets(bench: Bench, session: Session) -> None:
    rng = np.random.default_rng(0)
    for number in range(ASSETS):
        path = bench.folder / "one.jpg"
        Image.fromarray(rng.integers(90, 110, (200, 200), dtype=np.uint8)).save(path, quality=70)
        data, sha = path.read_bytes(), f"{number:064x}"
        key = f"{bench.caller.org_id}/assets/{sha[:2]}/{sha}"
        bench.runtime.storage.put(key, data)
        session.execute(
            text(
                "INSERT INTO asset (id, sha256, size, media_type, location) "
                "VALUES (:id, :sha, :size, 'image/jpeg', :key)"
            ),
            {"id": new_id(), "sha": sha, "size": len(data), "key": key},
        )


def _analyze(bench: Bench) -> None:
    engine = create_engine(engine_url(bench.runtime.owner_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


STATEMENTS = (
    "INSERT INTO batch (id, project_id, name, source, mode, state) VALUES (:b, :p, :tag, 'list', 'copy', 'done')",
    "INSERT INTO item (id, project_id, batch_id, asset_id, name, width, height, group_key) "
    "SELECT annotate_new_id(now()), :p, :b, a.id, :tag || '-plate-' || lpad(g::text, 6, '0') || '.jpg', 200, 200, "
    "'plate-' || (g / 2) FROM generate_series(1, :n) g JOIN (SELECT id, row_number() OVER (ORDER BY sha256) AS n "
    "FROM asset) a ON a.n = 1 + g % (SELECT count(*) FROM asset)",
    "INSERT INTO task (id, project_id, item_id, rule_version_id, rank, needed, open_slots, answered, state) "
    "SELECT annotate_new_id(now()), :p, id, :r, 0, 1, 0, 1, 'settled' FROM item WHERE batch_id = :b",
    "INSERT INTO annotation (id, project_id, task_id, item_id, batch_id, purpose, state, current_revision_id, "
    "rule_version_id, label_count, source, submitted_at) SELECT annotate_new_id(now()), :p, t.id, t.item_id, :b, "
    "'ordinary', 'accepted', annotate_new_id(now()), :r, :boxes, 'import', now() "
    "FROM task t JOIN item i ON i.id = t.item_id WHERE i.batch_id = :b",
    "INSERT INTO annotation_revision (id, annotation_id, number, base, rule_version_id, labels, submit_key, reason) "
    "SELECT a.current_revision_id, a.id, 1, 0, :r, (SELECT jsonb_agg(jsonb_build_object('kind', 'box', 'id', 'b' || k, "
    "'label', (CAST(:classes AS text[]))[1 + k % 3], 'x', 3.5 + k * 11, 'y', 2 + k * 7, 'width', 40.25, 'height', 31)) "
    "FROM generate_series(1, :boxes) k), a.id::text, 'import' FROM annotation a WHERE a.batch_id = :b",
    "INSERT INTO dataset_version (id, project_id, number, state, manifest_hash, rule_version_id, kept, line) "
    "VALUES (:v, :p, :number, 'building', 'bench', :r, 0.15, 0.15)",
    "INSERT INTO dataset_entry (id, version_id, item_id, name, asset_sha256, annotation_id, revision_id, side, "
    "group_key, width, height, label_count) SELECT annotate_new_id(now()), :v, i.id, i.name, s.sha256, a.id, "
    "a.current_revision_id, (ARRAY['train', 'train', 'train', 'val', 'line'])[1 + abs(hashtext(i.group_key)) % 5], "
    "i.group_key, 200, 200, :boxes FROM annotation a JOIN item i ON i.id = a.item_id "
    "JOIN asset s ON s.id = i.asset_id WHERE a.batch_id = :b",
)

"""Writing a version in a format: one pass, constant memory, the same bytes every time."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import UUID

from tongguan.annotate.interface import labels_of_revisions
from tongguan.catalog.formats.base import Report, Sink, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.registry import FORMATS, PICTURE_FORMATS
from tongguan.catalog.formats.sink import FolderSink, ZipSink
from tongguan.catalog.labels.registry import parse_labels
from tongguan.collect.interface import ItemFacts, items_by_id
from tongguan.core import audit, failpoints, jobs
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.core.jobs import JobContext
from tongguan.core.settings import Settings
from tongguan.core.storage import CHUNK, Storage, open_store
from tongguan.datasets import repository
from tongguan.datasets.models import DatasetEntry, DatasetVersion, Export
from tongguan.rules.interface import version as rule_version

MOST_REFUSED = 1000
REPORT_EVERY = 2000


class StoredTree(Tree):
    """The bytes of items: by storage key, or at the address of a reference."""

    def __init__(self, storage: Storage, settings: Settings) -> None:
        self._storage, self._settings = storage, settings

    def list(self) -> list[str]:
        """Nothing: members are opened by the address that the item holds."""
        return []

    def open(self, path: str) -> BinaryIO:
        """The bytes at a key or an address."""
        storage, key = self._place(path)
        return storage.open(key)

    def size(self, path: str) -> int:
        """How many bytes there are."""
        storage, key = self._place(path)
        return storage.size(key)

    def _place(self, path: str) -> tuple[Storage, str]:
        if urlsplit(path).scheme not in ("file", "s3"):
            return self._storage, path
        folder, _, name = path.rpartition("/")
        return Storage(open_store(folder, self._settings)), name


def begin(session: Session, caller: Caller, version: DatasetVersion, format_id: str) -> Export:
    """Queues an export. Conflict while the version is not frozen."""
    if version.state != "frozen":
        raise Conflict("dataset.not_frozen", "The version is not frozen yet.", {"state": version.state})
    if format_id not in PICTURE_FORMATS:
        raise Invalid("export.format", f"There is no format {format_id!r}.", {"formats": sorted(PICTURE_FORMATS)})
    export = Export(id=new_id(), version_id=version.id, format=format_id, created_by=caller.person_id)
    session.add(export)
    session.flush()
    export.job_id = jobs.start(
        session,
        "dataset.export",
        title=f"v{version.number} {format_id.upper()}",
        project_id=version.project_id,
        person_id=caller.person_id,
        payload={"export_id": str(export.id)},
    )
    detail = {"version": version.number, "format": format_id}
    audit.record(session, caller.person_id, "exported", "export", export.id, detail, version.project_id)
    return export


def export_of(session: Session, project_id: UUID, export_id: UUID) -> Export:
    """An export of a project. NotFound otherwise."""
    found = repository.export(session, project_id, export_id)
    if found is None:
        raise NotFound("export.unknown", "There is no such export.")
    return found


def run(context: JobContext, job_id: UUID, export_id: UUID) -> dict[str, Any]:
    """Writes the archive to a temporary file, stores it under its final key, and notes it. Safe to run again."""
    with context.transaction() as session:
        export = session.get_one(Export, export_id)
        version = session.get_one(DatasetVersion, export.version_id)
        if export.state == "done":
            return dict(export.counts)
    with _scratch(context.settings.data_dir / "tmp" / f"export-{export_id}") as folder:
        archive = folder / "export.zip"
        sink = ZipSink(archive)
        report = write(context, version, export.format, sink, job_id)
        sink.close()
        failpoints.hit("datasets.export_written")
        key = f"{context.org_id}/exports/{export_id}.zip"
        with archive.open("rb") as stream:
            context.storage.put(key, stream)
        failpoints.hit("datasets.export_stored")
        size, digest = archive.stat().st_size, _sha256(archive)
    counts = {"items": report.items, "labels": report.labels, "files": sink.files, "refused": len(report.refused)}
    refused = [
        {"item": row.item, "kind": row.kind, "count": row.count, "reason": row.reason}
        for row in report.refused[:MOST_REFUSED]
    ]
    with context.transaction() as session:
        done = session.get_one(Export, export_id)
        done.state, done.key, done.size, done.sha256, done.counts = "done", key, size, digest, counts
        done.refused = refused
    return counts


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder for one export, always the same, so that what a killed run left there goes with the next."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give_up(session: Session, export_id: UUID) -> None:
    """Marks an export that could not be written."""
    export = session.get_one(Export, export_id)
    if export.state == "queued":
        export.state = "failed"


def materialize(context: JobContext, version_id: UUID, folder: Path, format_id: str = "coco") -> Report:
    """Writes a version with its pictures into a folder, for training."""
    with context.transaction() as session:
        version = session.get_one(DatasetVersion, version_id)
    return write(context, version, format_id, FolderSink(folder), None)


def write(context: JobContext, version: DatasetVersion, format_id: str, sink: Sink, job_id: UUID | None) -> Report:
    """One pass over the version's entries; label classes in the order of the rules."""
    report = Report()
    options = WriteOptions(classes=_classes(context, version))
    items = _items(context, version, report, job_id)
    FORMATS[format_id].write(items, sink, options, report)
    return report


def _classes(context: JobContext, version: DatasetVersion) -> tuple[str, ...]:
    with context.transaction() as session:
        keys: list[str] = []
        if version.rule_version_id is not None:
            keys = [entry.key for entry in rule_version(session, version.rule_version_id).label_set]
        used = version.counts.get("by_class", {})
    return (*keys, *(key for key in sorted(used) if key not in keys))


def _items(context: JobContext, version: DatasetVersion, report: Report, job_id: UUID | None) -> Iterator[WriteItem]:
    tree = StoredTree(context.storage, context.settings)
    total = int(version.counts.get("items", 0))
    done = 0
    after: tuple[str, UUID] | None = None
    while True:
        with context.transaction() as session:
            chunk = list(repository.entries_page(session, version.id, None, after, REPORT_EVERY))
            answers = labels_of_revisions(session, [entry.revision_id for entry in chunk])
            facts = items_by_id(session, [entry.item_id for entry in chunk])
        if not chunk:
            return
        for entry in chunk:
            if entry.erased or facts[entry.item_id].erased:
                report.refuse(entry.name, "item", "erased: consent was withdrawn")
                continue
            yield _item(tree, entry, facts[entry.item_id], answers[entry.revision_id].labels)
        after, done = (chunk[-1].name, chunk[-1].item_id), done + len(chunk)
        failpoints.hit("datasets.export_chunk")
        if job_id is not None:
            context.progress(job_id, done, total)
            context.raise_if_cancelled(job_id)


def _item(tree: Tree, entry: DatasetEntry, item: ItemFacts, labels: list[dict[str, Any]]) -> WriteItem:
    return WriteItem(
        name=entry.name,
        source=tree,
        path=item.location,
        width=entry.width,
        height=entry.height,
        labels=parse_labels(labels),
        side=entry.side,
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()

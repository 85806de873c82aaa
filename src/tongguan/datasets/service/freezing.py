"""Freezing a version: settled answers, sides by group, a manifest and its hash."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from tongguan.annotate.interface import labels_of_revisions
from tongguan.collect.interface import ItemFacts, items_by_id
from tongguan.core import audit, events, failpoints, jobs
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.core.jobs import JobContext
from tongguan.datasets import repository
from tongguan.datasets.events import VERSION_FROZEN
from tongguan.datasets.models import DatasetEntry, DatasetVersion
from tongguan.datasets.splitting import Candidate, Shares, Split, TooFewGroups, split
from tongguan.projects.interface import fix_split, settings_of
from tongguan.quality.interface import Settled, settled_revisions
from tongguan.rules.interface import current_version

CHUNK = 1000


def begin(session: Session, caller: Caller, project_id: UUID, note: str) -> DatasetVersion:
    """Queues the freezing of what is settled now. Conflict while another version is being built."""
    if any(row.state == "building" for row in repository.versions(session, project_id)):
        raise Conflict("dataset.building", "A version is being built already.")
    shares = settings_of(session, project_id).split
    rules = current_version(session, project_id)
    version = DatasetVersion(
        id=new_id(),
        project_id=project_id,
        number=repository.next_number(session, project_id),
        rule_version_id=rules.id if rules else None,
        kept=shares.kept,
        line=shares.line,
        note=note,
        created_by=caller.person_id,
        counts={},
    )
    session.add(version)
    session.flush()
    version.job_id = jobs.start(
        session,
        "dataset.freeze",
        title=f"v{version.number}",
        project_id=project_id,
        person_id=caller.person_id,
        payload={"version_id": str(version.id)},
    )
    audit.record(session, caller.person_id, "froze", "dataset_version", version.id, {"note": note}, project_id)
    return version


def version_of(session: Session, project_id: UUID, number: int) -> DatasetVersion:
    """A version of a project. NotFound otherwise."""
    found = repository.version(session, project_id, number)
    if found is None:
        raise NotFound("dataset.unknown", f"There is no version {number}.", {"number": number})
    return found


def freeze(context: JobContext, job_id: UUID, version_id: UUID) -> dict[str, Any]:
    """Builds the version in one transaction, so that it is there whole or not at all."""
    with context.transaction() as session:
        version = session.get_one(DatasetVersion, version_id)
        if version.state == "frozen":
            return dict(version.counts)
        failpoints.hit("datasets.before_build")
        counts = _build(session, version)
        failpoints.hit("datasets.before_commit")
    context.progress(job_id, counts["items"], counts["items"])
    return counts


def give_up(session: Session, version_id: UUID) -> None:
    """Marks a version that could not be built; its number is not used again."""
    version = session.get_one(DatasetVersion, version_id)
    if version.state == "building":
        repository.clear(session, version_id)
        version.state = "failed"


def _build(session: Session, version: DatasetVersion) -> dict[str, Any]:
    repository.clear(session, version.id)
    settled = list(settled_revisions(session, version.project_id))
    if not settled:
        raise Invalid("dataset.empty", "No answer has been accepted yet, so there is nothing to freeze.")
    labels: dict[UUID, tuple[int, str, Counter[str]]] = {}
    facts: dict[UUID, ItemFacts] = {}
    for start in range(0, len(settled), CHUNK):
        chunk = settled[start : start + CHUNK]
        facts.update(items_by_id(session, [row.item_id for row in chunk]))
        labels.update(_digests(session, chunk))
    usable = [row for row in settled if facts[row.item_id].state == "ok"]
    parts = _split(session, version, usable, facts, labels)
    rows = list(_rows(version.id, usable, facts, labels, parts))
    rows.sort(key=lambda row: (row["name"], row["item_id"]))
    repository.add_entries(session, rows)
    left = {row.item: row.reason for row in parts.left_out}
    names = {_unique(facts[row.item_id]): row.item_id for row in usable}
    repository.add_left_out(
        session,
        [
            {"id": new_id(), "version_id": version.id, "item_id": names[key], "name": key.split("\t")[0], "reason": why}
            for key, why in left.items()
        ],
    )
    counts = _counts(rows, labels, len(left))
    version.counts, version.manifest_hash = counts, manifest_hash(rows)
    version.state, version.frozen_at = "frozen", now()
    fix_split(session, version.project_id)
    payload = {"project_id": str(version.project_id), "version_id": str(version.id), "number": version.number}
    events.emit(session, VERSION_FROZEN, payload)
    session.flush()
    return counts


def _digests(session: Session, chunk: Sequence[Settled]) -> Iterator[tuple[UUID, tuple[int, str, Counter[str]]]]:
    """(revision, (number of labels, digest of the answer, labels by class)) of a chunk."""
    for revision_id, answer in labels_of_revisions(session, [row.revision_id for row in chunk]).items():
        plain = sorted(
            orjson.dumps({key: value for key, value in label.items() if key not in ("id", "origin", "score")})
            for label in answer.labels
        )
        classes = Counter(str(label["label"]) for label in answer.labels)
        yield revision_id, (len(answer.labels), hashlib.sha256(b"\n".join(plain)).hexdigest(), classes)


def _unique(item: ItemFacts) -> str:
    """A name that no other item has, which sorts as the name does."""
    return f"{item.name}\t{item.id}"


def _split(
    session: Session,
    version: DatasetVersion,
    usable: Sequence[Settled],
    facts: dict[UUID, ItemFacts],
    labels: dict[UUID, tuple[int, str, Counter[str]]],
) -> Split:
    keys = repository.earlier_keys(session, version.project_id)
    decided = repository.sides(session, version.project_id)
    candidates = [
        Candidate(
            name=_unique(facts[row.item_id]),
            sha256=facts[row.item_id].sha256,
            labels=labels[row.revision_id][1],
            group=facts[row.item_id].group_key,
            cluster=facts[row.item_id].cluster_key,
            key=keys.get(row.item_id),
        )
        for row in usable
    ]
    try:
        parts = split(candidates, Shares(version.kept, version.line), decided)
    except TooFewGroups as error:
        raise Invalid("dataset.too_few_groups", str(error), {"side": error.side, "groups": error.groups}) from error
    repository.write_sides(session, version.project_id, parts.decided)
    return parts


def _rows(
    version_id: UUID,
    usable: Sequence[Settled],
    facts: dict[UUID, ItemFacts],
    labels: dict[UUID, tuple[int, str, Counter[str]]],
    parts: Split,
) -> Iterator[dict[str, Any]]:
    for row in usable:
        item = facts[row.item_id]
        side = parts.sides.get(_unique(item))
        if side is None:
            continue
        yield {
            "id": new_id(),
            "version_id": version_id,
            "item_id": item.id,
            "name": item.name,
            "asset_sha256": item.sha256,
            "annotation_id": row.annotation_id,
            "revision_id": row.revision_id,
            "side": side,
            "group_key": parts.keys[_unique(item)],
            "width": item.width,
            "height": item.height,
            "label_count": labels[row.revision_id][0],
        }


def _counts(
    rows: Sequence[dict[str, Any]], labels: dict[UUID, tuple[int, str, Counter[str]]], left_out: int
) -> dict[str, Any]:
    sides = Counter(str(row["side"]) for row in rows)
    classes: Counter[str] = Counter()
    for row in rows:
        classes.update(labels[row["revision_id"]][2])
    return {
        "items": len(rows),
        "labels": sum(int(row["label_count"]) for row in rows),
        "empty": sum(1 for row in rows if row["label_count"] == 0),
        "left_out": left_out,
        "by_side": dict(sorted(sides.items())),
        "by_class": dict(sorted(classes.items())),
    }


def manifest_line(entry: DatasetEntry | dict[str, Any]) -> str:
    """One line of the manifest: asset hash, revision, side, group, name; tab-separated."""
    get = entry.get if isinstance(entry, dict) else lambda key: getattr(entry, key)
    return "\t".join(str(get(key)) for key in ("asset_sha256", "revision_id", "side", "group_key", "name"))


def manifest_hash(rows: Sequence[dict[str, Any]]) -> str:
    """SHA-256 over the sorted lines of the manifest, each ended by a newline."""
    digest = hashlib.sha256()
    for line in sorted(manifest_line(row) for row in rows):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()

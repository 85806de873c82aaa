"""Reading and writing a batch in chunks: each is stored, then written in one transaction with the position reached.

Whatever was done before a kill is done again without effect: bytes are stored under their hash, rows are inserted
unless they are there.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.exc import OperationalError

from tongguan.catalog.formats.base import ReadItem, Report
from tongguan.catalog.formats.paths import is_junk
from tongguan.collect.models import Batch
from tongguan.collect.repository import batches, bulk, items
from tongguan.collect.repository.bulk import NewItem, NewRefusal
from tongguan.collect.service import entries, storing
from tongguan.collect.service.grouping import GroupRule, group_rule
from tongguan.collect.service.manifest import other_cells
from tongguan.collect.service.reading import Picture, Unusable, read_bytes, read_picture
from tongguan.collect.service.sources import Source
from tongguan.core import failpoints
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext

CHUNK_ITEMS = 256
CHUNK_BYTES = 64 * 2**20
THREADS = 4


@dataclass(slots=True)
class Run:
    """One run of the job, with what it needs for every chunk."""

    context: JobContext
    job_id: UUID
    batch: Batch
    source: Source
    label_format: str
    rule: GroupRule
    manifest: dict[str, dict[str, str]]
    report: Report
    pool: ThreadPoolExecutor
    total: int
    position: int = 0
    labels: dict[str, int] = field(default_factory=dict)

    @property
    def org_id(self) -> UUID:
        """The organization of the job."""
        return self.context.org_id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry: a picture, or the reason why not."""

    entry: ReadItem
    picture: Picture | None
    refusal: NewRefusal | None


def begin(context: JobContext, job_id: UUID, batch: Batch, source: Source, pool: ThreadPoolExecutor) -> Run:
    chosen = entries.choose_format(source.tree, batch.format)
    report = Report()
    run = Run(
        context=context,
        job_id=job_id,
        batch=batch,
        source=source,
        label_format=chosen,
        rule=group_rule(batch.group_rule),
        manifest=entries.manifest_of(source.tree),
        report=report,
        pool=pool,
        total=entries.count_pictures(source.tree),
        labels=dict(batch.counts.get("labels", {})),
    )
    with context.transaction() as session:
        batches.set_batch(session, batch.id, format=chosen)
        bulk.write_refusals(session, batch.project_id, batch.id, entries.left_out(source.tree, chosen))
    return run


def read_chunks(run: Run) -> None:
    queue = _skip(run, int(run.batch.position.get("n", 0)))
    context = run.context
    context.progress(run.job_id, run.position, run.total)
    while True:
        chunk = _next_chunk(run, queue)
        if not chunk:
            return
        failpoints.hit("collect.chunk_read")
        _write_chunk(run, chunk)
        failpoints.hit("collect.chunk_done")
        context.progress(run.job_id, run.position, max(run.total, run.position))
        context.raise_if_cancelled(run.job_id)


def _skip(run: Run, reached: int) -> Iterator[ReadItem]:
    """The entries from where an earlier run ended; from the start when the source has changed meanwhile."""
    queue = entries.entries(run.source.tree, run.label_format, run.report)
    passed = deque(islice(queue, reached), maxlen=1)
    last = passed[0] if passed else None
    if reached and (last is None or bulk.clean(last.name) != run.batch.position.get("name")):
        run.report.refused.clear()
        run.labels = {}
        return entries.entries(run.source.tree, run.label_format, run.report)
    run.report.refused.clear()
    run.report.labels.clear()
    run.position = reached
    return queue


def _next_chunk(run: Run, queue: Iterator[ReadItem]) -> list[Outcome]:
    """Reads entries until the chunk is full, by number or by bytes; at most a few files are in memory besides."""
    chunk: list[Outcome] = []
    held = 0
    ahead: deque[tuple[ReadItem, Any]] = deque()
    for entry in queue:
        ahead.append((entry, run.pool.submit(_read_entry, run, entry) if run.source.parallel else _submit(run, entry)))
        if len(ahead) >= 2 * THREADS:
            outcome = _outcome(run, *ahead.popleft())
            held += len(outcome.picture.data) if outcome.picture else 0
            chunk.append(outcome)
        if len(chunk) + len(ahead) >= CHUNK_ITEMS or held >= CHUNK_BYTES:
            break
    chunk.extend(_outcome(run, *waiting) for waiting in ahead)
    return chunk


def _submit(run: Run, entry: ReadItem) -> Any:
    """Archives are unpacked by this thread; the rest of the reading may still be done by others."""
    try:
        data = _bytes_of(run, entry)
    except Unusable as problem:
        return problem
    return run.pool.submit(read_picture, data, entry.name)


def _bytes_of(run: Run, entry: ReadItem) -> bytes:
    if entry.path is None:
        raise Unusable("missing_file", "the label file names a picture that is not there")
    try:
        stream = run.source.tree.open(entry.path)
    except FileNotFoundError as error:
        raise Unusable("unreadable", f"the file is gone: {error}") from error
    except OSError as error:
        if error.errno is not None and error.errno not in (errno.EACCES, errno.EPERM, errno.EIO, errno.ELOOP):
            raise
        raise Unusable("unreadable", f"the file cannot be opened: {error}") from error
    return read_bytes(stream, entry.name)


def _read_entry(run: Run, entry: ReadItem) -> Picture:
    return read_picture(_bytes_of(run, entry), entry.name)


def _outcome(run: Run, entry: ReadItem, waiting: Any) -> Outcome:
    name = entries.display_name(entry.name)
    try:
        if isinstance(waiting, Unusable):
            raise waiting
        picture: Picture = waiting.result()
        if run.batch.mode == "reference" and name != entry.name:
            raise Unusable("unreadable", "the name is not UTF-8, so that the file cannot be referred to: copy it")
    except Unusable as problem:
        return Outcome(entry, None, NewRefusal(name, problem.check, "item", 1, problem.detail))
    return Outcome(entry, picture, None)


def _write_chunk(run: Run, chunk: list[Outcome]) -> None:
    """Stores what is new, then writes rows and the position in one transaction."""
    context, batch = run.context, run.batch
    pictures = {outcome.picture.sha256: outcome.picture for outcome in chunk if outcome.picture is not None}
    with context.transaction() as session:
        known = items.known_assets(session, list(pictures))
        erased = items.erased_here(session, batch.project_id, list(pictures))
    erased |= {sha for sha, (state, _) in known.items() if state == "erased"}
    copies = batch.mode == "copy"
    wanted = [
        picture
        for sha, picture in pictures.items()
        if sha not in erased and (sha not in known or (copies and known[sha][0] == "referenced"))
    ]
    stored = storing.store_pictures(context.storage, run.org_id, wanted, copies, run.pool)
    failpoints.hit("collect.chunk_stored")
    new_position = run.position + len(chunk)
    refusals = [outcome.refusal for outcome in chunk if outcome.refusal is not None]
    refusals += [_erased(outcome) for outcome in chunk if outcome.picture and outcome.picture.sha256 in erased]
    refusals += entries.refusals_of(run.report)
    kept = [_new_item(run, o.entry, o.picture) for o in chunk if o.picture and o.picture.sha256 not in erased]
    labels = {kind: run.labels.get(kind, 0) + number for kind, number in run.report.labels.items()}
    labels = {**run.labels, **labels}
    try:
        with context.transaction() as session:
            added, labelled = bulk.write_items(session, batch.project_id, batch.id, run.label_format, kept)
            bulk.write_refusals(session, batch.project_id, batch.id, refusals)
            counts = _moved(session, batch.id, len(chunk), added, len(refusals), labelled)
            position = {"n": new_position, "name": bulk.clean(chunk[-1].entry.name)}
            batches.set_batch(session, batch.id, position=position, counts={**counts, "labels": labels})
            failpoints.hit("collect.chunk_written")
    except Exception:
        storing.discard_keys(context.storage, _unused(context, stored))
        raise
    run.position, run.labels = new_position, labels
    run.report.refused.clear()
    run.report.labels.clear()


def _unused(context: JobContext, keys: list[str]) -> list[str]:
    """Keys just stored whose asset has no row (another import may have written it meanwhile)."""
    hashes = {key.rsplit("/", 2)[-2] if key.endswith(".jpg") else key.rsplit("/", 1)[-1] for key in keys}
    try:
        with context.transaction() as session:
            known = items.known_assets(session, list(hashes))
    except OperationalError:
        return []  # without a database nothing is known, so nothing is removed
    return [key for key in keys if not any(sha in key for sha in known)]


def _moved(session: Session, batch_id: UUID, read: int, added: int, refused: int, labelled: int) -> dict[str, Any]:
    """Counts so far, for people who watch; the end counts the rows themselves."""
    batch = batches.get_batch(session, batch_id)
    counts = dict(batch.counts) if batch else {}
    for key, number in (("read", read), ("items", added), ("refused", refused), ("labelled", labelled)):
        counts[key] = int(counts.get(key, 0)) + number
    return counts


def _erased(outcome: Outcome) -> NewRefusal:
    detail = "this picture was erased here because consent was withdrawn"
    return NewRefusal(entries.display_name(outcome.entry.name), "erased", "item", 1, detail)


def _new_item(run: Run, entry: ReadItem, picture: Picture) -> NewItem:
    batch = run.batch
    name = entries.display_name(entry.name)
    row = run.manifest.get(name, {})
    copies = batch.mode == "copy"
    location = storing.asset_key(run.org_id, picture.sha256) if copies else run.source.base + (entry.path or "")
    preview = storing.shown_key(run.org_id, picture.sha256, storing.PREVIEW) if picture.preview else ""
    thumb = storing.thumb_prefix(run.org_id, picture.sha256) if picture.thumbs else ""
    return NewItem(
        sha256=picture.sha256,
        size=len(picture.data),
        media_type=picture.media_type,
        location=location,
        preview=preview,
        thumb=thumb,
        asset_state="stored" if copies else "referenced",
        name=name,
        width=picture.width,
        height=picture.height,
        group_key=run.rule(name, row),
        licence=row.get("licence") or batch.licence,
        consent=row.get("consent") or batch.consent,
        provenance={"path": name, **other_cells(row)},
        measurement=picture.measurement,
        labels=None if entry.labels is None else [label.model_dump(mode="json") for label in entry.labels],
        side=entry.side,
    )


def end(run: Run) -> None:
    """Writes the last refusals and the counts, and tells the checks, in one transaction."""
    refusals = entries.refusals_of(run.report)
    unused = [name for name in run.manifest if not is_junk(name)]
    with run.context.transaction() as session:
        missing = items.names_missing(session, run.batch.project_id, unused)
        refusals += [
            NewRefusal(name, "missing_file", "file", 1, "manifest.csv names a file that is not there")
            for name in missing[:1000]
        ]
        bulk.write_refusals(session, run.batch.project_id, run.batch.id, refusals)

"""Lists of addresses: items that are only named now and read later, or at once."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from tongguan.catalog.formats.base import Tree
from tongguan.collect.models import Batch, Upload
from tongguan.collect.repository import batches, bulk, items
from tongguan.collect.repository.bulk import NewItem, NewReference, NewRefusal
from tongguan.collect.service import entries, storing
from tongguan.collect.service.grouping import GroupRule, group_rule
from tongguan.collect.service.manifest import other_cells, read_rows, text_of
from tongguan.collect.service.reading import Picture, Unusable, read_bytes, read_picture
from tongguan.collect.service.sources import open_address
from tongguan.core import failpoints
from tongguan.core.errors import Invalid
from tongguan.core.jobs import JobContext

LISTED_CHUNK = 10_000
READ_CHUNK = 128
THREADS = 8
NAME_LIMIT = 1000
Named = tuple[str, str, dict[str, str]]  # name, address, row


def listed(upload: Upload, context: JobContext, base: str) -> Iterator[Named]:
    """The entries of an uploaded list: CSV by its name, else one address a line. Constant memory."""
    file = context.storage.open(upload.key)
    if upload.name.lower().endswith(".csv"):
        for _, name, row in read_rows(file, upload.name):
            address = row.get("url") or row.get("key") or name
            yield name_of(name), _join(base, address), row
        return
    for line in text_of(file):
        text = line.strip()
        if text and not text.startswith("#"):
            yield name_of(text), _join(base, text), {}


def members(tree: Tree, base: str) -> Iterator[Named]:
    """The pictures of a folder or prefix, without opening one."""
    for path in tree.list():
        if entries.is_candidate(path):
            yield entries.display_name(path), base + path, {}


def name_of(entry: str) -> str:
    """The item's name: an address without its scheme and host, anything else as it is."""
    if "://" in entry[:12]:
        return urlsplit(entry).path.lstrip("/")[:NAME_LIMIT] or entry[:NAME_LIMIT]
    return entry.replace("\\", "/")[:NAME_LIMIT]


def _join(base: str, address: str) -> str:
    if "://" in address[:12]:
        return address
    root = base if "://" in base[:12] or not base else f"file://{base}"
    return f"{root.rstrip('/')}/{address.lstrip('/')}" if root else address


def list_items(context: JobContext, job_id: UUID, batch: Batch, named: Iterator[Named]) -> int:
    """Writes listed items in large chunks with the position reached. Returns how many entries there were."""
    rule = group_rule(batch.group_rule)
    position = int(batch.position.get("n", 0))
    refresh_at = position + 2 * LISTED_CHUNK
    deque(islice(named, position), maxlen=0)

    def prepare() -> list[tuple[Any, ...]]:
        return [bulk.reference_row(_reference(batch, rule, *entry)) for entry in islice(named, LISTED_CHUNK)]

    # One thread prepares the next chunk while the database writes this one.
    with ThreadPoolExecutor(1, thread_name_prefix="list") as ahead:
        coming = ahead.submit(prepare)
        while chunk := coming.result():
            coming = ahead.submit(prepare)
            failpoints.hit("collect.list_read")
            position += len(chunk)
            _write_listed(context, batch, chunk, position)
            if position >= refresh_at:
                refresh_at = 4 * position
                with context.transaction() as session:
                    bulk.refresh_statistics(session)
            context.progress(job_id, position)
            context.raise_if_cancelled(job_id)
    return position


def _write_listed(context: JobContext, batch: Batch, chunk: list[tuple[Any, ...]], position: int) -> None:
    with context.transaction() as session:
        added = bulk.write_references(session, batch.project_id, batch.id, chunk)
        current = batches.get_batch(session, batch.id)
        before = dict(current.counts) if current else {}
        counts = {**before, "read": position, "items": int(before.get("items", 0)) + added}
        batches.set_batch(session, batch.id, position={"n": position}, counts=counts)
        failpoints.hit("collect.list_written")


def _reference(batch: Batch, rule: GroupRule, name: str, address: str, row: dict[str, str]) -> NewReference:
    clean = bulk.clean(name)
    return NewReference(
        name=clean,
        group_key=rule(clean, row),
        licence=row.get("licence") or batch.licence,
        consent=row.get("consent") or batch.consent,
        provenance={"location": bulk.clean(address), **other_cells(row)},
    )


def read_listed(context: JobContext, job_id: UUID, batch: Batch) -> int:
    """Reads the bytes behind a batch's listed items. What cannot be read is refused with the reason."""
    done = 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="read") as pool:
        while True:
            with context.transaction() as session:
                chunk = items.unread(session, batch.id, READ_CHUNK)
            if not chunk:
                return done
            _read_chunk(context, batch, chunk, pool)
            failpoints.hit("collect.reference_done")
            done += len(chunk)
            context.progress(job_id, done)
            context.raise_if_cancelled(job_id)


def _read_chunk(
    context: JobContext, batch: Batch, chunk: list[tuple[UUID, str, str]], pool: ThreadPoolExecutor
) -> None:
    def read(entry: tuple[UUID, str, str]) -> Picture | Unusable:
        try:
            return read_picture(_bytes(context, entry[2]), entry[1])
        except Unusable as problem:
            return problem

    results = list(zip(chunk, pool.map(read, chunk), strict=True))
    pictures = {result.sha256: result for _, result in results if isinstance(result, Picture)}
    with context.transaction() as session:
        known = items.known_assets(session, list(pictures))
        erased = items.erased_here(session, batch.project_id, list(pictures))
    erased |= {sha for sha, (state, _) in known.items() if state == "erased"}
    copies = batch.mode == "copy"
    wanted = [p for sha, p in pictures.items() if sha not in erased and (sha not in known or copies)]
    storing.store_pictures(context.storage, context.org_id, wanted, copies, pool)
    failpoints.hit("collect.reference_stored")
    good: list[tuple[UUID, NewItem]] = []
    bad: list[tuple[UUID, NewRefusal]] = []
    for (item_id, name, address), result in results:
        if isinstance(result, Unusable):
            bad.append((item_id, NewRefusal(name, result.check, "item", 1, result.detail)))
        elif result.sha256 in erased:
            bad.append((item_id, NewRefusal(name, "erased", "item", 1, "this picture was erased here")))
        else:
            good.append((item_id, _filled(context, batch, name, address, result)))
    with context.transaction() as session:
        bulk.fill_references(session, batch.project_id, good)
        bulk.write_refusals(session, batch.project_id, batch.id, [refusal for _, refusal in bad])
        # What was not filled is a second copy of an item that is there already, or cannot be read.
        items.move_state(session, batch.project_id, [entry[0] for entry in chunk], ["unread"], "refused")
        failpoints.hit("collect.reference_written")


def _filled(context: JobContext, batch: Batch, name: str, address: str, picture: Picture) -> NewItem:
    copies = batch.mode == "copy"
    org_id = context.org_id
    return NewItem(
        sha256=picture.sha256,
        size=len(picture.data),
        media_type=picture.media_type,
        location=storing.asset_key(org_id, picture.sha256) if copies else address,
        preview=storing.shown_key(org_id, picture.sha256, storing.PREVIEW) if picture.preview else "",
        thumb=storing.thumb_prefix(org_id, picture.sha256) if picture.thumbs else "",
        asset_state="stored" if copies else "referenced",
        name=name,
        width=picture.width,
        height=picture.height,
        group_key=None,
        licence="",
        consent="",
        provenance={},
        measurement=picture.measurement,
    )


def _bytes(context: JobContext, address: str) -> bytes:
    try:
        return read_bytes(open_address(address, context.settings), address)
    except Invalid as error:
        raise Unusable("unreadable", error.message) from error
    except (FileNotFoundError, PermissionError, IsADirectoryError, io.UnsupportedOperation) as error:
        raise Unusable("unreadable", f"{address}: {error.strerror or 'not found'}") from error


def check_list(uploads: list[Upload]) -> None:
    """A list is one finished upload. Invalid otherwise."""
    if len(uploads) != 1:
        raise Invalid(
            "collect.list", "A list is one uploaded CSV or text file.", {"field": "upload_ids", "count": len(uploads)}
        )


__all__ = ["check_list", "list_items", "listed", "members", "name_of", "read_listed"]

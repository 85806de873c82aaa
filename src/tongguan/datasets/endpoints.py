"""Routes of datasets."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import PlainTextResponse

from tongguan.collect.interface import image_links, items_by_id
from tongguan.core.errors import Conflict, Invalid
from tongguan.core.links import asset_link
from tongguan.datasets import repository
from tongguan.datasets.models import Export
from tongguan.datasets.schemas import (
    Changed,
    DiffOut,
    EntryOut,
    EntryPage,
    ExportIn,
    ExportOut,
    LeftOutRow,
    VersionIn,
    VersionOut,
)
from tongguan.datasets.service import exporting, freezing
from tongguan.projects.interface import ProjectAccess, project_role

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["datasets"])
Reader = Annotated[ProjectAccess, Depends(project_role("manager", "trainer", "engineer", "client"), scope="function")]
Maker = Annotated[ProjectAccess, Depends(project_role("manager", "trainer", "engineer"), scope="function")]
Lead = Annotated[ProjectAccess, Depends(project_role("manager", "trainer"), scope="function")]


@router.get("/dataset-versions")
def list_versions(access: Reader) -> list[VersionOut]:
    """Versions, newest first."""
    return [VersionOut.model_validate(row) for row in repository.versions(access.session, access.project.id)]


@router.post("/dataset-versions", status_code=201)
def freeze_version(access: Lead, wish: VersionIn) -> VersionOut:
    """Freezes what is settled now, in the background."""
    version = freezing.begin(access.session, access.caller, access.project.id, wish.note)
    access.session.flush()
    access.session.refresh(version)
    return VersionOut.model_validate(version)


@router.get("/dataset-versions/{number}")
def get_version(access: Reader, number: int) -> VersionOut:
    """One version."""
    return VersionOut.model_validate(freezing.version_of(access.session, access.project.id, number))


@router.get("/dataset-versions/{number}/entries")
def list_entries(
    access: Reader,
    number: int,
    side: Literal["train", "kept", "line"] | None = None,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EntryPage:
    """Items of a version by name."""
    version = freezing.version_of(access.session, access.project.id, number)
    rows = repository.entries_page(access.session, version.id, side, _key(after), limit)
    found = items_by_id(access.session, [row.item_id for row in rows])
    links = image_links(access.caller, access.project.id, found.values())
    items = [
        EntryOut.model_validate(row).model_copy(update={"thumb_url": links.get(row.item_id, {}).get("thumb_url", "")})
        for row in rows
    ]
    following = f"{rows[-1].name}\t{rows[-1].item_id}" if len(rows) == limit else None
    return EntryPage(items=items, next=following)


def _key(after: str | None) -> tuple[str, UUID] | None:
    if after is None:
        return None
    name, _, item_id = after.rpartition("\t")
    try:
        return name, UUID(item_id)
    except ValueError:
        raise Invalid("page.key", "This page key is not one of ours.") from None


@router.get("/dataset-versions/{number}/left-out")
def list_left_out(access: Reader, number: int) -> list[LeftOutRow]:
    """Items with an accepted answer that are on no side, and why."""
    version = freezing.version_of(access.session, access.project.id, number)
    return [LeftOutRow.model_validate(row) for row in repository.left_out(access.session, version.id)]


@router.get("/dataset-versions/{number}/manifest", response_class=PlainTextResponse)
def get_manifest(access: Maker, number: int) -> PlainTextResponse:
    """The manifest's lines; their SHA-256 is the version's hash."""
    version = freezing.version_of(access.session, access.project.id, number)
    chunks = repository.entries(access.session, version.id)
    lines = sorted(freezing.manifest_line(entry) for chunk in chunks for entry in chunk)
    return PlainTextResponse("".join(line + "\n" for line in lines))


@router.get("/dataset-versions/{number}/diff/{other}")
def diff_versions(access: Reader, number: int, other: int) -> DiffOut:
    """What changed from version `number` to version `other`."""
    before = freezing.version_of(access.session, access.project.id, number)
    after = freezing.version_of(access.session, access.project.id, other)
    counts = {row.change: row.n for row in repository.diff(access.session, before.id, after.id, None)}
    rows = repository.diff(access.session, before.id, after.id, 500)
    changed = [Changed.model_validate(row, from_attributes=True) for row in rows]
    return DiffOut(before=number, after=other, counts=counts, items=changed)


@router.post("/dataset-versions/{number}/exports", status_code=201)
def export_version(access: Reader, number: int, wish: ExportIn) -> ExportOut:
    """Writes a version as COCO, VOC or YOLO, in the background."""
    version = freezing.version_of(access.session, access.project.id, number)
    export = exporting.begin(access.session, access.caller, version, wish.format)
    access.session.flush()
    access.session.refresh(export)
    return _shown(access, export)


@router.get("/dataset-versions/{number}/exports")
def list_exports(access: Reader, number: int) -> list[ExportOut]:
    """Exports of a version, newest first."""
    freezing.version_of(access.session, access.project.id, number)
    return [_shown(access, row) for row in repository.exports(access.session, access.project.id, number)]


@router.get("/exports/{export_id}")
def get_export(access: Reader, export_id: UUID) -> ExportOut:
    """One export; `url` opens the archive once it is done."""
    return _shown(access, exporting.export_of(access.session, access.project.id, export_id))


def _shown(access: ProjectAccess, export: Export) -> ExportOut:
    shown = ExportOut.model_validate(export)
    if export.state != "done":
        return shown
    if export.key is None:
        raise Conflict("export.no_file", "This export has no file.")
    name = f"{access.project.name}-{export.format}.zip"
    link = asset_link(access.caller, access.project.id, export.key, "application/zip", name)
    return shown.model_copy(update={"url": link})

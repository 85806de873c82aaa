"""Puts links to pictures and names of people onto what the API sends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from tongguan.collect import interface as collect
from tongguan.people import interface as people
from tongguan.projects.interface import ProjectAccess
from tongguan.rules import repository
from tongguan.rules.models import ClarificationRow
from tongguan.rules.schemas import (
    Clarification,
    ClarificationPage,
    Picture,
    RulesView,
    RuleVersion,
    RuleVersionView,
    VersionDiff,
    VersionList,
    VersionSummary,
)
from tongguan.rules.service import versions
from tongguan.rules.service.compare import next_number


def pictures(access: ProjectAccess, item_ids: Iterable[UUID]) -> dict[UUID, Picture]:
    """Links to the pictures of items, by id; erased items and items of other projects are left out."""
    found = collect.items_by_id(access.session, list(set(item_ids)))
    items = [item for item in found.values() if item.project_id == access.project.id and item.state != "erased"]
    links = collect.image_links(access.caller, access.project.id, items)
    return {
        item.id: Picture(name=item.name, width=item.width, height=item.height, **links.get(item.id, {}))
        for item in items
    }


def version(access: ProjectAccess, found: RuleVersion) -> RuleVersionView:
    """A version with the pictures of its examples."""
    shown = pictures(access, [example.item_id for example in found.examples])
    return RuleVersionView(**dict(found), pictures=shown)


def rules(access: ProjectAccess, with_draft: bool) -> RulesView:
    """The rulebook of the project."""
    current = versions.current_version(access.session, access.project.id)
    draft = repository.draft(access.session, access.project.id) if with_draft else None
    return RulesView(
        current=version(access, current) if current else None,
        draft=version(access, versions.to_version(draft)) if draft else None,
        clarifications=repository.count_clarifications(access.session, access.project.id),
    )


def version_list(access: ProjectAccess) -> VersionList:
    """All published versions with the names of those who published them."""
    rows = versions.published_versions(access.session, access.project.id)
    names = people.people_by_id(access.session, [row.published_by for row in rows if row.published_by])
    return VersionList(
        items=[
            VersionSummary(
                id=row.id,
                major=row.major,
                minor=row.minor,
                note=row.note,
                classes=len(row.label_set),
                published_at=row.published_at,
                published_by=row.published_by,
                published_by_name=names[row.published_by].name if row.published_by in names else "",
            )
            for row in rows
        ]
    )


def diff(access: ProjectAccess, newer: RuleVersion, against: UUID | None) -> VersionDiff:
    """What changed; a draft is compared with the current version."""
    current = versions.current_version(access.session, access.project.id)
    if newer.state == "draft" and against is None and current is not None:
        against = current.id
    before, found = versions.diff(access.session, newer, against)
    major = before is None or any(change.major for change in found)
    number = next_number((current.major, current.minor) if current else None, major)
    return VersionDiff(
        before=before.id if before else None,
        before_number=before.number if before else None,
        after=newer.id,
        after_number=newer.number,
        major=major,
        next=f"{number[0]}.{number[1]}" if newer.state == "draft" else None,
        changes=found,
    )


def clarification_page(
    access: ProjectAccess, state: str | None, item_id: UUID | None, after: UUID | None, limit: int
) -> ClarificationPage:
    """A window of questions."""
    rows = repository.clarifications(access.session, access.project.id, state, item_id, after, limit)
    more = rows[-1].id if len(rows) == limit else None
    return ClarificationPage(items=clarifications(access, rows), next=more)


def clarifications(access: ProjectAccess, rows: Sequence[ClarificationRow]) -> list[Clarification]:
    """Questions with names and pictures."""
    ids = {person for row in rows for person in (row.asked_by, row.answered_by) if person is not None}
    names = people.people_by_id(access.session, list(ids))
    shown = pictures(access, [row.item_id for row in rows if row.item_id is not None])
    made = []
    for row in rows:
        picture = shown.get(row.item_id) if row.item_id else None
        made.append(
            Clarification.model_validate(row).model_copy(
                update={
                    "asked_by_name": names[row.asked_by].name if row.asked_by in names else "",
                    "answered_by_name": names[row.answered_by].name if row.answered_by in names else "",
                    "thumb_url": picture.thumb_url if picture else None,
                    "image_url": picture.image_url if picture else None,
                }
            )
        )
    return made


def answered_questions(access: ProjectAccess) -> list[Clarification]:
    """All questions that have an answer, oldest first."""
    rows = repository.answered(access.session, access.project.id)
    return clarifications(access, rows)

"""Reads versions of the rulebook."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.core.errors import NotFound
from tongguan.rules import repository
from tongguan.rules.models import RuleVersionRow
from tongguan.rules.schemas import Change, RuleVersion
from tongguan.rules.service.compare import changes


def to_version(row: RuleVersionRow) -> RuleVersion:
    """The typed form of a stored version."""
    return RuleVersion.model_validate(
        {name: getattr(row, name) for name in RuleVersion.model_fields}, from_attributes=False
    )


def current_version(session: Session, project_id: UUID) -> RuleVersion | None:
    """The latest published version of a project; None before the first."""
    row = repository.latest_published(session, project_id)
    return None if row is None else to_version(row)


def version(session: Session, version_id: UUID) -> RuleVersion:
    """A version by id. NotFound `rules.version_not_found`."""
    row = repository.version(session, version_id)
    if row is None:
        raise NotFound("rules.version_not_found", "There is no such version of the rules.", {"id": str(version_id)})
    return to_version(row)


def version_of_project(session: Session, project_id: UUID, version_id: UUID, drafts: bool = True) -> RuleVersion:
    """A version of one project; a draft only where `drafts` allows. NotFound otherwise."""
    found = version(session, version_id)
    if found.project_id != project_id or (found.state == "draft" and not drafts):
        raise NotFound("rules.version_not_found", "There is no such version of the rules.", {"id": str(version_id)})
    return found


def published_versions(session: Session, project_id: UUID) -> list[RuleVersion]:
    """All published versions of a project, newest first."""
    return [to_version(row) for row in repository.published(session, project_id)]


def diff(session: Session, newer: RuleVersion, against: UUID | None) -> tuple[RuleVersion | None, list[Change]]:
    """The version before (or `against`) and what changed since. NotFound when `against` is of another project."""
    before_id = against or newer.based_on
    before = None if before_id is None else version_of_project(session, newer.project_id, before_id)
    return before, changes(None if before is None else before.content(), newer.content())

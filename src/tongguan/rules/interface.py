"""What other stages may call of the stage rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.projects.interface import ProjectAccess
from tongguan.rules import repository
from tongguan.rules.schemas import (
    Attribute,
    Change,
    Checks,
    Clarification,
    LabelClass,
    LabelSet,
    Picture,
    Problem,
    RuleContent,
    RuleVersion,
)
from tongguan.rules.service import check, compare, drafts, present, versions
from tongguan.rules.service import publish as publishing

__all__ = [
    "Attribute",
    "Change",
    "Checks",
    "Clarification",
    "LabelClass",
    "LabelSet",
    "Picture",
    "Problem",
    "RuleContent",
    "RuleVersion",
    "answered_questions",
    "changed_keys",
    "changes",
    "check_labels",
    "count_touched",
    "current_version",
    "draft",
    "next_number",
    "pictures",
    "projects_with_rules",
    "publish",
    "published_versions",
    "save_draft",
    "version",
]


def current_version(session: Session, project_id: UUID) -> RuleVersion | None:
    """The latest published version of a project's rules; None before the first."""
    return versions.current_version(session, project_id)


def version(session: Session, version_id: UUID) -> RuleVersion:
    """A version by id, draft or published. Raises NotFound `rules.version_not_found`."""
    return versions.version(session, version_id)


def published_versions(session: Session, project_id: UUID) -> list[RuleVersion]:
    """All published versions of a project, newest first."""
    return versions.published_versions(session, project_id)


def check_labels(
    rule_version: RuleVersion,
    labels: Sequence[Mapping[str, Any]],
    nothing: bool,
    width: int | None,
    height: int | None,
) -> list[Problem]:
    """Machine checks of an answer at submit; empty = it may be stored as submitted.

    `labels` are raw label records, `width` and `height` the item's pixels. Codes are those of
    `rules.service.check.check_answer`.
    """
    return check.check_answer(rule_version, labels, nothing, width, height)


def projects_with_rules(session: Session) -> list[UUID]:
    """Projects of the organization that have published rules."""
    return repository.projects_with_rules(session)


def draft(session: Session, project_id: UUID) -> RuleVersion | None:
    """The draft of a project, if there is one."""
    row = repository.draft(session, project_id)
    return None if row is None else versions.to_version(row)


def save_draft(session: Session, project_id: UUID, content: RuleContent) -> RuleVersion:
    """Replaces the draft's content, for instance with the rules of an industry."""
    return drafts.save_draft(session, project_id, content, None)


def publish(session: Session, project_id: UUID, person_id: UUID, note: str = "") -> RuleVersion:
    """Makes the draft the next version. Errors as in `rules.service.publish.publish`."""
    return publishing.publish(session, project_id, person_id, note)


def changes(before: RuleContent | None, after: RuleContent) -> list[Change]:
    """What differs between two rulebooks, major changes first."""
    return compare.changes(before, after)


def next_number(previous: tuple[int, int] | None, major: bool) -> tuple[int, int]:
    """The (major, minor) that follows `previous`; (1, 0) is the first."""
    return compare.next_number(previous, major)


def changed_keys(found: Iterable[Change]) -> list[str]:
    """Keys of the label classes that major changes touch, in order of code points."""
    return sorted({change.label for change in found if change.major and change.label is not None})


def count_touched(session: Session, project_id: UUID, label_keys: Sequence[str]) -> dict[str, int]:
    """What of this stage a change of these label classes touches: `clarifications` (open ones), `examples`."""
    current = versions.current_version(session, project_id)
    keys = set(label_keys)
    examples = [example for example in current.examples if example.label in keys] if current else []
    return {
        "clarifications": repository.count_open_on(session, project_id, label_keys),
        "examples": len(examples),
    }


def answered_questions(access: ProjectAccess) -> list[Clarification]:
    """All answered questions of a project, oldest first, with names and pictures."""
    return present.answered_questions(access)


def pictures(access: ProjectAccess, item_ids: Iterable[UUID]) -> dict[UUID, Picture]:
    """Links to the pictures of items for the caller, by id; erased ones are left out."""
    return present.pictures(access, item_ids)

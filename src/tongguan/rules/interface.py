"""What other stages may call of the stage rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.rules.schemas import (
    Attribute,
    Change,
    Checks,
    LabelClass,
    LabelSet,
    Problem,
    RuleContent,
    RuleVersion,
)
from tongguan.rules.service import check, versions

__all__ = [
    "Attribute",
    "Change",
    "Checks",
    "LabelClass",
    "LabelSet",
    "Problem",
    "RuleContent",
    "RuleVersion",
    "check_labels",
    "current_version",
    "published_versions",
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

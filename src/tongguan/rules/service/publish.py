"""Publishes a draft: the row becomes the version, and nobody can change it any more."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tongguan.core.audit import record
from tongguan.core.clock import now
from tongguan.core.errors import Conflict, Invalid
from tongguan.core.events import emit
from tongguan.rules import repository
from tongguan.rules.events import RULE_PUBLISHED, RulePublished
from tongguan.rules.schemas import RuleVersion
from tongguan.rules.service.compare import changes, is_major, next_number
from tongguan.rules.service.drafts import check_examples
from tongguan.rules.service.versions import to_version


def publish(session: Session, project_id: UUID, person_id: UUID, note: str) -> RuleVersion:
    """Makes the draft the next version: major when the label set changed in substance, else minor.

    Conflict `rules.no_draft` and `rules.nothing_changed`; Invalid `rules.no_classes`, `rules.example_item`.
    Emits `rule.published` and writes an audit row in the same transaction.
    """
    row = repository.draft(session, project_id, lock=True)
    if row is None:
        raise Conflict("rules.no_draft", "There is no draft to publish: change the rules first.")
    draft = to_version(row)
    if not draft.label_set:
        raise Invalid("rules.no_classes", "The label set is empty: add at least one label class before publishing.")
    check_examples(session, project_id, draft.examples)
    before = repository.latest_published(session, project_id)
    previous = to_version(before) if before else None
    found = changes(previous.content() if previous else None, draft.content())
    if not found:
        raise Conflict(
            "rules.nothing_changed",
            f"The draft says the same as version {previous.number if previous else '0.0'}.",
            {"version": previous.number if previous else None},
        )
    major_change = is_major(previous.content() if previous else None, draft.content())
    row.major, row.minor = next_number((previous.major, previous.minor) if previous else None, major_change)
    row.state, row.note, row.published_at, row.published_by = "published", note, now(), person_id
    row.updated_at = row.published_at
    row.based_on = previous.id if previous else None
    session.flush()
    taken = repository.publish_taken(session, row.id)
    version = to_version(row)
    record(
        session,
        person_id,
        "published",
        "rule_version",
        version.id,
        {
            "version": version.number,
            "previous": previous.number if previous else None,
            "major_change": major_change,
            "changes": len(found),
            "clarifications": taken,
            "note": note,
        },
        project_id=project_id,
    )
    payload = RulePublished(
        project_id=str(project_id),
        rule_version_id=str(version.id),
        major=version.major,
        minor=version.minor,
        major_change=major_change,
        previous_id=str(previous.id) if previous else None,
    )
    emit(session, RULE_PUBLISHED, dict(payload), wake=True)
    return version

"""Writes the draft of a rulebook."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tongguan.collect import interface as collect
from tongguan.core.clock import now
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.rules import repository
from tongguan.rules.models import RuleVersionRow
from tongguan.rules.schemas import GUIDELINE_LIMIT, Example, RuleContent, RuleVersion
from tongguan.rules.service.versions import to_version, version_of_project


def start_draft(session: Session, project_id: UUID, from_version: UUID | None = None) -> RuleVersion:
    """The project's draft; made from `from_version`, else from the current version, when there is none yet."""
    return to_version(_draft_row(session, project_id, from_version))


def save_draft(session: Session, project_id: UUID, content: RuleContent, revision: int | None) -> RuleVersion:
    """Replaces the draft's content.

    `revision` is the one that the caller had read; a stale one is refused with both sides: Conflict
    `rules.draft_stale`. Invalid `rules.example_item` when an example is not a picture of this project.
    """
    check_examples(session, project_id, content.examples)
    row = _draft_row(session, project_id, None)
    if revision is not None and revision != row.revision:
        raise Conflict(
            "rules.draft_stale",
            "Somebody else has saved the draft since you opened it.",
            {"yours": revision, "theirs": row.revision, "draft": to_version(row).model_dump(mode="json")},
        )
    _write(row, content)
    session.flush()
    return to_version(row)


def discard_draft(session: Session, project_id: UUID) -> None:
    """Throws the draft away; clarifications taken into it become answered ones again. NotFound without a draft."""
    row = repository.draft(session, project_id, lock=True)
    if row is None:
        raise NotFound("rules.no_draft", "There is no draft.")
    repository.release_taken(session, row.id)
    session.delete(row)
    session.flush()


def append_to_guideline(session: Session, project_id: UUID, text: str) -> RuleVersion:
    """Adds a passage at the end of the draft's guideline, making a draft when there is none."""
    row = _draft_row(session, project_id, None)
    content = to_version(row).content()
    guideline = f"{content.guideline.rstrip()}\n\n{text.strip()}\n".lstrip()
    if len(guideline) > GUIDELINE_LIMIT:
        raise Invalid(
            "rules.guideline_too_long",
            f"The guideline would be longer than {GUIDELINE_LIMIT} characters; shorten it first.",
            {"limit": GUIDELINE_LIMIT, "length": len(guideline)},
        )
    _write(row, content.model_copy(update={"guideline": guideline}))
    session.flush()
    return to_version(row)


def _write(row: RuleVersionRow, content: RuleContent) -> None:
    stored = content.model_dump(mode="json")
    row.label_set = stored["label_set"]
    row.guideline = stored["guideline"]
    row.examples = stored["examples"]
    row.checks = stored["checks"]
    row.revision += 1
    row.updated_at = now()


def _draft_row(session: Session, project_id: UUID, from_version: UUID | None) -> RuleVersionRow:
    """The draft, locked; two people who start one at the same moment get the same."""
    row = repository.draft(session, project_id, lock=True)
    if row is not None:
        return row
    current = repository.latest_published(session, project_id)
    source = version_of_project(session, project_id, from_version).content() if from_version else None
    if source is None:
        source = to_version(current).content() if current else RuleContent()
    stored = source.model_dump(mode="json")
    row = RuleVersionRow(
        project_id=project_id,
        state="draft",
        based_on=current.id if current else None,
        label_set=stored["label_set"],
        guideline=stored["guideline"],
        examples=stored["examples"],
        checks=stored["checks"],
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
            session.refresh(row)
    except IntegrityError:
        other = repository.draft(session, project_id, lock=True)
        if other is None:
            raise
        return other
    return row


def check_examples(session: Session, project_id: UUID, examples: Iterable[Example]) -> None:
    """Every example shows an item of this project whose picture is there, and a part inside it."""
    wanted = list(examples)
    items = collect.items_by_id(session, [example.item_id for example in wanted])
    for index, example in enumerate(wanted):
        item = items.get(example.item_id)
        if item is None or item.project_id != project_id or item.state == "erased":
            raise Invalid(
                "rules.example_item",
                f"Example {index + 1} shows an item that this project does not have (or no longer has).",
                {"example": index, "item_id": str(example.item_id), "label": example.label},
            )
        region = example.region
        if region is None or not item.width or not item.height:
            continue
        if region.x + region.width > item.width + 0.5 or region.y + region.height > item.height + 0.5:
            raise Invalid(
                "rules.example_region",
                f"The region of example {index + 1} reaches outside its picture.",
                {"example": index, "item": item.name, "width": item.width, "height": item.height},
            )

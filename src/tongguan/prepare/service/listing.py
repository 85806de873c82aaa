"""Lists of items and problems, with links to pictures."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from uuid import UUID

import orjson

from tongguan.collect.interface import (
    ItemFacts,
    ItemFilter,
    Window,
    count_items,
    find_item,
    image_links,
    item_details,
    items_by_id,
    labels_of_item,
    list_items,
)
from tongguan.core import tables
from tongguan.core.auth import Caller
from tongguan.core.database import Database, Session
from tongguan.core.errors import Invalid
from tongguan.prepare import repository
from tongguan.prepare.models import Problem
from tongguan.prepare.schemas import Count, ImportedMarksOut, ItemDetail, ItemOut, ItemPage, ProblemOut, ProblemPage


def item_page(
    session: Session, caller: Caller, chosen: ItemFilter, check: str | None, limit: int, after: str | None
) -> ItemPage:
    """A window of items; the first one says how many there are."""
    if check is not None:
        chosen = ItemFilter(
            chosen.project_id,
            chosen.state,
            chosen.batch_id,
            chosen.prefix,
            chosen.group_key,
            chosen.label_state,
            repository.items_with(chosen.project_id, check),
        )
    window = _window(limit, after)
    found = list_items(session, chosen, window)
    total = None
    if after is None:
        number, more = count_items(session, chosen)
        total = Count(count=number, more=more)
    following = _key(found[-1], chosen.prefix is not None) if len(found) == limit else None
    return ItemPage(items=_shown(session, caller, chosen.project_id, found), next=following, total=total)


COLUMNS = (
    "name", "state", "problems", "label_state", "group_key", "licence", "consent", "width", "height", "bytes",
    "batch_id", "created_at", "id",
)  # fmt: skip


def items_csv(database: Database, caller: Caller, chosen: ItemFilter, check: str | None, columns: str) -> Iterator[str]:
    """The list as CSV, window by window, each in its own transaction. Invalid `list.column` for an unknown column."""
    wanted = [name.strip() for name in columns.split(",") if name.strip()] or list(COLUMNS)
    unknown = [name for name in wanted if name not in COLUMNS]
    if unknown:
        raise Invalid("list.column", "The list has no such column.", {"columns": unknown, "known": list(COLUMNS)})

    def windows() -> Iterator[list[list[object]]]:
        after: str | None = None
        while True:
            with database.transaction(caller.org_id, caller.person_id) as session:
                page = item_page(session, caller, chosen, check, 1000, after)
            yield [[getattr(item, name) for name in wanted] for item in page.items]
            after = page.next
            if after is None:
                return

    return tables.csv_parts(wanted, windows())


def item_detail(session: Session, caller: Caller, project_id: UUID, item_id: UUID) -> ItemDetail:
    """All that is known of an item. NotFound when it is not of this project."""
    item = find_item(session, project_id, item_id)
    provenance, measurement = item_details(session, item_id)
    problems = repository.page(session, project_id, item_id=item_id)
    return ItemDetail(
        **_shown(session, caller, project_id, [item])[0].model_dump(),
        sha256=item.sha256,
        media_type=item.media_type,
        provenance=provenance,
        measurement={key: value for key, value in measurement.items() if key != "tiny"},
        imported=[
            ImportedMarksOut.model_validate(marks, from_attributes=True) for marks in labels_of_item(session, item_id)
        ],
        found=_problems(session, caller, project_id, problems),
    )


def problem_page(
    session: Session,
    caller: Caller,
    project_id: UUID,
    *,
    check: str | None,
    state: str | None,
    batch_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> ProblemPage:
    """A window of problems in order of finding, with the counts of all open ones."""
    rows = repository.page(session, project_id, check=check, state=state, batch_id=batch_id, after=after, limit=limit)
    return ProblemPage(
        items=_problems(session, caller, project_id, rows),
        next=str(rows[-1].id) if len(rows) == limit else None,
        counts=repository.open_counts(session, project_id),
    )


def _shown(session: Session, caller: Caller, project_id: UUID, items: Sequence[ItemFacts]) -> list[ItemOut]:
    links = image_links(caller, project_id, items)
    checks = repository.open_checks(session, [item.id for item in items])
    return [
        ItemOut.model_validate(
            {
                **{name: getattr(item, name) for name in ItemOut.model_fields if hasattr(item, name)},
                **links[item.id],
                "problems": checks.get(item.id, []),
            }
        )
        for item in items
    ]


def _problems(session: Session, caller: Caller, project_id: UUID, rows: Sequence[Problem]) -> list[ProblemOut]:
    ids = {row.item_id for row in rows} | {row.other_item_id for row in rows if row.other_item_id}
    items = items_by_id(session, ids)
    links = image_links(caller, project_id, items.values())
    shown = []
    for row in rows:
        other = items.get(row.other_item_id) if row.other_item_id else None
        facts = {name: getattr(row, name) for name in ProblemOut.model_fields if hasattr(row, name)}
        facts |= {
            "item_name": items[row.item_id].name,
            "thumb_url": links[row.item_id]["thumb_url"],
            "other_name": other.name if other else None,
            "other_thumb_url": links[other.id]["thumb_url"] if other else "",
        }
        shown.append(ProblemOut.model_validate(facts))
    return shown


def _key(item: ItemFacts, by_name: bool) -> str:
    raw = orjson.dumps([item.name, str(item.asset_id)] if by_name else [str(item.id)])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _window(limit: int, after: str | None) -> Window:
    if after is None:
        return Window(limit)
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if len(parts) == 1:
            return Window(limit, UUID(parts[0]))
        return Window(limit, UUID(parts[1]), str(parts[0]))
    except (binascii.Error, ValueError, TypeError, IndexError, AttributeError, KeyError) as error:
        raise Invalid("list.after", "This key does not come from an earlier window.", {"field": "after"}) from error

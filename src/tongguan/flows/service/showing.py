"""The loop as people see it: counts for the map, and a list of cases with their states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID

from tongguan.collect import interface as collect
from tongguan.collect.interface import ItemFacts
from tongguan.core import audit
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.deploy import interface as deploy
from tongguan.flows.models import LoopCase
from tongguan.flows.repository import cases
from tongguan.flows.schemas.loop import LoopCaseOut, LoopCounts, LoopPage, LoopState, RouteOut, RouteSettings
from tongguan.flows.service.loop import route_of
from tongguan.people.interface import people_by_id, qualifications
from tongguan.rules.interface import current_version

ORDER: tuple[LoopState, ...] = tuple(state for state in get_args(LoopState) if state != "closed")


def counts(session: Session, project_id: UUID, deployment_id: UUID | None = None) -> LoopCounts:
    """How many cases are where."""
    rows = cases.counts(session, project_id, deployment_id)
    now: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for row in rows:
        now[row.state] += row.n
        kinds[row.kind] += row.n
    reached = {state: sum(now[later] for later in ORDER[place:]) for place, state in enumerate(ORDER)}
    return LoopCounts(
        total=sum(kinds.values()),
        wrong=kinds["wrong"],
        sampled=kinds["sampled"],
        closed=now["closed"],
        now={state: now[state] for state in get_args(LoopState)},
        reached=reached,
        measures=sum(row.n for row in rows if row.side in ("kept", "line")),
    )


def page(
    session: Session,
    caller: Caller,
    project_id: UUID,
    states: Sequence[str],
    deployment_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> LoopPage:
    """A window of cases with pictures."""
    rows = cases.page(session, project_id, limit + 1, states, deployment_id, before)
    shown = _shown(session, caller, project_id, rows[:limit])
    return LoopPage(items=shown, next=str(rows[limit - 1].id) if len(rows) > limit else None)


def of_prediction(session: Session, caller: Caller, project_id: UUID, prediction_id: UUID) -> LoopCaseOut | None:
    """The case of a prediction; None when it has none."""
    row = cases.of_prediction(session, prediction_id)
    if row is None or row.project_id != project_id:
        return None
    return _shown(session, caller, project_id, [row])[0]


def _shown(session: Session, caller: Caller, project_id: UUID, rows: Sequence[LoopCase]) -> list[LoopCaseOut]:
    items = collect.items_by_id(session, [row.item_id for row in rows if row.item_id])
    links = collect.image_links(caller, project_id, items.values())
    datasets = [row.dataset_version_id for row in rows if row.dataset_version_id]
    models = [row.model_version_id for row in rows if row.model_version_id]
    versions = cases.numbers(session, project_id, "dataset_version", datasets)
    model_numbers = cases.numbers(session, project_id, "model_version", models)
    places = {place.id: place.name for place in deploy.deployments_of(session, project_id)}
    found = []
    for row in rows:
        item: ItemFacts | None = items.get(row.item_id) if row.item_id else None
        found.append(
            LoopCaseOut.model_validate(
                {
                    **{key: getattr(row, key) for key in LoopCaseOut.model_fields if hasattr(row, key)},
                    "deployment": places.get(row.deployment_id, ""),
                    "item": item.name if item else None,
                    "thumb_url": links[item.id]["thumb_url"] if item else "",
                    "dataset_version": versions.get(row.dataset_version_id) if row.dataset_version_id else None,
                    "model": model_numbers.get(row.model_version_id) if row.model_version_id else None,
                    "reached": {state: datetime.fromisoformat(str(when)) for state, when in row.reached.items()},
                }
            )
        )
    return found


def show_route(session: Session, project_id: UUID, deployment_id: UUID) -> RouteOut:
    """A deployment's route, the rules that hold for its tasks, and how many people can get them."""
    deploy.deployment(session, project_id, deployment_id)
    wanted, rules = route_of(session, deployment_id), current_version(session, project_id)
    able = (
        [row.person_id for row in qualifications(session, project_id, rules.major) if row.state == "open"]
        if rules
        else []
    )
    people = sum(1 for person in people_by_id(session, able).values() if person.active and person.level >= wanted.level)
    return RouteOut(**wanted.model_dump(), rule_version=rules.number if rules else None, people=people)


def set_route(
    session: Session, caller: Caller, project_id: UUID, deployment_id: UUID, wanted: RouteSettings
) -> RouteOut:
    """Says where a deployment's pictures go from now on. Invalid `collect.group_rule` for an unsafe rule."""
    deploy.deployment(session, project_id, deployment_id)
    collect.check_group_rule(wanted.group_rule)
    before = route_of(session, deployment_id)
    cases.set_route(session, project_id, deployment_id, caller.person_id, wanted.model_dump())
    detail = {"before": before.model_dump(), "after": wanted.model_dump()}
    audit.record(session, caller.person_id, "routed", "deployment", deployment_id, detail, project_id)
    return show_route(session, project_id, deployment_id)

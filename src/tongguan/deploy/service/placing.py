"""Putting models on the line and taking them off; every change is a row that stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongguan.core import audit, events
from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.deploy.events import DEPLOYMENT_CHANGED
from tongguan.deploy.models import Deployment, DeploymentChange
from tongguan.deploy.repository import places
from tongguan.deploy.schemas import DeploymentIn, DeploymentPatch, ModelIn, ThresholdIn
from tongguan.deploy.service import alarming, costing, gate
from tongguan.deploy.service.champion import champion_of
from tongguan.train.interface import ModelVersion, model

LEAST_REASON = 2
# What a change may change, beside the two models.
SETTABLE = frozenset(
    {
        "name",
        "state",
        "threshold",
        "threshold_reason",
        "doubt",
        "good_labels",
        "cost_miss_fen",
        "cost_false_fen",
        "console",
        "monitors",
        "retention_days",
        "quota_mb",
        "sample_share",
        "stale_days",
    }
)


def deployment_of(session: Session, project_id: UUID, deployment_id: UUID, lock: bool = False) -> Deployment:
    """A deployment of a project. NotFound otherwise."""
    found = places.deployment(session, project_id, deployment_id, lock)
    if found is None:
        raise NotFound("deployment.unknown", "There is no such deployment.")
    return found


def create(session: Session, caller: Caller, project_id: UUID, wish: DeploymentIn) -> Deployment:
    """A new deployment. Invalid without any model, and for a model that is not the champion without a reason."""
    live = model(session, project_id, wish.model_id) if wish.model_id else None
    shadow = model(session, project_id, wish.shadow_model_id) if wish.shadow_model_id else None
    first = live or shadow
    if first is None:
        raise Invalid("deployment.model", "Choose a model.")
    _check_right(session, project_id, live, wish.reason)
    threshold, reason = wish.threshold, wish.threshold_reason
    if threshold is None and wish.by_cost:
        threshold, reason = costing.cheapest(session, first, wish.cost_miss_fen, wish.cost_false_fen)
    made = Deployment(
        id=new_id(),
        project_id=project_id,
        number=places.next_number(session, project_id),
        name=wish.name,
        live_model_id=wish.model_id,
        shadow_model_id=wish.shadow_model_id,
        live_since=now() if live else None,
        threshold=first.threshold if threshold is None else threshold,
        threshold_reason=reason or (first.threshold_from if threshold is None else ""),
        doubt=wish.doubt,
        good_labels=wish.good_labels,
        cost_miss_fen=wish.cost_miss_fen,
        cost_false_fen=wish.cost_false_fen,
        console=wish.console.model_dump(mode="json"),
        monitors=wish.monitors.model_dump(mode="json"),
        retention_days=wish.retention_days,
        quota_mb=wish.quota_mb,
        sample_share=wish.sample_share,
        stale_days=wish.stale_days,
        created_by=caller.person_id,
    )
    _check_doubt(made)
    session.add(made)
    session.flush()
    _note(session, caller, made, "created", {}, wish.reason)
    session.refresh(made)
    return made


def set_live(session: Session, caller: Caller, found: Deployment, wish: ModelIn) -> Deployment:
    """Lets another model decide. Its own threshold comes with it, or the cheapest one at the prices of this place."""
    model_id, reason = wish.model_id, wish.reason
    _check_in_use(found)
    if model_id is None:
        raise Invalid("deployment.model", "Choose a model.")
    if model_id == found.live_model_id:
        raise Conflict("deployment.same_model", "This model is live already.")
    fresh = model(session, found.project_id, model_id)
    _check_right(session, found.project_id, fresh, reason)
    before = _state(found)
    found.live_model_id, found.live_since = fresh.id, now()
    threshold, source = fresh.threshold, fresh.threshold_from
    if wish.by_cost:
        threshold, source = costing.cheapest(session, fresh, found.cost_miss_fen, found.cost_false_fen)
    found.threshold, found.threshold_reason = threshold, source
    found.doubt = None if found.doubt is not None and found.doubt > found.threshold else found.doubt
    if found.shadow_model_id == fresh.id:
        found.shadow_model_id = None
    return _note(session, caller, found, "live", before, reason)


def roll_back(session: Session, caller: Caller, found: Deployment, reason: str) -> Deployment:
    """Puts the model before the present one back, with the threshold it had. Again: the one before that.

    A person's decision at that time covered the model, so no other reason than this one is asked for.
    """
    _check_in_use(found)
    target = _before(session, found)
    if target is None:
        raise Conflict("deployment.nothing_before", "There is no model before this one.")
    before = _state(found)
    found.live_model_id, found.live_since = UUID(target["live_model_id"]), now()
    found.threshold, found.threshold_reason = target["threshold"], target["threshold_reason"]
    found.doubt = target["doubt"]
    if found.shadow_model_id == found.live_model_id:
        found.shadow_model_id = None
    return _note(session, caller, found, "rolled_back", before, reason)


def _before(session: Session, found: Deployment) -> dict[str, Any] | None:
    """The state before the present live model: a stack to which `live` pushes, and from which a rollback pops."""
    stack: list[dict[str, Any]] = []
    for change in reversed(places.live_changes(session, found.id)):
        if change.kind == "rolled_back":
            stack.pop()
        elif change.before.get("live_model_id"):
            stack.append(change.before)
    return stack[-1] if stack else None


def set_shadow(session: Session, caller: Caller, found: Deployment, model_id: UUID | None, reason: str) -> Deployment:
    """Lets a model look without deciding, or takes it away."""
    _check_in_use(found)
    if model_id is not None:
        model(session, found.project_id, model_id)
        if model_id == found.live_model_id:
            raise Conflict("deployment.same_model", "This model is live already.")
    before = _state(found)
    found.shadow_model_id = model_id
    return _note(session, caller, found, "shadow", before, reason)


def set_threshold(session: Session, caller: Caller, found: Deployment, wish: ThresholdIn) -> Deployment:
    """Another threshold, with its costs and its reason."""
    _check_in_use(found)
    before = _state(found)
    found.threshold, found.threshold_reason, found.doubt = wish.threshold, wish.reason, wish.doubt
    found.cost_miss_fen = found.cost_miss_fen if wish.cost_miss_fen is None else wish.cost_miss_fen
    found.cost_false_fen = found.cost_false_fen if wish.cost_false_fen is None else wish.cost_false_fen
    _check_doubt(found)
    return _note(session, caller, found, "threshold", before, wish.reason)


def change(session: Session, caller: Caller, found: Deployment, wish: DeploymentPatch) -> Deployment:
    """Changes settings."""
    _check_in_use(found)
    before = _state(found)
    given = wish.model_dump(mode="json", exclude_unset=True)
    for name, value in given.items():
        if value is not None or name == "doubt":
            setattr(found, name, value)
    _check_doubt(found)
    return _note(session, caller, found, "settings", before, "")


def pause(session: Session, caller: Caller, found: Deployment, reason: str) -> Deployment:
    """Every verdict is `check` until it is resumed."""
    return _move(session, caller, found, "running", "paused", "paused", reason)


def resume(session: Session, caller: Caller, found: Deployment, reason: str) -> Deployment:
    """Answers again."""
    return _move(session, caller, found, "paused", "running", "resumed", reason)


def retire(session: Session, caller: Caller, found: Deployment, reason: str) -> Deployment:
    """Takes a deployment out of use for ever; its log stays."""
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid("deployment.reason", "Give the reason.")
    _check_in_use(found)
    alarming.end_all(session, found, caller.person_id)
    return _move(session, caller, found, found.state, "retired", "retired", reason)


def _move(
    session: Session, caller: Caller, found: Deployment, old: str, new: str, kind: str, reason: str
) -> Deployment:
    if found.state != old:
        raise Conflict("deployment.state", f"This deployment is {found.state}.", {"state": found.state})
    before = _state(found)
    found.state = new
    return _note(session, caller, found, kind, before, reason)


def _check_in_use(found: Deployment) -> None:
    if found.state == "retired":
        raise Conflict("deployment.state", "This deployment is retired.", {"state": found.state})


def _check_doubt(found: Deployment) -> None:
    if found.doubt is not None and found.doubt > found.threshold:
        raise Invalid("deployment.doubt", "Doubt begins below the threshold.", {"threshold": found.threshold})


def _check_right(session: Session, project_id: UUID, live: ModelVersion | None, reason: str) -> None:
    """Gate 4: the champion may decide; any other model needs a named person's reason."""
    if live is None or len(reason.strip()) >= LEAST_REASON or champion_of(session, project_id) == live.id:
        return
    raise Invalid(
        "deployment.not_champion",
        "This model is not the champion: say why it goes on the line.",
        {"model": live.number},
    )


def _state(found: Deployment) -> dict[str, Any]:
    """What a change may change, as JSON."""
    ids = {
        "live_model_id": str(found.live_model_id) if found.live_model_id else None,
        "shadow_model_id": str(found.shadow_model_id) if found.shadow_model_id else None,
    }
    return {**ids, **{name: getattr(found, name) for name in sorted(SETTABLE)}}


def _note(
    session: Session, caller: Caller, found: Deployment, kind: str, before: dict[str, Any], reason: str
) -> Deployment:
    """The change as a row, in the audit trail, as an event, and on the gate."""
    after = _state(found)
    if before and kind not in ("live", "rolled_back"):
        changed = {name for name, value in after.items() if before.get(name) != value}
        if not changed:
            return found
        before, after = {n: before[n] for n in sorted(changed)}, {n: after[n] for n in sorted(changed)}
    row = DeploymentChange(
        deployment_id=found.id, kind=kind, before=before, after=after, person_id=caller.person_id, reason=reason.strip()
    )
    session.add(row)
    session.flush()
    detail = {"kind": kind, "before": before, "after": after, "reason": reason}
    audit.record(session, caller.person_id, kind, "deployment", found.id, detail, found.project_id)
    state = _state(found)
    payload = {
        "project_id": str(found.project_id),
        "deployment_id": str(found.id),
        "change": kind,
        **{name: state[name] for name in ("live_model_id", "shadow_model_id", "state")},
    }
    events.emit(session, DEPLOYMENT_CHANGED, payload)
    decided = caller.person_id if kind in ("created", "live", "rolled_back", "retired") else None
    gate.record(session, found.project_id, decided, reason.strip() or None)
    return found

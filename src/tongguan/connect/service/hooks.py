"""Making, changing and showing hooks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.connect import repository
from tongguan.connect.models import Webhook
from tongguan.connect.schemas import Last, WebhookIn, WebhookMade, WebhookOut, WebhookPatch
from tongguan.connect.service import shapes
from tongguan.core import audit, auth
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.fetch import Fetcher, policy_of
from tongguan.core.ids import new_id
from tongguan.core.settings import Settings

MOST = 20
PREFIX = "whsec_"


def find(session: Session, project_id: UUID | None, hook_id: UUID) -> Webhook:
    """A hook of a project, or (None) of the organization. NotFound otherwise."""
    found = repository.hook(session, project_id, hook_id)
    if found is None:
        raise NotFound("webhook.unknown", "There is no such connection.")
    return found


def create(
    session: Session, settings: Settings, caller: Caller, project_id: UUID | None, wish: WebhookIn
) -> WebhookMade:
    """Makes a hook. FetchRefused when its address could never be called."""
    if len(repository.hooks(session, project_id)) >= MOST:
        raise Conflict("webhook.many", "There are as many connections as can be.", {"limit": MOST})
    Fetcher(policy_of(settings)).check(wish.url)
    secret = _secret(wish)
    row = Webhook(
        id=new_id(),
        project_id=project_id,
        name=wish.name,
        kind=wish.kind,
        url=wish.url,
        events=_ordered(wish.events),
        language=wish.language,
        secret=secret,
        created_by=caller.person_id,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    _note(session, caller, row, "created")
    shown = show(session, [row])[0]
    return WebhookMade(**shown.model_dump(), secret=secret if wish.kind == "generic" else None)


def _secret(wish: WebhookIn) -> str:
    if wish.kind == "generic":
        if wish.secret:
            raise Invalid("webhook.own_secret", "A generic connection gets its secret from here; leave it out.")
        return PREFIX + auth.new_token()
    return (wish.secret or "").strip()


def _ordered(events: Sequence[str]) -> list[str]:
    return sorted(set(events))


def change(session: Session, settings: Settings, caller: Caller, row: Webhook, wish: WebhookPatch) -> WebhookOut:
    """Changes what is given. A hook that is switched on again starts with what happens from now on."""
    values = wish.model_dump(exclude_unset=True, exclude_none=True)
    if "url" in values:
        Fetcher(policy_of(settings)).check(values["url"])
    if "secret" in values and row.kind == "generic":
        raise Invalid("webhook.own_secret", "A generic connection gets its secret from here; leave it out.")
    if "events" in values:
        values["events"] = _ordered(values["events"])
    for field, value in values.items():
        setattr(row, field, value)
    session.flush()
    _note(session, caller, row, "changed", sorted(values))
    return show(session, [row])[0]


def renew_secret(session: Session, caller: Caller, row: Webhook) -> WebhookMade:
    """A new secret for a generic hook; the old one ends at once."""
    if row.kind != "generic":
        raise Conflict("webhook.robot_secret", "A robot's secret is made on the robot's own page.")
    secret = PREFIX + auth.new_token()
    row.secret = secret
    session.flush()
    _note(session, caller, row, "changed", ["secret"])
    return WebhookMade(**show(session, [row])[0].model_dump(), secret=secret)


def remove(session: Session, caller: Caller, row: Webhook) -> None:
    """Removes a hook with its deliveries; the audit trail keeps that it was there."""
    _note(session, caller, row, "removed")
    session.delete(row)
    session.flush()


def _note(session: Session, caller: Caller, row: Webhook, action: str, fields: Sequence[str] = ()) -> None:
    """The audit row: never a secret, and the address only as it is shown."""
    detail = {
        "name": row.name,
        "kind": row.kind,
        "address": shapes.covered(row.kind, row.url),
        "events": row.events,
        "active": row.active,
        "fields": list(fields),
    }
    audit.record(session, caller.person_id, action, "webhook", row.id, detail, row.project_id)


def show(session: Session, rows: Sequence[Webhook]) -> list[WebhookOut]:
    """Hooks with how their deliveries go."""
    ids = [row.id for row in rows]
    counts, signed = repository.counts(session, ids), repository.signed(session, ids)
    found = []
    for row in rows:
        latest = repository.deliveries(session, row.id, None, 1, None)
        last = [
            Last.model_validate({"state": one.state, "event": one.event, "at": one.created_at, "code": one.code})
            for one in latest
        ]
        by_state = counts.get(row.id, {})
        extra = {
            "address": shapes.covered(row.kind, row.url),
            "signed": row.id in signed,
            "failed": by_state.get("failed", 0),
            "waiting": by_state.get("waiting", 0) + by_state.get("queued", 0),
            "last": last[0] if last else None,
        }
        found.append(WebhookOut.model_validate(row).model_copy(update=extra))
    return found

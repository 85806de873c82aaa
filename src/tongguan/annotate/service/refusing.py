"""Refusals that keep something: what was drawn is stored, and the caller is told why it was not taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Gone, NotFound, TongguanError

REASONS = {
    "unheard": "Nothing was heard from you for 30 minutes, so the task went back.",
    "unopened": "The preloaded task was not opened for 10 minutes, so it went back.",
    "rule_changed": "The rules have changed, so the task went back.",
    "returned": "You handed the task back.",
    "task_closed": "The task was closed.",
    "deactivated": "You are no longer active, so the task went back.",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal whose transaction commits all the same, because a draft is kept in it."""

    error: TongguanError

    def raise_committed(self, session: Session) -> NoReturn:
        """Commits what was kept, then raises the error."""
        session.commit()
        raise self.error


def unknown_lease() -> NotFound:
    """No such lease for this person."""
    return NotFound("lease.unknown", "You hold no such task.")


def lost(lease_id: UUID, reason: str | None, draft_id: UUID | None = None) -> TongguanError:
    """The lease is gone: Conflict where a draft was kept (its id is in params), else Gone."""
    words = REASONS.get(reason or "", "The task is no longer yours.")
    params = {"lease_id": str(lease_id), "reason": reason}
    if draft_id is None:
        return Gone("lease.lost", words, params)
    return Conflict("lease.lost", f"{words} What you drew is kept as a draft.", {**params, "draft_id": str(draft_id)})


def not_open(lease_id: UUID) -> Conflict:
    """The lease is only preloaded."""
    return Conflict("lease.not_open", "Open the task first.", {"lease_id": str(lease_id)})

"""Catching careless work: a person whose checked answers lie below the project's line is reviewed in full.

The rule: over the last 50 checked answers (reviews and gold, since a flag was last cleared), at least 5 of them, the
upper end of the Wilson interval at 95 % lies below `quality.accept_threshold`. Then the person is flagged to the
managers and everything of theirs is reviewed; below `quality.stop_below` (0 = never) the qualification closes too, and
what they hold, and work that was returned to them, goes to everybody.
A manager or trainer clears a flag with a note; counting starts anew from there.
"""

from __future__ import annotations

from uuid import UUID

from tongguan.annotate.interface import return_leases
from tongguan.core import audit
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.core.events import emit
from tongguan.people.interface import close_qualification
from tongguan.projects.interface import settings_of
from tongguan.quality import repository
from tongguan.quality.events import PERSON_FLAGGED
from tongguan.quality.service import figures, lots
from tongguan.rules.interface import current_version

FEWEST = 5


def evaluate(session: Session, project_id: UUID, person_id: UUID) -> bool:
    """Flags a person whose checked answers lie below the line. True when the flag is new."""
    settings = settings_of(session, project_id).quality
    share = figures.checked_answers(session, project_id, person_id)
    low, high = share.interval
    if share.whole < FEWEST or high >= settings.accept_threshold:
        return False
    stop = high < settings.stop_below
    values = {
        "project_id": project_id,
        "person_id": person_id,
        "right_answers": share.part,
        "answers": share.whole,
        "low": low,
        "high": high,
        "stopped": stop,
        "raised_at": now(),
    }
    if stop:
        _stop(session, project_id, person_id, share.part, share.whole)
    if not repository.raise_flag(session, values):
        return False
    detail = {"right": share.part, "answers": share.whole, "high": high, "stopped": stop}
    audit.record(session, None, "flagged", "person", person_id, detail, project_id)
    emit(session, PERSON_FLAGGED, {"project_id": str(project_id), "person_id": str(person_id)})
    lots.review_all(session, project_id, person_id)
    return True


def clear(session: Session, project_id: UUID, person_id: UUID, by: UUID, note: str) -> None:
    """Takes a flag back; counting starts anew."""
    flag = repository.flag(session, project_id, person_id)
    if flag is None:
        raise NotFound("flag.none", "This person is not flagged.", {"person_id": str(person_id)})
    flag.state, flag.cleared_by, flag.cleared_at, flag.note = "cleared", by, now(), note
    audit.record(session, by, "cleared_flag", "person", person_id, {"note": note}, project_id)
    session.flush()


def _stop(session: Session, project_id: UUID, person_id: UUID, right: int, answers: int) -> None:
    rules = current_version(session, project_id)
    if rules is not None:
        reason = f"{right} of {answers} checked answers were right"
        close_qualification(session, person_id, project_id, rules.major, reason)
        return_leases(session, person_id, project_id, "stopped")

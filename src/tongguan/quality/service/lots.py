"""Lots: a person's submissions since their last lot. A share is drawn and reviewed; the rest goes with it, or not."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tongguan.core import audit
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.people.interface import organization_zone, person
from tongguan.projects.interface import settings_of
from tongguan.quality import repository
from tongguan.quality.models import Lot, LotMember
from tongguan.quality.repository import earlier, verdicts
from tongguan.quality.sampling.draw import draw, share_size
from tongguan.quality.service import figures, judging
from tongguan.quality.service.judging import Answer, Verdict


def share_of(session: Session, project_id: UUID, person_id: UUID) -> float:
    """Share of a person's work that is reviewed now."""
    flagged = repository.flag(session, project_id, person_id) is not None
    return figures.review_share(settings_of(session, project_id), person(session, person_id).level, flagged)


def join(session: Session, answers: Iterable[Answer]) -> None:
    """Puts submitted answers into their authors' open lots, once each.

    Where everything is reviewed anyway, nobody has to wait for the end of the day: it is drawn at once.
    """
    by_author: dict[tuple[UUID, UUID], dict[UUID, Answer]] = defaultdict(dict)
    for answer in answers:
        by_author[answer.project_id, answer.person_id][answer.annotation_id] = answer
    # In a fixed order: two that put answers into several lots never wait for each other in a circle.
    for (project_id, person_id), wanted in sorted(by_author.items()):
        known = repository.members_among(session, wanted)
        new = {key: answer for key, answer in wanted.items() if key not in known}
        if not new:
            continue
        lot = repository.collecting_lot(session, project_id, person_id, now())
        drawn = share_of(session, project_id, person_id) >= 1
        joined = repository.join_lot(session, lot.id, {key: each.revision_id for key, each in new.items()}, drawn)
        if drawn:
            for key in sorted(joined):
                send_to_review(session, new[key], lot.id)
        lot.size += len(joined)
        lot.drawn += len(joined) if drawn else 0
        session.flush()


def leave(session: Session, answer: Answer) -> None:
    """Takes an answer that was changed after it had joined out of its lot: it must not be accepted with the rest."""
    member = repository.member_of(session, answer.annotation_id)
    if member is None or member.outcome is not None or member.revision_id == answer.revision_id:
        return
    member.outcome = "void"
    session.flush()
    lot = repository.lot(session, member.lot_id)
    if lot is not None:
        advance(session, lot)


def send_to_review(session: Session, answer: Answer, lot_id: UUID | None) -> bool:
    """Queues a review of the current revision, once; reviews of earlier ones that wait are void."""
    verdicts.void_older(session, answer.annotation_id, answer.revision_id)
    return repository.queue_review(
        session,
        {
            "project_id": answer.project_id,
            "annotation_id": answer.annotation_id,
            "revision_id": answer.revision_id,
            "item_id": answer.item_id,
            "task_id": answer.task_id,
            "person_id": answer.person_id,
            "lot_id": lot_id,
            "queued_at": now(),
        },
    )


def close(session: Session, lot: Lot, by: UUID | None = None) -> None:
    """Closes a lot: draws its share, at least one, and queues the reviews. An empty lot stays open."""
    repository.void_gone(session, lot.id)
    members = [member for member in repository.lot_members(session, lot.id) if member.outcome != "void"]
    if not members:
        return
    drawn = [member for member in members if member.drawn]
    share = str(share_of(session, lot.project_id, lot.person_id))
    missing = share_size(len(members), share) - len(drawn)
    rest = {str(member.annotation_id): member for member in members if not member.drawn}
    if missing > 0:
        # A seed that nobody knows before: the sample cannot be foreseen.
        _draw(session, lot, [rest[key] for key in draw(rest, missing, secrets.token_hex(16))])
    lot.state, lot.closed_at, lot.closed_by = "reviewing", now(), by
    session.flush()
    if by is not None:
        detail = {"person_id": str(lot.person_id), "number": lot.number, "size": len(members)}
        audit.record(session, by, "closed", "lot", lot.id, detail, lot.project_id)
    advance(session, lot)


def close_all(session: Session, project_id: UUID, person_id: UUID | None, by: UUID) -> int:
    """Closes the open lots of a project, or of one person, before the end of the day. Returns how many."""
    closed = 0
    for found in repository.lots(session, project_id, "collecting", person_id=person_id):
        lot = repository.lot(session, found.id)
        if lot is not None and lot.state == "collecting":
            close(session, lot, by)
            closed += lot.state != "collecting"
    return closed


def close_due(session: Session, project_id: UUID, moment: datetime) -> int:
    """Closes lots whose day, in the organization's time zone, is over. Returns how many."""
    zone, closed = organization_zone(session), 0
    for found in repository.lots(session, project_id, "collecting"):
        if moment >= day_end(found.opened_at, zone):
            lot = repository.lot(session, found.id)
            if lot is not None and lot.state == "collecting":
                close(session, lot)
                closed += lot.state != "collecting"
    return closed


def day_end(moment: datetime, zone: ZoneInfo) -> datetime:
    """The end of the day of `moment` in a time zone. Example: 23:59 and 00:00 in Shanghai are both midnight there."""
    local = moment.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=zone)


def judged(session: Session, lot_id: UUID, annotation_id: UUID, outcome: str) -> None:
    """One member was judged by a person; moves the lot on."""
    lot, member = repository.lot(session, lot_id), repository.member_of(session, annotation_id)
    if lot is None or member is None or member.outcome is not None:
        return
    member.outcome = outcome
    session.flush()
    advance(session, lot)


def advance(session: Session, lot: Lot) -> None:
    """When all drawn are judged: the rest is accepted with them, or reviewed one by one."""
    repository.void_gone(session, lot.id)
    members = count(session, lot)
    if lot.state not in ("reviewing", "screening"):
        return
    drawn = [member for member in members if member.drawn]
    if any(member.outcome is None for member in drawn):
        return
    rest = [member for member in members if not member.drawn]
    good = sum(member.outcome == "accepted" for member in drawn)
    threshold = settings_of(session, lot.project_id).quality.accept_threshold
    reached = not drawn or good >= threshold * len(drawn) - 1e-9
    if lot.state == "reviewing" and rest and drawn and not reached:
        screen(session, lot)
        return
    if lot.state == "reviewing" and rest and not drawn:
        # All drawn ones were deleted by their author: others are drawn, nothing passes unseen.
        _draw(session, lot, rest[: share_size(len(rest), str(share_of(session, lot.project_id, lot.person_id)))])
        count(session, lot)
        return
    _accept_rest(session, lot, rest)
    lot.state = "screened" if lot.state == "screening" or not reached else "accepted"
    lot.ended_at = now()
    count(session, lot)


def advance_all(session: Session, project_id: UUID) -> None:
    """Moves on lots under review some of whose members were deleted meanwhile."""
    for lot_id in earlier.lots_with_gone(session, project_id):
        lot = repository.lot(session, lot_id)
        if lot is not None:
            advance(session, lot)


def screen(session: Session, lot: Lot) -> None:
    """Everything of a lot that was not drawn is reviewed too."""
    rest = [each for each in repository.lot_members(session, lot.id) if not each.drawn and each.outcome is None]
    _draw(session, lot, rest)
    if lot.state == "reviewing":
        lot.state = "screening"
    count(session, lot)


def review_all(session: Session, project_id: UUID, person_id: UUID) -> None:
    """Everything of a person that waits in a lot is reviewed."""
    for found in repository.lots(session, project_id, "collecting", "reviewing", person_id=person_id):
        lot = repository.lot(session, found.id)
        if lot is not None:
            screen(session, lot)


def count(session: Session, lot: Lot) -> list[LotMember]:
    """Counts the lot's members into its columns; returns those that still exist."""
    members = [member for member in repository.lot_members(session, lot.id) if member.outcome != "void"]
    lot.size = len(members)
    lot.drawn = sum(member.drawn for member in members)
    lot.judged = sum(member.outcome is not None for member in members)
    lot.accepted = sum(member.outcome == "accepted" for member in members)
    session.flush()
    return members


def _draw(session: Session, lot: Lot, members: list[LotMember]) -> None:
    found = judging.answers(session, [member.annotation_id for member in members])
    for member in members:
        member.drawn = True
        if (answer := found.get(member.annotation_id)) is not None:
            send_to_review(session, answer, lot.id)
    session.flush()


def _accept_rest(session: Session, lot: Lot, rest: list[LotMember]) -> None:
    waiting = [member for member in rest if member.outcome is None]
    found = judging.answers(session, [member.annotation_id for member in waiting])
    verdict = Verdict("lot", at=now())
    for member in waiting:
        member.outcome = "accepted"
        if (answer := found.get(member.annotation_id)) is not None:
            judging.accept(session, answer, verdict)
    session.flush()

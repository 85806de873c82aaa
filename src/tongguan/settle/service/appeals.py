"""Appeals against payslips: filed within some days of the closing, answered by a manager with a new ledger line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from tongguan.core import audit
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Forbidden, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.people.interface import people_by_id
from tongguan.projects.interface import settings_of
from tongguan.settle import repository
from tongguan.settle.models import LedgerLine, PayAppeal, PayAppealAnswer
from tongguan.settle.schemas import AppealAnswerIn, AppealIn, AppealView
from tongguan.settle.service import periods, slips

CORRECTION = "correction"


def file(session: Session, project_id: UUID, period_id: UUID, me: UUID, wish: AppealIn) -> AppealView:
    """A person appeals against their own payslip, or one line of it, once each.

    NotFound `pay.no_slip`, `pay.line_not_found`; Conflict `pay.appeal_late`, `pay.appeal_exists`.
    """
    period = periods.find(session, project_id, period_id)
    own = repository.lines(session, period_id, me)
    if not own:
        raise NotFound("pay.no_slip", "You have no payslip in this period.", {"id": str(period_id)})
    if wish.line_id is not None and all(line.id != wish.line_id or line.kind == CORRECTION for line in own):
        raise NotFound("pay.line_not_found", "Your payslip has no such line.", {"id": str(wish.line_id)})
    moment, last = now(), periods.appeal_until(session, period)
    if moment > last:
        raise Conflict("pay.appeal_late", "The time for an appeal is over.", {"until": last.isoformat()})
    days = settings_of(session, project_id).pay.answer_days
    appeal_id = new_id()
    values = {
        "id": appeal_id,
        "project_id": project_id,
        "period_id": period_id,
        "person_id": me,
        "line_id": wish.line_id,
        "text": wish.text,
        "filed_at": moment,
        "answer_by": moment + timedelta(days=days),
    }
    if not repository.add_appeal(session, values):
        raise Conflict("pay.appeal_exists", "You have appealed against this already.", {"id": str(period_id)})
    detail = {"period": period.number, "line_id": str(wish.line_id) if wish.line_id else None}
    audit.record(session, me, "filed", "pay_appeal", appeal_id, detail, project_id)
    return one(session, project_id, appeal_id)


def answer(session: Session, project_id: UUID, appeal_id: UUID, me: UUID, wish: AppealAnswerIn) -> AppealView:
    """A manager answers with a new line of the same payslip: an amount where the appeal is right, else 0.

    NotFound `pay.appeal_not_found`; Forbidden `pay.appeal_own`; Conflict `pay.appeal_answered`; Invalid
    `pay.appeal_amount`.
    """
    repository.lock_project(session, project_id)
    found = repository.appeal(session, project_id, appeal_id)
    if found is None:
        raise NotFound("pay.appeal_not_found", "There is no such appeal.", {"id": str(appeal_id)})
    if found.person_id == me:
        raise Forbidden("pay.appeal_own", "An appeal is answered by somebody else.")
    if repository.appeal_answers(session, [appeal_id]):
        raise Conflict("pay.appeal_answered", "This appeal is answered already.", {"id": str(appeal_id)})
    if wish.granted != (wish.amount_fen > 0):
        message = "A granted appeal adds at least one fen, a refused one adds none."
        raise Invalid("pay.appeal_amount", message, {"field": "amount_fen"})
    line = _correction(session, found, me, wish)
    session.add(
        PayAppealAnswer(
            id=new_id(),
            appeal_id=appeal_id,
            granted=wish.granted,
            text=wish.text,
            line_id=line.id,
            answered_by=me,
            answered_at=now(),
        )
    )
    session.flush()
    detail = {"granted": wish.granted, "amount_fen": wish.amount_fen, "line_id": str(line.id), "text": wish.text}
    audit.record(session, me, "answered", "pay_appeal", appeal_id, detail, project_id)
    return one(session, project_id, appeal_id)


def _correction(session: Session, found: PayAppeal, me: UUID, wish: AppealAnswerIn) -> LedgerLine:
    base = repository.lines(session, found.period_id, found.person_id)[0]
    line = LedgerLine(
        id=new_id(),
        period_id=found.period_id,
        person_id=found.person_id,
        kind=CORRECTION,
        quantity=Decimal(0),
        amount_fen=wish.amount_fen,
        key=f"appeal:{found.id}",
        explanation={
            **base.explanation,
            "appeal_id": str(found.id),
            "line_id": str(found.line_id) if found.line_id else None,
            "granted": wish.granted,
            "text": wish.text,
            "answered_by": str(me),
        },
    )
    session.add(line)
    session.flush()
    return line


def one(session: Session, project_id: UUID, appeal_id: UUID) -> AppealView:
    """One appeal as the pages show it."""
    found = repository.appeal(session, project_id, appeal_id)
    if found is None:
        raise NotFound("pay.appeal_not_found", "There is no such appeal.", {"id": str(appeal_id)})
    return _views(session, project_id, [found])[0]


def listed(session: Session, project_id: UUID, person_id: UUID | None) -> list[AppealView]:
    """Appeals of everybody or of one person: those that wait first, the oldest of them first."""
    shown = _views(session, project_id, repository.appeals(session, project_id, person_id))
    waiting = sorted((each for each in shown if each.state == "open"), key=lambda each: each.answer_by)
    return [*waiting, *(each for each in shown if each.state != "open")]


def _views(session: Session, project_id: UUID, rows: Sequence[PayAppeal]) -> list[AppealView]:
    answers = repository.appeal_answers(session, [row.id for row in rows])
    numbers = {row.id: row.number for row in repository.periods(session, project_id)}
    wanted = {row.line_id for row in rows if row.line_id} | {each.line_id for each in answers.values()}
    lines = repository.lines_by_id(session, wanted)
    ids = {row.person_id for row in rows} | {each.answered_by for each in answers.values()}
    names = {each: person.name for each, person in people_by_id(session, ids).items()}
    moment = now()
    shown = []
    for row in rows:
        given = answers.get(row.id)
        shown.append(
            AppealView(
                id=row.id,
                period_id=row.period_id,
                period=numbers[row.period_id],
                person_id=row.person_id,
                person=names.get(row.person_id, ""),
                line=slips.line_view(lines[row.line_id]) if row.line_id else None,
                text=row.text,
                filed_at=row.filed_at,
                answer_by=row.answer_by,
                overdue=given is None and moment > row.answer_by,
                state="open" if given is None else "granted" if given.granted else "refused",
                answer=given.text if given else "",
                answered_by=names.get(given.answered_by, "") if given else "",
                answered_at=given.answered_at if given else None,
                amount_fen=lines[given.line_id].amount_fen if given else None,
            )
        )
    return shown

"""Periods: a month of work in the organization's time zone, closed at its end or earlier by the owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tongguan.core import audit, events, failpoints
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.people.interface import organization_zone, people_by_id
from tongguan.projects.interface import settings_of
from tongguan.settle import repository
from tongguan.settle.events import PERIOD_CLOSED
from tongguan.settle.models import PayPeriod
from tongguan.settle.schemas import OpenPeriod, PeriodDetail, PeriodView, SlipView
from tongguan.settle.service import rates as rates_of
from tongguan.settle.service import slips

# A period closes by itself this long after its end, when the last judgements of the month have become work rows.
GRACE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Span:
    """The period that runs: a month, from the end of the last one. `end` is the first moment after it."""

    number: int
    month: date
    starts_on: date
    ends_on: date
    end: datetime


def running(session: Session, project_id: UUID) -> Span:
    """The period that runs. Months without any work are passed over; nobody is paid for them."""
    zone = organization_zone(session)
    last = repository.last_period(session, project_id)
    present = now().astimezone(zone).date().replace(day=1)
    oldest = repository.first_open_work(session, project_id)
    worked = oldest.astimezone(zone).date().replace(day=1) if oldest else present
    month = min(worked, present)
    if last is not None:
        # Work that was judged after an early end belongs to the next month's period.
        month = max(month, _next(last.month))
    starts_on = month if last is None or last.month != _before(month) or not last.early else last.ends_on
    ends_on = _next(month) - timedelta(days=1)
    return Span((last.number if last else 0) + 1, month, starts_on, ends_on, _midnight(_next(month), zone))


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def close(session: Session, project_id: UUID, by: UUID | None) -> PayPeriod:
    """Closes the period that runs: all work judged until now (or until its end) becomes ledger lines, once.

    Conflict `pay.not_begun` when the month of the period has not begun: it was closed early already; `pay.nothing`
    when there is no work to pay.
    Invalid `pay.no_rate` when the rules lack a unit; nothing is written then.
    """
    repository.lock_project(session, project_id)
    span, moment = running(session, project_id), now()
    zone = organization_zone(session)
    today = moment.astimezone(zone).date()
    if today < span.month:
        params = {"month": span.month.isoformat()}
        raise Conflict("pay.not_begun", "This month's period is closed; the next has not begun.", params)
    early = moment < span.end
    rows = repository.open_work(session, project_id, before=None if early else span.end)
    if not rows:
        raise Conflict("pay.nothing", "There is no work to pay in this period.", {"month": span.month.isoformat()})
    toml = rates_of.current_card(session, project_id)
    rates = rates_of.parse(toml)
    computed = slips.compute(rates, rows)
    period = PayPeriod(
        id=new_id(),
        project_id=project_id,
        number=span.number,
        month=span.month,
        starts_on=span.starts_on,
        ends_on=today if early else span.ends_on,
        closed_at=moment,
        closed_by=by,
        early=early,
        rate_toml=toml,
    )
    session.add(period)
    session.flush()
    failpoints.hit("settle.period_opened")
    repository.assign_work(session, period.id, [row.id for row in rows])
    for person_id, slip in computed.items():
        repository.add_lines(session, [_values(period.id, person_id, each) for each in slips.entries(slip, rates)])
    failpoints.hit("settle.lines_written")
    total = sum(slip.total_fen for slip in computed.values())
    detail = {"number": span.number, "people": len(computed), "total_fen": total, "rows": len(rows), "early": early}
    audit.record(session, by, "closed", "pay_period", period.id, detail, project_id)
    told = {"project_id": str(project_id), "period_id": str(period.id), "month": span.month.isoformat()[:7], **detail}
    events.emit(session, PERIOD_CLOSED, told)
    session.flush()
    return period


def _values(period_id: UUID, person_id: UUID, entry: slips.LedgerEntry) -> dict[str, object]:
    key = f"{period_id}:{person_id}:{entry.kind}:{entry.unit}:{entry.difficulty}:{entry.outcome}"
    return {
        "period_id": period_id,
        "person_id": person_id,
        "kind": entry.kind,
        "unit": entry.unit,
        "difficulty": entry.difficulty,
        "outcome": entry.outcome,
        "quantity": entry.quantity,
        "rate": entry.rate,
        "coefficient": entry.coefficient,
        "amount_fen": entry.amount_fen,
        "key": key,
        "explanation": entry.explanation,
    }


def close_due(session: Session, project_id: UUID) -> int:
    """Closes periods whose end has passed and that hold work. Returns how many.

    A period whose rules lack a rate stays open and says so on the page; the owner adds the rate.
    """
    closed = 0
    while repository.first_open_work(session, project_id) is not None:
        if now() < running(session, project_id).end + GRACE:
            break
        try:
            with session.begin_nested():
                close(session, project_id, None)
        except (Invalid, Conflict):
            break
        closed += 1
    return closed


def open_period(session: Session, project_id: UUID, person_id: UUID | None = None) -> OpenPeriod:
    """What the period that runs would pay now: an estimate, of everybody or of one person."""
    span = running(session, project_id)
    before = None if now() < span.end else span.end
    rows = repository.open_work(session, project_id, before=before, person_id=person_id)
    shown: list[SlipView] = []
    problem = None
    try:
        rates = rates_of.parse(rates_of.current_card(session, project_id))
        computed = slips.compute(rates, rows)
        names = _names(session, set(computed))
        shown = [slips.show(each, names[each], slip, rates) for each, slip in computed.items()]
    except Invalid as error:
        problem = error.message
    return OpenPeriod(
        month=span.month,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        problem=problem,
        slips=sorted(shown, key=lambda slip: slip.person),
        total_fen=sum(slip.total_fen for slip in shown),
    )


def closed_periods(session: Session, project_id: UUID, person_id: UUID | None = None) -> list[PeriodView]:
    """Closed periods, newest first; with `person_id` the sums of that person alone."""
    totals = repository.totals(session, project_id)
    result = []
    for row in repository.periods(session, project_id):
        people, total = totals.get(row.id, (0, 0))
        if person_id is not None:
            own = repository.lines(session, row.id, person_id)
            people, total = int(bool(own)), sum(line.amount_fen for line in own)
        result.append(_view(row, people, total))
    return result


def _view(row: PayPeriod, people: int, total: int) -> PeriodView:
    return PeriodView(
        id=row.id,
        number=row.number,
        month=row.month,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        early=row.early,
        people=people,
        total_fen=total,
    )


def find(session: Session, project_id: UUID, period_id: UUID) -> PayPeriod:
    """A closed period of a project. NotFound otherwise."""
    row = repository.period(session, project_id, period_id)
    if row is None:
        raise NotFound("pay.period_not_found", "There is no such pay period.", {"id": str(period_id)})
    return row


def detail(session: Session, project_id: UUID, period_id: UUID, person_id: UUID | None = None) -> PeriodDetail:
    """A closed period with its payslips, of everybody or of one person, out of the ledger."""
    row = find(session, project_id, period_id)
    by_person: dict[UUID, list[slips.StoredLine]] = {}
    for line in repository.lines(session, period_id, person_id):
        by_person.setdefault(line.person_id, []).append(line)
    names = _names(session, set(by_person))
    shown = [slips.stored_slip(each, names[each], lines) for each, lines in by_person.items()]
    total = sum(slip.total_fen for slip in shown)
    view = _view(row, len(shown), total)
    return PeriodDetail(
        **dict(view),
        slips=sorted(shown, key=lambda slip: slip.person),
        rate_toml=row.rate_toml,
        appeal_until=appeal_until(session, row),
    )


def appeal_until(session: Session, row: PayPeriod) -> datetime:
    """The last moment for an appeal against a closed period."""
    return row.closed_at + timedelta(days=settings_of(session, row.project_id).pay.appeal_days)


def _names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    people = people_by_id(session, ids)
    return {each: people[each].name if each in people else str(each) for each in ids}

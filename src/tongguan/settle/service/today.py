"""The page of a person who works: units, pay, quality, what is next and why, what is left to clear, what to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

from tongguan.core.auth import Caller
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Invalid
from tongguan.people.interface import organization_zone, person, qualifications
from tongguan.projects.interface import Project, ProjectSettings
from tongguan.quality.interface import accepted_units, findings_of_person, quality_over, reviews_waiting
from tongguan.rules.interface import RuleVersion, current_version, published_versions
from tongguan.settle import repository
from tongguan.settle.models import WorkRow
from tongguan.settle.payslip import Payslip, Rates
from tongguan.settle.payslip.numbers import plain
from tongguan.settle.schemas import (
    AppealCounts,
    Condition,
    LastSlip,
    LevelView,
    NextWork,
    PayToday,
    RuleToRead,
    Today,
    UnitCount,
)
from tongguan.settle.service import appeals, periods, slips
from tongguan.settle.service import rates as rates_of

RECENT_UNITS = 200
COUNTED = ("accepted", "rework_rule")
MAY_LABEL = frozenset({"annotator", "inspector", "trainer", "manager"})
MAY_ANSWER = frozenset({"manager", "owner"})
MAY_REVIEW = frozenset({"inspector", "trainer", "manager", "owner"})


def show(session: Session, caller: Caller, project: Project, settings: ProjectSettings, roles: frozenset[str]) -> Today:
    """Today of one person in one project."""
    zone = organization_zone(session)
    day = now().astimezone(zone).date()
    midnight = datetime.combine(day, time(), tzinfo=zone)
    month = datetime.combine(day.replace(day=1), time(), tzinfo=zone)
    rows = repository.open_work(session, project.id, person_id=caller.person_id)
    judged = repository.work_since(session, project.id, caller.person_id, month)
    rules = current_version(session, project.id)
    reviewing = bool(roles & MAY_REVIEW)
    return Today(
        date=day,
        time_zone=str(zone),
        project_id=project.id,
        project=project.name,
        rule_version=rules.number if rules else None,
        roles=sorted(roles),
        units=_units(judged, midnight),
        pay=pay(rates_of.current_card(session, project.id), rows, midnight),
        quality=quality_over(session, caller.person_id, RECENT_UNITS, project.id),
        level=level(session, caller.person_id, settings),
        next=next_work(session, caller.person_id, project, rules, roles),
        findings=findings_of_person(session, caller, project.id, limit=10),
        rules_to_read=rules_to_read(session, project.id, caller.person_id),
        reviews_waiting=reviews_waiting(session, project.id, caller.person_id) if reviewing else None,
        last_slip=last_slip(session, project.id, caller.person_id),
        appeals=appeal_counts(session, project.id, caller.person_id, bool(roles & MAY_ANSWER)),
    )


def last_slip(session: Session, project_id: UUID, person_id: UUID) -> LastSlip | None:
    """The person's payslip of the latest closed period, as long as it may be appealed against."""
    period = repository.last_period(session, project_id)
    if period is None or now() > (until := periods.appeal_until(session, period)):
        return None
    lines = repository.lines(session, period.id, person_id)
    if not lines:
        return None
    total = sum(line.amount_fen for line in lines)
    return LastSlip(period_id=period.id, number=period.number, total_fen=total, appeal_until=until)


def appeal_counts(session: Session, project_id: UUID, person_id: UUID, answers: bool) -> AppealCounts:
    """Appeals without an answer: the person's own, and for who `answers` those of others."""
    listed = appeals.listed(session, project_id, None if answers else person_id)
    waiting = [each for each in listed if each.state == "open"]
    others = [each for each in waiting if each.person_id != person_id]
    return AppealCounts(
        own=len(waiting) - len(others), to_answer=len(others), overdue=sum(each.overdue for each in others)
    )


def _units(rows: Sequence[WorkRow], midnight: datetime) -> list[UnitCount]:
    month: dict[str, Decimal] = {}
    today: dict[str, Decimal] = {}
    for row in rows:
        if row.outcome in COUNTED:
            month[row.unit] = month.get(row.unit, Decimal(0)) + row.quantity
            if row.accepted_at >= midnight:
                today[row.unit] = today.get(row.unit, Decimal(0)) + row.quantity
    return [
        UnitCount(unit=unit, today=plain(today.get(unit, Decimal(0))), month=plain(count))
        for unit, count in sorted(month.items())
    ]


def pay(toml: str, rows: Sequence[WorkRow], midnight: datetime) -> PayToday:
    """What the open work of one person would pay, and how much of it today's work adds."""
    try:
        rates = rates_of.parse(toml)
        all_of = slips.compute(rates, rows)
        before = slips.compute(rates, [row for row in rows if row.accepted_at < midnight])
    except Invalid as error:
        return _nothing(error.message)
    slip = next(iter(all_of.values()), None)
    if slip is None:
        return _empty(rates)
    earlier = next(iter(before.values()), None)
    beyond = _beyond(slip)
    return PayToday(
        problem=None,
        today_fen=beyond - (_beyond(earlier) if earlier else 0),
        base_fen=slip.base_fen,
        beyond_fen=beyond,
        total_fen=slip.total_fen,
        quota_units=plain(rates.quota_units),
        units_in_quota=plain(slip.units_in_quota),
        accepted_share=plain(slip.accepted_share),
        coefficient=str(slip.coefficient),
        lines=[slips.line_view(entry) for entry in slips.entries(slip, rates)],
    )


def _beyond(slip: Payslip) -> int:
    return sum(line.amount_fen for line in slip.lines)


def _empty(rates: Rates) -> PayToday:
    # The base wage is paid with the first judged work of the month; until then there is no payslip.
    return PayToday(
        problem=None,
        today_fen=0,
        base_fen=0,
        beyond_fen=0,
        total_fen=0,
        quota_units=plain(rates.quota_units),
        units_in_quota="0",
        accepted_share=None,
        coefficient=None,
        lines=[],
    )


def _nothing(problem: str) -> PayToday:
    return PayToday(
        problem=problem,
        today_fen=None,
        base_fen=None,
        beyond_fen=None,
        total_fen=None,
        quota_units=None,
        units_in_quota=None,
        accepted_share=None,
        coefficient=None,
        lines=[],
    )


def level(session: Session, person_id: UUID, settings: ProjectSettings) -> LevelView:
    """The person's level and what is left to clear the next. Units and quality count over all projects."""
    present = person(session, person_id).level
    rule = next((each for each in sorted(settings.levels, key=lambda each: each.level) if each.level > present), None)
    if rule is None:
        return LevelView(level=present, next=None, conditions=[])
    units = accepted_units(session, person_id)
    quality = quality_over(session, person_id, rule.last_units)
    share = quality.share
    conditions = [
        Condition(kind="accepted_units", need=rule.accepted_units, have=units, met=units >= rule.accepted_units),
        Condition(
            kind="quality",
            need=rule.quality,
            have=share,
            last_units=rule.last_units,
            met=share is not None and share >= rule.quality,
        ),
        Condition(kind="promotion", need=None, have=None, met=False),
    ]
    return LevelView(level=present, next=rule.level, conditions=conditions)


def next_work(
    session: Session, person_id: UUID, project: Project, rules: RuleVersion | None, roles: frozenset[str]
) -> NextWork:
    """What the queue would give next, and why. Gold is never told apart: only the queue itself is looked at."""
    if not roles & MAY_LABEL:
        return NextWork(code="no_role")
    if project.state != "active":
        return NextWork(code="paused")
    if rules is None:
        return NextWork(code="no_rules")
    open_ = {row.person_id for row in qualifications(session, project.id, rules.major) if row.state == "open"}
    if person_id not in open_:
        return NextWork(code="not_qualified")
    redo = repository.rework(session, project.id, person_id)
    waiting = int(redo.waiting) if redo else 0
    if (held := repository.held(session, project.id, person_id)) is not None:
        return NextWork(code="held", item=held.item, batch=held.batch, waiting=waiting)
    if redo is not None:
        return NextWork(code="rework", item=redo.item, batch=redo.batch, waiting=waiting)
    first = repository.queue(session, project.id, person_id)
    if first is None:
        return NextWork(code="empty")
    return NextWork(code="priority" if first.priority > 0 else "queue", batch=first.batch)


def rules_to_read(session: Session, project_id: UUID, person_id: UUID) -> list[RuleToRead]:
    """Published versions newer than the one the person last submitted under, newest first; the current one for who has
    not begun."""
    known = repository.last_rules(session, project_id, person_id)
    versions = published_versions(session, project_id)
    fresh = versions[:1] if known is None else [each for each in versions if (each.major, each.minor) > known]
    return [
        RuleToRead(
            id=each.id,
            number=each.number,
            major=known is None or each.major > known[0],
            note=each.note,
            published_at=each.published_at,
        )
        for each in fresh[:5]
    ]

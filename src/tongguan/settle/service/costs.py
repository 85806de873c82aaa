"""The cost of a project day by day: closed periods as they were paid, the running one as it would be."""

from __future__ import annotations

from uuid import UUID

from tongguan.core.database import Session
from tongguan.core.errors import Invalid
from tongguan.people.interface import organization_zone
from tongguan.settle import repository
from tongguan.settle.schemas import CostDay, CostLine
from tongguan.settle.service import rates as rates_of
from tongguan.settle.service import slips

# Every point of the running period is a computation of all its payslips.
POINTS = 10


def line(session: Session, project_id: UUID) -> CostLine:
    """The sum paid at the end of each closed period, then at most ten days of the running one."""
    zone = organization_zone(session)
    totals = repository.totals(session, project_id)
    days: list[CostDay] = []
    paid = 0
    for row in reversed(repository.periods(session, project_id)):
        paid += totals.get(row.id, (0, 0))[1]
        days.append(CostDay(day=row.ends_on, cost_fen=paid))
    rows = sorted(repository.open_work(session, project_id), key=lambda row: row.accepted_at)
    worked = sorted({row.accepted_at.astimezone(zone).date() for row in rows})
    step = -(-len(worked) // POINTS) or 1
    problem = None
    try:
        rates = rates_of.parse(rates_of.current_card(session, project_id))
        for day in worked[::-1][::step][::-1]:
            until = [row for row in rows if row.accepted_at.astimezone(zone).date() <= day]
            due = sum(slip.total_fen for slip in slips.compute(rates, until).values())
            days.append(CostDay(day=day, cost_fen=paid + due))
    except Invalid as error:
        problem = error.message
    return CostLine(days=days, problem=problem)

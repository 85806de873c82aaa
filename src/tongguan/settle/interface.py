"""What other stages may call of the stage settle."""

from __future__ import annotations

from uuid import UUID

from tongguan.core.database import Session
from tongguan.settle.models import PayPeriod
from tongguan.settle.schemas import OpenPeriod, PeriodDetail, PeriodView, RatesView
from tongguan.settle.service import periods, rates

__all__ = ["close_period", "closed_periods", "open_period", "period", "set_rates"]


def set_rates(session: Session, project_id: UUID, person_id: UUID, toml: str) -> RatesView:
    """Sets the pay rules of the open period and later ones. Invalid `pay.rates` names every problem."""
    return rates.change(session, project_id, person_id, toml)


def open_period(session: Session, project_id: UUID) -> OpenPeriod:
    """What the period that runs would pay everybody now: an estimate."""
    return periods.open_period(session, project_id)


def closed_periods(session: Session, project_id: UUID) -> list[PeriodView]:
    """Closed periods with their sums, newest first."""
    return periods.closed_periods(session, project_id)


def close_period(session: Session, project_id: UUID, by: UUID | None) -> PayPeriod:
    """Closes the period that runs. Conflict `pay.not_begun`, `pay.nothing`; Invalid `pay.no_rate`."""
    return periods.close(session, project_id, by)


def period(session: Session, project_id: UUID, period_id: UUID) -> PeriodDetail:
    """A closed period with everybody's payslips."""
    return periods.detail(session, project_id, period_id)

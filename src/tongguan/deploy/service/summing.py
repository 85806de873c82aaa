"""The summary of a shift."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Invalid
from tongguan.deploy.models import Deployment
from tongguan.deploy.repository import alarms, shifts
from tongguan.deploy.schemas import AlarmOut, HourOut, Monitors, SummaryOut, Verdict
from tongguan.deploy.service.monitors import DAY, shift_began
from tongguan.deploy.service.statistics import wilson
from tongguan.people.interface import organization_zone

LONGEST = 32 * DAY


def summary(session: Session, found: Deployment, since: datetime | None, until: datetime | None) -> SummaryOut:
    """Figures from `since` (else: the beginning of the shift, outside of one the last 24 hours) until `until`."""
    end = until or now()
    limits = Monitors.model_validate(found.monitors)
    begin = since or shift_began(limits, organization_zone(session), end) or end - DAY
    if begin >= end or end - begin > LONGEST:
        raise Invalid("summary.time", "Choose a time of at most 32 days.")
    window = (found.id, begin, end)
    verdicts, hours = _hours(shifts.hours(session, *window))
    said = shifts.feedback(session, *window)
    wrong_reasons = {row.reason: row.n for row in said if row.kind == "wrong"}
    wrong, given = sum(wrong_reasons.values()), verdicts["ok"] + verdicts["defect"]
    value, low, high = wilson(min(wrong, given), given)
    answers, other = shifts.shadow(session, *window)
    return SummaryOut(
        since=begin,
        until=end,
        pictures=sum(verdicts.values()),
        verdicts=verdicts,
        check_reasons=shifts.checks(session, *window),
        labels=shifts.labels(session, *window),
        wrong=wrong,
        wrong_reasons=wrong_reasons,
        right=sum(row.n for row in said if row.kind == "right"),
        wrong_share={"value": value, "low": low, "high": high} if given else None,
        latency_ms=shifts.latency(session, *window),
        shadow={"answers": answers, "other": other} if answers else None,
        hours=hours,
        alarms=[AlarmOut.model_validate(row) for row in alarms.between(session, *window)],
    )


def _hours(rows: Any) -> tuple[dict[Verdict, int], list[HourOut]]:
    verdicts: dict[Verdict, int] = {"ok": 0, "defect": 0, "check": 0}
    hours: dict[datetime, HourOut] = {}
    for row in rows:
        hour = hours.setdefault(row.at, HourOut(at=row.at))
        setattr(hour, row.verdict, row.answers)
        hour.wrong += row.wrong
        verdicts[row.verdict] += row.answers
    return verdicts, list(hours.values())

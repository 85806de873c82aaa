"""Gate 3: the project's accepted share, with its interval, written down for the gate map."""

from __future__ import annotations

from uuid import UUID

from tongguan.core.database import Session
from tongguan.projects.interface import gate_states, record_gate, settings_of
from tongguan.quality.repository import earlier
from tongguan.quality.repository import figures as sql
from tongguan.quality.schemas import GateFigure
from tongguan.quality.service import figures
from tongguan.quality.service.intervals import Share
from tongguan.rules.interface import current_version

QUALITY_GATE = 3


def figure(session: Session, project_id: UUID) -> GateFigure:
    """The share of checked answers that stand accepted now, and the state of the gate that follows from it."""
    accepted, judged, first = sql.gate(session, project_id)
    share = Share(accepted, judged)
    low, high = share.interval
    threshold = settings_of(session, project_id).quality.gate_share
    reached = share.value is not None and share.value >= threshold
    before = gate_states(session, project_id).get(QUALITY_GATE, "closed")
    if reached:
        state = "open"
    elif before in ("open", "reclosed"):
        state = "reclosed"
    else:
        state = "working" if judged or earlier.submitted_count(session, project_id) else "closed"
    return GateFigure(
        state=state,
        accepted=accepted,
        judged=judged,
        share=share.value,
        low=low,
        high=high,
        threshold=threshold,
        first_pass=figures.view(first, judged),
    )


def refresh(session: Session, project_id: UUID) -> None:
    """Writes gate 3 down as it is now."""
    now_ = figure(session, project_id)
    rules = current_version(session, project_id)
    missing = []
    if now_.judged == 0:
        missing.append({"code": "quality.nothing_judged", "params": {}})
    elif now_.state != "open":
        params = {"share": now_.share, "threshold": now_.threshold, "accepted": now_.accepted, "judged": now_.judged}
        missing.append({"code": "quality.share_too_low", "params": params})
    shown = {
        "value": now_.share,
        "total": now_.judged,
        "unit": "share",
        "low": now_.low,
        "high": now_.high,
        "accepted": now_.accepted,
        "threshold": now_.threshold,
        "first_pass": now_.first_pass.share,
    }
    rule_version = rules.id if rules else None
    record_gate(session, project_id, QUALITY_GATE, now_.state, shown, missing, rule_version_id=rule_version)

"""What is watched of a running deployment, each monitor one function that gives a reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.deploy.models import Deployment
from tongguan.deploy.repository import alarms, places, watching
from tongguan.deploy.schemas import Monitors
from tongguan.deploy.schemas.drift import BandOut, DriftOut, DriftSource
from tongguan.deploy.service import alarming, gate
from tongguan.deploy.service.alarming import Reading
from tongguan.deploy.service.statistics import distance, percentile, wilson
from tongguan.evaluate.interface import Reference, reference
from tongguan.evaluate.measure.reference import BRIGHTNESS_EDGES, SCORE_EDGES, Distribution, distribution
from tongguan.people.interface import organization_zone

# A drift is called when chance makes such a distance less than once in 10,000 looks, and it is large as well.
DRIFT_P = 1e-4
SHORT_WINDOW = 50
FIRST_PICTURES = 200
DRIFTS = {"brightness": ("brightness", BRIGHTNESS_EDGES), "scores": ("top_score", SCORE_EDGES)}
PERCENTS = {"q05": 5, "q25": 25, "median": 50, "q75": 75, "q95": 95}
DAY = timedelta(days=1)
LATENCY_WINDOW, LATENCY_LEAST = 200, 20
AGREEMENT_WINDOW, AGREEMENT_LEAST = 500, 20
RUNNER_LOOK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class View:
    """What all monitors of a deployment look at. `ended`: until when a person has settled each kind."""

    session: Session
    deployment: Deployment
    limits: Monitors
    zone: ZoneInfo
    moment: datetime
    ended: dict[str, datetime]

    def since(self, kind: str, window: timedelta) -> datetime:
        """From when on a kind counts: its window, the live model's beginning, a person's end of the last alarm."""
        begin = max(self.moment - window, self.deployment.live_since or self.deployment.created_at)
        return max(begin, self.ended.get(kind, begin))


def watch(session: Session) -> None:
    """Looks at every running deployment of the organization: by the clock."""
    zone, moment = organization_zone(session), now()
    for deployment in places.all_running(session):
        ended = alarms.ended_by_people(session, deployment.id)
        limits = Monitors.model_validate(deployment.monitors)
        view = View(session, deployment, limits, zone, moment, ended)
        if not alarming.settle(session, deployment, [monitor(view) for monitor in MONITORS]):
            gate.refresh(session, deployment)


def brightness(view: View) -> Reading:
    """Whether the light of the pictures is that of the benchmark."""
    return _drift(view, "brightness")


def scores(view: View) -> Reading:
    """Whether the highest scores of the pictures are those of the benchmark."""
    return _drift(view, "scores")


def drift(session: Session, deployment: Deployment) -> DriftOut:
    """The bands that both monitors of drift compare with, and what they read now."""
    limits, zone = Monitors.model_validate(deployment.monitors), organization_zone(session)
    view = View(session, deployment, limits, zone, now(), alarms.ended_by_people(session, deployment.id))
    return DriftOut(brightness=_band(view, "brightness"), scores=_band(view, "scores"))


def _band(view: View, kind: str) -> BandOut | None:
    column, edges = DRIFTS[kind]
    known, source = _reference(view, column, edges)
    if known is None or known.n < SHORT_WINDOW:
        return None
    reading = _drift(view, kind)
    at = {name: round(known.quantiles[percent], 4) for name, percent in PERCENTS.items()}
    return BandOut(
        source=source,
        n=known.n,
        mean=round(known.mean, 4),
        psi=reading.figure,
        bound=view.limits.drift_psi,
        pictures=int(reading.detail.get("pictures", 0)),
        out=bool(reading.out),
        **at,
    )


def _drift(view: View, kind: str) -> Reading:
    model_id = view.deployment.live_model_id
    if model_id is None:
        return Reading(kind, False)
    column, edges = DRIFTS[kind]
    values = watching.newest(
        view.session, view.deployment.id, model_id, column, view.since(kind, 30 * DAY), view.limits.drift_window
    )
    if len(values) < SHORT_WINDOW:
        return Reading(kind, None)
    known, source = _reference(view, column, edges)
    if known is None or known.n < SHORT_WINDOW:
        return Reading(kind, False)
    found = max(
        (distance(known, values[: min(size, len(values))]) for size in {SHORT_WINDOW, len(values)}),
        key=lambda one: (one.p < DRIFT_P and one.psi >= view.limits.drift_psi, one.psi),
    )
    out = found.p < DRIFT_P and found.psi >= view.limits.drift_psi
    detail = {
        "ks": found.ks,
        "p": found.p,
        "pictures": found.n,
        "reference": source,
        "mean": round(sum(values[: found.n]) / found.n, 3),
        "reference_mean": round(known.mean, 3),
    }
    return Reading(kind, out, found.psi, view.limits.drift_psi, detail)


def _reference(view: View, column: str, edges: tuple[float, ...]) -> tuple[Distribution | None, DriftSource]:
    """The benchmark's distribution. That of the model's first pictures on this line where it was never evaluated, or on
    a benchmark that is too small to compare with."""
    model_id = view.deployment.live_model_id
    found: Reference | None = reference(view.session, model_id) if model_id else None
    if found is not None and found.items >= SHORT_WINDOW:
        return (found.brightness if column == "brightness" else found.top_score), "benchmark"
    if model_id is None:
        return None, "first_pictures"
    values = watching.first(view.session, view.deployment, model_id, column, FIRST_PICTURES)
    return (distribution(values, edges) if len(values) == FIRST_PICTURES else None), "first_pictures"


def missing(view: View) -> Reading:
    """Whether pictures come while the line works."""
    minutes = view.limits.missing_minutes
    began = shift_began(view.limits, view.zone, view.moment)
    if not minutes or began is None:
        return Reading("missing", False)
    last = watching.last_at(view.session, view.deployment.id)
    since = max(filter(None, (last, began, view.deployment.live_since, view.ended.get("missing"))))
    waited = (view.moment - since).total_seconds() / 60
    detail = {"since": (last or since).isoformat()}
    return Reading("missing", waited > minutes, round(waited, 1), float(minutes), detail)


def shift_began(limits: Monitors, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """When the present shift began, local time; None outside of it. Equal ends mean around the clock."""
    local = moment.astimezone(zone)
    start, end = (time.fromisoformat(text) for text in (limits.shift_start, limits.shift_end))
    today = local.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
    begin = today if today <= local else today - DAY
    hours = timedelta(hours=end.hour - start.hour, minutes=end.minute - start.minute) % DAY or DAY
    return begin if local < begin + hours else None


def latency(view: View) -> Reading:
    """Whether nineteen of twenty answers come in time."""
    values = watching.latencies(
        view.session, view.deployment.id, view.since("latency", timedelta(hours=1)), LATENCY_WINDOW
    )
    if len(values) < LATENCY_LEAST:
        return Reading("latency", False)
    p95 = percentile(values, 95)
    limit = view.limits.latency_p95_ms
    return Reading("latency", p95 > limit, round(p95, 1), limit, {"answers": len(values)})


def disagreement(view: View) -> Reading:
    """Whether operators call too many answers wrong: even the lower end of the interval is beyond the bound."""
    answers, wrong = watching.disagreement(
        view.session, view.deployment.id, view.since("disagreement", 7 * DAY), AGREEMENT_WINDOW
    )
    return _share("disagreement", wrong, answers, view.limits.disagreement)


def shadow(view: View) -> Reading:
    """Whether the shadow model judges too many pictures otherwise."""
    model_id = view.deployment.shadow_model_id
    if model_id is None or view.deployment.live_model_id is None:
        return Reading("shadow", False)
    answers, other = watching.shadow(
        view.session, view.deployment.id, model_id, view.since("shadow", 7 * DAY), AGREEMENT_WINDOW
    )
    return _share("shadow", other, answers, view.limits.shadow_disagreement)


def _share(kind: str, hits: int, n: int, bound: float) -> Reading:
    if n < AGREEMENT_LEAST:
        return Reading(kind, False)
    value, low, high = wilson(hits, n)
    detail = {"low": round(low, 4), "high": round(high, 4), "answers": n, "other": hits}
    if low > bound:
        return Reading(kind, True, round(value, 4), bound, detail)
    # Between the ends of the interval an open alarm stays open and a closed one closed.
    return Reading(kind, False if value <= bound else None, round(value, 4), bound, detail)


def runner(view: View) -> Reading:
    """Whether the last answers came from the model at all."""
    away, answered = watching.runner(view.session, view.deployment.id, view.since("runner", RUNNER_LOOK))
    if away is None:
        return Reading("runner", False if answered is not None else None)
    out = answered is None or answered < away
    return Reading("runner", out, None, None, {"prediction_id": str(away)})


def stale(view: View) -> Reading:
    """Whether the live model is older than it may be."""
    days, made = view.deployment.stale_days, watching.model_made(view.session, view.deployment.live_model_id)
    settled = view.ended.get("stale")
    if not days or made is None or (settled is not None and settled > view.moment - DAY):
        return Reading("stale", False)
    age = (view.moment - made).total_seconds() / 86400
    return Reading("stale", age > days, round(age, 1), float(days))


MONITORS: tuple[Callable[[View], Reading], ...] = (
    brightness,
    scores,
    missing,
    latency,
    disagreement,
    shadow,
    runner,
    stale,
)

"""What becomes of pictures: some unmarked ones turn into tasks, old ones go, the log stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tongguan.core import events, failpoints
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext
from tongguan.deploy.events import PREDICTION_SAMPLED
from tongguan.deploy.repository import places, queues

PICTURES_DUE = "deploy.pictures_due"
# Operators have so long to say something before silence counts as silence.
SAMPLE_AFTER = timedelta(minutes=10)
SAMPLE_LOOK = timedelta(days=2)
CHUNK = 200


def sample(session: Session) -> int:
    """Tells of unmarked answers that were drawn: by the clock. Noted in the same transaction, so each is told once."""
    moment, told = now(), 0
    for deployment in places.every(session):
        if deployment.sample_share <= 0 or deployment.state == "retired":
            continue
        rows = queues.unmarked(
            session, deployment.id, deployment.sample_share, moment - SAMPLE_LOOK, moment - SAMPLE_AFTER, CHUNK
        )
        for row in rows:
            row.sampled_at = moment
            payload = {
                "project_id": str(row.project_id),
                "deployment_id": str(row.deployment_id),
                "prediction_id": str(row.id),
            }
            events.emit(session, PREDICTION_SAMPLED, payload)
        told += len(rows)
        if rows:
            failpoints.hit("deploy.sampled")
    return told


def wake(session: Session) -> None:
    """Lets the worker tidy up where there is something to tidy: by the clock."""
    if places.every(session) and not queues.event_waits(session, PICTURES_DUE):
        events.emit(session, PICTURES_DUE, {})


def let_go(context: JobContext) -> int:
    """Removes pictures beyond their days or beyond the quota, the oldest first.

    Bytes go before the note: a kill in between leaves a note that the next run makes good.
    """
    with context.transaction() as session:
        ids = [deployment.id for deployment in places.every(session)]
    return sum(_of_one(context, deployment_id) for deployment_id in ids)


def _of_one(context: JobContext, deployment_id: UUID) -> int:
    gone = 0
    while True:
        with context.transaction() as session:
            found = places.by_id(session, deployment_id)
            until = now() - timedelta(days=found.retention_days)
            rows = queues.old_pictures(session, deployment_id, until, CHUNK)
            if not rows and found.quota_mb:
                rows = queues.beyond_quota(session, deployment_id, found.quota_mb * 1_000_000, CHUNK)
        if not rows:
            return gone
        for _, key in rows:
            context.storage.delete(key)
        failpoints.hit("deploy.pictures_deleted")
        with context.transaction() as session:
            queues.note_gone(session, [one for one, _ in rows], now())
        failpoints.hit("deploy.pictures_noted")
        gone += len(rows)

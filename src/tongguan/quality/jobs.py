"""Jobs of the stage quality: what happens after a submit, a full task, a judgement; and the sweep by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.events import ANNOTATION_RESTORED, ANNOTATION_SUBMITTED, TASK_DONE
from tongguan.collect.events import ITEM_ERASED
from tongguan.core import failpoints
from tongguan.core.database import Session
from tongguan.core.jobs import JobContext, job, periodic, together
from tongguan.people.events import QUALIFICATION_CHANGED
from tongguan.projects.events import SETTINGS_CHANGED
from tongguan.quality.events import QUALITY_JUDGED
from tongguan.quality.service import consensus, gate, gold, intake
from tongguan.rules.events import RULE_PUBLISHED


@together(ANNOTATION_SUBMITTED, name="quality.submitted")
def submitted(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
    """Sends submitted answers to review, into their authors' lots, or compares them with gold."""
    intake.submitted(session, [UUID(payload["annotation_id"]) for payload in payloads])
    failpoints.hit("quality.submitted")


@job(ANNOTATION_RESTORED, name="quality.restored")
def restored(context: JobContext, payload: dict[str, Any]) -> None:
    """Puts an answer that came back where it belongs: into review when what it says now was never looked at."""
    with context.transaction() as session:
        intake.restored(session, UUID(payload["annotation_id"]))
        failpoints.hit("quality.restored")


@together(TASK_DONE, name="quality.task_done")
def task_done(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
    """Compares the answers to tasks that several people were to answer."""
    for payload in payloads:
        consensus.task_done(session, UUID(payload["task_id"]))
    failpoints.hit("quality.task_done")


@together(QUALITY_JUDGED, name="quality.gate")
def judged(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
    """Writes gate 3 down, once a project, however many judgements wait."""
    for project_id in sorted({payload["project_id"] for payload in payloads}):
        gate.refresh(session, UUID(project_id))


@job(SETTINGS_CHANGED, name="quality.settings_changed")
def settings_changed(context: JobContext, payload: dict[str, Any]) -> None:
    """Another threshold may open or close gate 3; another share of gold needs a stock."""
    with context.transaction() as session:
        gate.refresh(session, UUID(payload["project_id"]))
        gold.top_up(session, UUID(payload["project_id"]))


@job(QUALIFICATION_CHANGED, name="quality.qualified")
def qualified(context: JobContext, payload: dict[str, Any]) -> None:
    """Gives somebody who may work now their stock of hidden gold."""
    with context.transaction() as session:
        gold.top_up(session, UUID(payload["project_id"]), UUID(payload["person_id"]))


@job(RULE_PUBLISHED, name="quality.rule_published")
def rule_published(context: JobContext, payload: dict[str, Any]) -> None:
    """Retires gold whose label classes no longer exist, and fills the stocks under the new version."""
    with context.transaction() as session:
        gold.follow_rules(session, UUID(payload["project_id"]))
        gold.top_up(session, UUID(payload["project_id"]))


@job(ITEM_ERASED, name="quality.erased")
def erased(context: JobContext, payload: dict[str, Any]) -> None:
    """An erased picture is neither reviewed nor handed out as gold."""
    with context.transaction() as session:
        intake.erased(session, UUID(payload["project_id"]), UUID(payload["item_id"]))


@periodic(60, name="quality.sweep")
def sweep(session: Session) -> dict[str, int]:
    """Closes lots at the end of the day, judges gold that waited for a day, fills stocks, takes in what was left."""
    return intake.sweep(session)

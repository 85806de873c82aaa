"""From a prediction on the line to a task: the picture becomes an item, the prediction its proposal.

Every step can be killed and run again: the case is made once for each prediction, bytes are stored under their hash,
and item, task, proposal and case are written in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongguan.annotate import interface as annotate
from tongguan.collect import interface as collect
from tongguan.collect.interface import Arrival, ItemFacts, OpenBatch, Picture
from tongguan.core import failpoints
from tongguan.core.clock import now
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.events import emit
from tongguan.core.jobs import JobContext
from tongguan.deploy import interface as deploy
from tongguan.deploy.interface import PredictionFacts
from tongguan.flows.events import CASE_WAITS
from tongguan.flows.models import LoopCase
from tongguan.flows.repository import cases, following
from tongguan.flows.schemas.loop import RouteSettings
from tongguan.people.interface import organization_zone
from tongguan.projects.interface import gate_states, settings_of
from tongguan.rules.interface import RuleVersion, current_version

# As with all proposals: more than this cost a person more than drawing does.
MOST_MARKS = 30


@dataclass(frozen=True, slots=True)
class Called:
    """A prediction that somebody called wrong, or that was drawn for a look."""

    project_id: UUID
    deployment_id: UUID
    prediction_id: UUID
    kind: str
    reason: str = ""
    person_id: UUID | None = None


def take_in(context: JobContext, called: Called) -> None:
    """Opens the case of a prediction and brings it to a task, if the gates allow."""
    with context.transaction() as session:
        case = cases.open_case(
            session,
            called.project_id,
            called.deployment_id,
            called.prediction_id,
            called.kind,
            called.reason,
            called.person_id,
            now(),
        )
        case_id, task_id = case.id, case.task_id
        if task_id is not None and called.kind == "wrong":
            wanted = route_of(session, called.deployment_id)
            annotate.raise_priority(session, task_id, wanted.priority_wrong)
    failpoints.hit("flows.case_opened")
    bring(context, case_id)


def bring(context: JobContext, case_id: UUID) -> None:
    """Makes the item and the task of a waiting case. It goes on waiting while rules are missing or gate 1 is closed."""
    with context.transaction() as session:
        case = cases.locked(session, case_id)
        if case.state != "waiting" or _must_wait(session, case):
            return
        shown = deploy.prediction(session, case.project_id, case.prediction_id)
        found, name = _known(session, shown), _name(session, shown)
    picture, problem = (None, "") if found else _read(context, shown, name)
    if picture is not None:
        collect.store_arrival(context.storage, context.org_id, picture)
    failpoints.hit("flows.case_stored")
    with context.transaction() as session:
        case = cases.locked(session, case_id)
        if case.state != "waiting":
            return
        if found is None and picture is None:
            _close(case, problem)
        else:
            _write(session, context.org_id, case, picture)
        failpoints.hit("flows.case_written")
    failpoints.hit("flows.case_done")


def _must_wait(session: Session, case: LoopCase) -> bool:
    """Whether the data gate or missing rules hold a case back; says so in the case."""
    if current_version(session, case.project_id) is None:
        case.note = "no_rules"
    elif gate_states(session, case.project_id).get(1) != "open":
        case.note = "data_gate"
    else:
        case.note = ""
    session.flush()
    return bool(case.note)


def _known(session: Session, shown: PredictionFacts) -> ItemFacts | None:
    """The item that was asked about, or that shows the same bytes."""
    if shown.item_id is not None:
        return collect.item(session, shown.item_id)
    return collect.same_bytes(session, shown.project_id, shown.input_sha256)


def _read(context: JobContext, shown: PredictionFacts, name: str) -> tuple[Picture | None, str]:
    """The picture, or why there is none."""
    try:
        return collect.read_arrival(deploy.picture_of(context.storage, shown), name), ""
    except NotFound:
        return None, "no_picture"
    except Invalid:
        return None, "unreadable"


def _write(session: Session, org_id: UUID, case: LoopCase, picture: Picture | None) -> None:
    """Item, task, proposal and case, all in the running transaction."""
    shown = deploy.prediction(session, case.project_id, case.prediction_id)
    item = _known(session, shown)
    case.known = item is not None
    if item is None and picture is not None:
        batch, arrival = _arrival(session, case, shown, picture)
        try:
            collect.add_arrival(session, org_id, batch, arrival)
        except Conflict:
            _close(case, "erased")
            return
        failpoints.hit("flows.case_item")
        item = collect.same_bytes(session, case.project_id, picture.sha256)
    if item is None:
        _close(case, "no_picture")
        return
    case.item_id = item.id
    obstacle = _obstacle(session, case, item)
    if obstacle:
        _close(case, obstacle)
        return
    rules = current_version(session, case.project_id)
    if rules is None:  # retracted in between: the case waits on
        return
    _give_task(session, case, item, rules)
    _propose(session, case, shown, rules)


def _obstacle(session: Session, case: LoopCase, item: ItemFacts) -> str:
    """Why nobody has to label this item; empty when somebody has to."""
    if item.state != "ok":
        return "erased" if item.erased else "refused"
    if annotate.reserved_item(session, item.id):
        return "gold"
    if case.kind == "sampled" and _answered(session, item.id):
        return "answered"
    return ""


def _answered(session: Session, item_id: UUID) -> bool:
    return any(
        found.state == "accepted" and found.purpose == "ordinary"
        for found in annotate.annotations_of_item(session, item_id)
    )


def _give_task(session: Session, case: LoopCase, item: ItemFacts, rules: RuleVersion) -> None:
    """The task that the item has already, else a new one, from the level and with the priority of the route."""
    wanted = route_of(session, case.deployment_id)
    priority = wanted.priority_wrong if case.kind == "wrong" else wanted.priority_sampled
    task_id = annotate.unfinished_task(session, item.id)
    if task_id is not None:
        annotate.raise_priority(session, task_id, priority)
    else:
        task_id = annotate.create_tasks(
            session,
            case.project_id,
            [item.id],
            rules.id,
            needed=settings_of(session, case.project_id).labelling.overlap,
            priority=priority,
            min_level=wanted.level,
        )[0]
    case.task_id, case.state, case.note = task_id, "task", ""
    case.reached = {**case.reached, "task": now().isoformat()}
    session.flush()


def _propose(session: Session, case: LoopCase, shown: PredictionFacts, rules: RuleVersion) -> None:
    """The prediction as proposal: marks above the threshold whose class the rules still have."""
    keys = set(rules.class_keys)
    marks = [
        mark for mark in shown.labels if (mark.get("score") or 0.0) >= shown.threshold and mark.get("label") in keys
    ]
    if case.item_id is not None and shown.model_version_id is not None:
        sets = [(case.item_id, marks[:MOST_MARKS])]
        annotate.store_prelabels(session, case.project_id, shown.model_version_id, sets)


def _arrival(session: Session, case: LoopCase, shown: PredictionFacts, picture: Picture) -> tuple[OpenBatch, Arrival]:
    place, wanted = (
        deploy.deployment(session, case.project_id, case.deployment_id),
        route_of(session, case.deployment_id),
    )
    batch = OpenBatch(
        case.project_id,
        key=str(place.id),
        name=f"line: {place.name}",
        licence=wanted.licence,
        consent=wanted.consent,
        provenance=f"deployment {place.number}",
    )
    provenance = {
        "deployment": str(place.id),
        "prediction": str(case.prediction_id),
        "model": str(shown.model_version_id or ""),
        "device": str(shown.device_id or ""),
        "kind": case.kind,
        "reason": case.reason,
        "taken": shown.created_at.isoformat(),
    }
    return batch, Arrival(picture, _name(session, shown), _group(session, shown, wanted.group_rule), provenance)


def _day(session: Session, moment: datetime) -> str:
    return moment.astimezone(organization_zone(session)).date().isoformat()


def _name(session: Session, shown: PredictionFacts) -> str:
    """The caller's name for the picture, below the day; without one the end of the prediction's id."""
    suffix = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/bmp": ".bmp"}
    name = shown.name.strip("/ ") or shown.id.hex[-12:] + suffix.get(shown.picture_type, "")
    return f"line/{_day(session, shown.created_at)}/{name}"[:500]


def _group(session: Session, shown: PredictionFacts, rule: str) -> str:
    """What must stay on one side: the plate that the caller's name tells, else what one device saw on one day."""
    told = collect.group_of(rule, shown.name) if shown.name else None
    if told:
        return told
    source = shown.device_id or shown.deployment_id
    return f"line/{source}/{_day(session, shown.created_at)}"


def _close(case: LoopCase, note: str) -> None:
    case.state, case.note = "closed", note
    case.reached = {**case.reached, "closed": now().isoformat()}


def route_of(session: Session, deployment_id: UUID) -> RouteSettings:
    """Where a deployment's pictures go; the default until somebody has said so."""
    row = cases.route(session, deployment_id)
    return RouteSettings.model_validate(row, from_attributes=True) if row else RouteSettings()


def wake_waiting(session: Session) -> int:
    """Calls the cases that waited for rules or for the data gate, where nothing holds them back any more."""
    woken = [case for case in cases.waiting(session) if case.note and not _must_wait(session, case)]
    for case in woken:
        emit(session, CASE_WAITS, {"project_id": str(case.project_id), "case_id": str(case.id)})
    return len(woken)


def follow(session: Session, project_id: UUID | None = None) -> int:
    """Moves all cases as far as the facts of the other stages say; a new answer takes the place of an older one."""
    accepted = following.follow(session, project_id)
    for row in accepted:
        older = following.older_answers(session, row.item_id, row.annotation_id)
        if older:
            annotate.set_state(session, older, "superseded")
    return len(accepted)

"""Routes of deploy: deployments and their log for people, questions and feedback for the line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from tongguan.deploy.models import Deployment
from tongguan.deploy.repository import places
from tongguan.deploy.schemas import (
    AlarmOut,
    AlarmPatch,
    ChangeOut,
    DeploymentIn,
    DeploymentOut,
    DeploymentPatch,
    DeviceIn,
    DeviceOut,
    FeedbackIn,
    FeedbackOut,
    LogQuery,
    ModelIn,
    PredictionDetail,
    PredictionPage,
    PredictOut,
    ReasonIn,
    SummaryOut,
    ThresholdIn,
)
from tongguan.deploy.schemas.drift import DriftOut
from tongguan.deploy.service import (
    alarming,
    devices,
    feedback,
    monitors,
    placing,
    predicting,
    receiving,
    showing,
    summing,
)
from tongguan.deploy.service.asking import MOST_NAME, LineDoor, LineRole, LineRoute, QuestionRoute
from tongguan.projects.interface import ProjectAccess, project_role

router = APIRouter(prefix="/api/v1/projects/{project_id}/deployments", tags=["deploy"])
alarm_router = APIRouter(prefix="/api/v1/projects/{project_id}/alarms", tags=["deploy"])
line_router = APIRouter(prefix="/api/v1/deployments/{deployment_id}", tags=["line"], route_class=LineRoute)
question_router = APIRouter(prefix="/api/v1/deployments/{deployment_id}", tags=["line"], route_class=QuestionRoute)
PLACE = "/{deployment_id}"
Asker = Annotated[LineDoor, Depends(LineRole())]
PICTURE = {
    "requestBody": {
        "required": True,
        "content": {
            "image/*": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
            "application/json": {
                "schema": {"type": "object", "properties": {"item_id": {"type": "string", "format": "uuid"}}}
            },
        },
    }
}
Reader = Annotated[
    ProjectAccess,
    Depends(project_role("manager", "trainer", "engineer", "inspector", "operator"), scope="function"),
]
Maker = Annotated[ProjectAccess, Depends(project_role("manager", "trainer", "engineer"), scope="function")]


def _shown(access: ProjectAccess, row: Deployment) -> DeploymentOut:
    return showing.shown(access.session, [row])[0]


def _locked(access: ProjectAccess, deployment_id: UUID) -> Deployment:
    return placing.deployment_of(access.session, access.project.id, deployment_id, lock=True)


@router.get("")
def list_deployments(access: Reader) -> list[DeploymentOut]:
    """Deployments, newest first."""
    return showing.shown(access.session, places.deployments(access.session, access.project.id))


@router.post("", status_code=201)
def create_deployment(access: Maker, wish: DeploymentIn) -> DeploymentOut:
    """Puts a model on the line; one that is not the champion needs a reason."""
    return _shown(access, placing.create(access.session, access.caller, access.project.id, wish))


@router.get(PLACE)
def get_deployment(access: Reader, deployment_id: UUID) -> DeploymentOut:
    """One deployment."""
    return _shown(access, placing.deployment_of(access.session, access.project.id, deployment_id))


@router.patch(PLACE)
def change_deployment(access: Maker, deployment_id: UUID, wish: DeploymentPatch) -> DeploymentOut:
    """Changes settings: console, monitors, retention, sampling."""
    return _shown(access, placing.change(access.session, access.caller, _locked(access, deployment_id), wish))


@router.post(PLACE + "/live")
def set_live_model(access: Maker, deployment_id: UUID, wish: ModelIn) -> DeploymentOut:
    """Lets another model decide."""
    found = _locked(access, deployment_id)
    return _shown(access, placing.set_live(access.session, access.caller, found, wish))


@router.post(PLACE + "/rollback")
def roll_back_deployment(access: Maker, deployment_id: UUID, wish: ReasonIn) -> DeploymentOut:
    """Puts the model before the present one back, with its threshold."""
    return _shown(access, placing.roll_back(access.session, access.caller, _locked(access, deployment_id), wish.reason))


@router.post(PLACE + "/shadow")
def set_shadow_model(access: Maker, deployment_id: UUID, wish: ModelIn) -> DeploymentOut:
    """Lets a model look without deciding; null takes it away."""
    found = _locked(access, deployment_id)
    return _shown(access, placing.set_shadow(access.session, access.caller, found, wish.model_id, wish.reason))


@router.post(PLACE + "/threshold")
def set_threshold(access: Maker, deployment_id: UUID, wish: ThresholdIn) -> DeploymentOut:
    """Another threshold, with costs and reason."""
    return _shown(access, placing.set_threshold(access.session, access.caller, _locked(access, deployment_id), wish))


@router.post(PLACE + "/pause")
def pause_deployment(access: Maker, deployment_id: UUID, wish: ReasonIn) -> DeploymentOut:
    """Every verdict is `check` until it is resumed."""
    return _shown(access, placing.pause(access.session, access.caller, _locked(access, deployment_id), wish.reason))


@router.post(PLACE + "/resume")
def resume_deployment(access: Maker, deployment_id: UUID, wish: ReasonIn) -> DeploymentOut:
    """Answers again."""
    return _shown(access, placing.resume(access.session, access.caller, _locked(access, deployment_id), wish.reason))


@router.post(PLACE + "/retire")
def retire_deployment(access: Maker, deployment_id: UUID, wish: ReasonIn) -> DeploymentOut:
    """Takes a deployment out of use; its log stays."""
    return _shown(access, placing.retire(access.session, access.caller, _locked(access, deployment_id), wish.reason))


@router.get(PLACE + "/changes")
def list_deployment_changes(access: Reader, deployment_id: UUID) -> list[ChangeOut]:
    """Every change, newest first."""
    found = placing.deployment_of(access.session, access.project.id, deployment_id)
    return [ChangeOut.model_validate(row) for row in places.changes(access.session, found.id)]


@router.get(PLACE + "/devices")
def list_devices(access: Maker, deployment_id: UUID) -> list[DeviceOut]:
    """Devices, newest first, without their tokens."""
    found = placing.deployment_of(access.session, access.project.id, deployment_id)
    return [DeviceOut.model_validate(row) for row in places.devices(access.session, found.id)]


@router.post(PLACE + "/devices", status_code=201)
def add_device(access: Maker, deployment_id: UUID, wish: DeviceIn) -> DeviceOut:
    """Makes a device; the answer shows its token once."""
    found = placing.deployment_of(access.session, access.project.id, deployment_id)
    return devices.add(access.session, access.caller, found, wish)


@router.delete(PLACE + "/devices/{device_id}", status_code=204)
def revoke_device(access: Maker, deployment_id: UUID, device_id: UUID) -> None:
    """Ends a device's token at once."""
    found = placing.deployment_of(access.session, access.project.id, deployment_id)
    devices.revoke(access.session, access.caller, found, device_id)


@router.get(PLACE + "/predictions")
def list_predictions(access: Reader, deployment_id: UUID, query: Annotated[LogQuery, Query()]) -> PredictionPage:
    """A window of the log, newest first."""
    found = placing.deployment_of(access.session, access.project.id, deployment_id)
    return showing.window(access.session, access.caller, found, query)


@router.get(PLACE + "/predictions/{prediction_id}")
def get_prediction(access: Reader, deployment_id: UUID, prediction_id: UUID) -> PredictionDetail:
    """One line of the log with its picture, its feedback, and what shadows said."""
    found = placing.deployment_of(access.session, access.project.id, deployment_id)
    return showing.detail(access.session, access.caller, access.project.id, found.id, prediction_id)


@router.get(PLACE + "/summary")
def get_shift_summary(
    access: Reader,
    deployment_id: UUID,
    since: Annotated[datetime | None, Query(description="Empty: the beginning of the present shift.")] = None,
    until: Annotated[datetime | None, Query(description="Empty: now.")] = None,
) -> SummaryOut:
    """A shift, or any time of at most 32 days, in figures."""
    found = placing.deployment_of(access.session, access.project.id, deployment_id)
    return summing.summary(access.session, found, since, until)


@router.get(PLACE + "/drift")
def get_drift(access: Reader, deployment_id: UUID) -> DriftOut:
    """What the monitors of light and scores compare with, and what they read now."""
    return monitors.drift(access.session, placing.deployment_of(access.session, access.project.id, deployment_id))


@alarm_router.get("")
def list_alarms(
    access: Reader,
    only_open: bool = False,
    deployment_id: UUID | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[AlarmOut]:
    """Alarms, newest first."""
    return alarming.page(access.session, access.project.id, only_open, deployment_id, before, limit)


@alarm_router.patch("/{alarm_id}")
def change_alarm(access: Maker, alarm_id: UUID, wish: AlarmPatch) -> AlarmOut:
    """Owner, note, acknowledgement; a person who closes an alarm says why in the note."""
    return alarming.change(access.session, access.caller, access.project.id, alarm_id, wish)


@question_router.post("/predict", openapi_extra=PICTURE, response_model=PredictOut)
async def predict(door: Asker, request: Request, name: Annotated[str, Query(max_length=MOST_NAME)] = "") -> Response:
    """Labels and verdict for one picture: the body, a form's `file`, or an item. Header Idempotency-Key: answered once.

    `check` means: look by hand; `reason` says why. A device token, a personal token or a session may ask.
    """
    del name  # read with the rest of the request, named here for the documentation
    state = request.app.state
    means, settings = predicting.Means(state.database, state.storage, state.runner), state.settings
    line = door.recall()
    if line is None:
        line = await run_in_threadpool(door.look)
    picture = await receiving.receive(request, line, means, settings)
    try:
        answer = await run_in_threadpool(predicting.predict, means, line, picture)
    except predicting.Outdated:
        door.forget()
        answer = await run_in_threadpool(predicting.predict, means, await run_in_threadpool(door.look), picture)
    # Written as it is: checking up to 100 marks again would cost more than the rest of the route.
    return Response(orjson.dumps(answer.__dict__), media_type="application/json")


@line_router.post("/feedback")
def give_feedback(door: Asker, wish: FeedbackIn) -> FeedbackOut:
    """Says that an answer was wrong or right; the newest word on a prediction holds."""
    with door.open() as access:
        return FeedbackOut.model_validate(feedback.give(access.session, access.line, wish))

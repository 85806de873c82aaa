"""Calls of the line: what runs where, its log and its alarms, and the questions of a program at a camera."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, cast

from tongguan.client.records import Alarm, Deployment, Device, Logged, Prediction
from tongguan.client.resources import Resource
from tongguan.client.wire import Call, Flow, operation


class Deployments(Resource):
    """Models behind an address on the line, seen by who runs them."""

    @operation
    def get(self, deployment_id: str) -> Flow[Deployment]:
        """One deployment."""
        return Deployment.read((yield from self._get(f"/deployments/{deployment_id}")))

    @operation
    def create(self, /, name: str, model_id: str | None, reason: str = "", **settings: Any) -> Flow[Deployment]:
        """Puts a model on the line; one that is not the champion needs a reason. `settings` as the API has them:
        `threshold`, or `by_cost` with `cost_miss_fen` and `cost_false_fen`, `shadow_model_id`, `retention_days`, …"""
        wish = {"name": name, "model_id": model_id, "reason": reason, **settings}
        return Deployment.read((yield from self._post("/deployments", wish)))

    @operation
    def change(self, /, deployment_id: str, **settings: Any) -> Flow[Deployment]:
        """Changes settings: console, monitors, retention, sampling; what is not named stays."""
        return Deployment.read((yield from self._patch(f"/deployments/{deployment_id}", settings)))

    @operation
    def set_live(self, deployment_id: str, model_id: str, reason: str = "", by_cost: bool = False) -> Flow[Deployment]:
        """Lets another model decide, with its own threshold or the cheapest one at the prices of this place."""
        wish = {"model_id": model_id, "reason": reason, "by_cost": by_cost}
        return Deployment.read((yield from self._post(f"/deployments/{deployment_id}/live", wish)))

    @operation
    def set_shadow(self, deployment_id: str, model_id: str | None, reason: str = "") -> Flow[Deployment]:
        """Lets a model look without deciding; None takes it away."""
        wish = {"model_id": model_id, "reason": reason}
        return Deployment.read((yield from self._post(f"/deployments/{deployment_id}/shadow", wish)))

    @operation
    def set_threshold(self, /, deployment_id: str, threshold: float, reason: str, **more: Any) -> Flow[Deployment]:
        """Another threshold with its reason, and `doubt`, `cost_miss_fen`, `cost_false_fen` where they are named."""
        wish = {"threshold": threshold, "reason": reason, **more}
        return Deployment.read((yield from self._post(f"/deployments/{deployment_id}/threshold", wish)))

    @operation
    def roll_back(self, deployment_id: str, reason: str = "") -> Flow[Deployment]:
        """Puts the model before the present one back, with its threshold."""
        return (yield from self._act(deployment_id, "rollback", reason))

    @operation
    def pause(self, deployment_id: str, reason: str = "") -> Flow[Deployment]:
        """Every verdict is `check` until it is resumed."""
        return (yield from self._act(deployment_id, "pause", reason))

    @operation
    def resume(self, deployment_id: str, reason: str = "") -> Flow[Deployment]:
        """Answers again."""
        return (yield from self._act(deployment_id, "resume", reason))

    @operation
    def retire(self, deployment_id: str, reason: str) -> Flow[Deployment]:
        """Takes it out of use; its log stays."""
        return (yield from self._act(deployment_id, "retire", reason))

    def _act(self, deployment_id: str, act: str, reason: str) -> Flow[Deployment]:
        return Deployment.read((yield from self._post(f"/deployments/{deployment_id}/{act}", {"reason": reason})))

    @operation
    def changes(self, deployment_id: str) -> Flow[list[dict[str, Any]]]:
        """Every change, newest first: kind, before, after, who, why."""
        return cast("list[dict[str, Any]]", (yield from self._get(f"/deployments/{deployment_id}/changes")))

    @operation
    def predictions(self, /, deployment_id: str, most: int = 200, **where: Any) -> Flow[list[Logged]]:
        """The log, newest first, with what people said: `verdict`, `marked` (wrong, right, none), `name`, `since`, …"""
        found: list[Logged] = []
        before: str | None = None
        while len(found) < most:
            window = {"limit": min(200, most - len(found)), "before": before, **where}
            page = yield from self._get(f"/deployments/{deployment_id}/predictions", **window)
            found += [Logged.read(row) for row in page["items"]]
            before = page["next"]
            if before is None:
                break
        return found

    @operation
    def summary(self, deployment_id: str, since: str | None = None, until: str | None = None) -> Flow[dict[str, Any]]:
        """A shift in figures; without times the present one."""
        path = f"/deployments/{deployment_id}/summary"
        return cast("dict[str, Any]", (yield from self._get(path, since=since, until=until)))

    @operation
    def drift(self, deployment_id: str) -> Flow[dict[str, Any]]:
        """What the monitors of light and scores compare with, and what they read now."""
        return cast("dict[str, Any]", (yield from self._get(f"/deployments/{deployment_id}/drift")))

    @operation
    def devices(self, deployment_id: str) -> Flow[list[Device]]:
        """Programs that may ask it, without their tokens."""
        return (yield from self._list(Device, f"/deployments/{deployment_id}/devices"))

    @operation
    def add_device(self, deployment_id: str, name: str, per_minute: int = 1200) -> Flow[Device]:
        """Makes a device; its `token` is in this answer and nowhere else."""
        wish = {"name": name, "per_minute": per_minute}
        return Device.read((yield from self._post(f"/deployments/{deployment_id}/devices", wish)))

    @operation
    def revoke_device(self, deployment_id: str, device_id: str) -> Flow[None]:
        """Ends a device's token at once."""
        yield Call("DELETE", f"{self._base}/deployments/{deployment_id}/devices/{device_id}")

    # Last, since its name hides the type from what follows.
    @operation
    def list(self) -> Flow[list[Deployment]]:
        """All deployments."""
        return (yield from self._list(Deployment, "/deployments"))


class Alarms(Resource):
    """Monitors that left their bound."""

    @operation
    def list(self, deployment_id: str | None = None, only_open: bool = False) -> Flow[list[Alarm]]:
        """Alarms, newest first, at most 200."""
        query = {"deployment_id": deployment_id, "only_open": only_open, "limit": 200}
        return (yield from self._list(Alarm, "/alarms", **query))

    @operation
    def settle(self, alarm_id: str, note: str, close: bool = True) -> Flow[Alarm]:
        """Acknowledges an alarm with a note, and closes it."""
        wish = {"note": note, "acknowledged": True, "closed": close}
        return Alarm.read((yield from self._patch(f"/alarms/{alarm_id}", wish)))


class Line(Resource):
    """One deployment as a program on the line uses it: with a device token, or a person's."""

    @operation
    def predict(self, picture: bytes | str | Path, name: str = "", key: str | None = None) -> Flow[Prediction]:
        """Labels and verdict for one picture. The same `key` is answered once, however often it is asked."""
        content = picture if isinstance(picture, bytes) else Path(picture).read_bytes()
        shown = name or ("" if isinstance(picture, bytes) else Path(picture).name)
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        got = yield Call("POST", f"{self._base}/predict", {"name": shown or None}, content=content, headers=headers)
        return Prediction.read(got)

    @operation
    def feedback(
        self, prediction: Prediction | str, kind: str = "wrong", reason: str = "", note: str = ""
    ) -> Flow[None]:
        """Says that an answer was wrong or right; the newest word holds."""
        prediction_id = prediction if isinstance(prediction, str) else prediction.prediction_id
        wish = {"prediction_id": prediction_id, "kind": kind, "reason": reason, "note": note}
        yield from self._post("/feedback", wish)

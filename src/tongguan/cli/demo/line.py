"""The second half of the demo: a small model is judged, put on the line, asked, called wrong, and a lamp grows dim."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import httpx
from PIL import Image, ImageEnhance

from tongguan.cli.simulation.people import difference
from tongguan.cli.simulation.site import Site
from tongguan.industries.steel_plates.maker import PlatePicture
from tongguan.industries.steel_plates.series import make_plates

# A small input and few steps: on two free cores half a minute, and enough to find a third of the defects.
SMALL = {"steps": 120, "size": 128, "batch": 8, "freeze": 6, "average": 0.97, "views": 1, "scales": 1, "holdout": 0}
AGAIN_MINUTES = 3.0
BRIGHT, DIM = 210, 60
DIMMED = 0.55
WRONG, RIGHT = 9, 6
WINDOW = 50
# Plates of the line are new ones: far behind the numbers of the imported batch.
FIRST_PLATE = 5000
LINE_SEED = 20261124


def train_detector(engineer: Site, project: str, minutes: float | None, params: dict[str, Any]) -> dict[str, Any]:
    """Begins a training of the detector on the first version, in the background."""
    wish = {"dataset_version": 1, "recipe": "detection", "params": params, "minutes": minutes}
    begun: dict[str, Any] = engineer.post(f"{project}/runs", wish)
    return begun


def judge(engineer: Site, trainer: Site, project: str) -> str:
    """The first model on a frozen benchmark; a trainer makes it champion and says why. Returns the model's id."""
    model = engineer.get(f"{project}/models")[0]
    engineer.post(f"{project}/benchmarks", {"dataset_version": 1, "name": "第一版的保留侧"})
    begun = engineer.post(f"{project}/evaluations", {"model": model["number"], "benchmark": 1})
    engineer.wait_for_job(project, begun["job_id"])
    done = engineer.get(f"{project}/evaluations/{begun['id']}")
    reason = "" if done["passed"] else "第一个模型，先上线试运行，人工复核所有判定"
    trainer.post(f"{project}/champion", {"evaluation_id": done["id"], "reason": reason})
    return str(model["id"])


class LineStory:
    """A deployment with a camera, an operator, and a day of traffic."""

    def __init__(self, engineer: Site, trainer: Site, operator: Site, project: str, model_id: str) -> None:
        self.operator, self.project = operator, project
        wish = {
            "name": "一号线出口相机",
            "model_id": model_id,
            "sample_share": 0.03,
            "cost_miss_fen": 20_000,
            "cost_false_fen": 800,
            "monitors": {"drift_window": WINDOW},
            "console": {
                "title": "一号线出口",
                "ok": {"what_to_do": "放行"},
                "defect": {"what_to_do": "停辊道，翻板复查", "sound": True},
                "check": {"what_to_do": "人工检查这块板", "sound": True},
            },
        }
        self.deployment = str(engineer.post(f"{project}/deployments", wish)["id"])
        route = f"{project}/loop/routes/{self.deployment}"
        settings = {key: value for key, value in trainer.get(route).items() if key not in ("rule_version", "people")}
        trainer.put(route, {**settings, "group_rule": r"pattern:^(plate-\d+)", "licence": "自有"})
        device = engineer.post(f"{project}/deployments/{self.deployment}/devices", {"name": "出口相机 1"})
        self.camera = httpx.Client(
            base_url=engineer.http.base_url, timeout=60, headers={"authorization": f"Bearer {device['token']}"}
        )

    def traffic(self) -> list[dict[str, Any]]:
        """Plates under good light, then the same line with a dim lamp; what the operator said of the answers."""
        pictures = list(make_plates(BRIGHT + DIM, LINE_SEED, first_plate=FIRST_PLATE))
        answers = [self._ask(one.name, one.data) for one in pictures[:BRIGHT]]
        self._mark(pictures[:BRIGHT], answers)
        answers += [self._ask(one.name, _dimmed(one.data)) for one in pictures[BRIGHT:]]
        return answers

    def _ask(self, name: str, data: bytes) -> dict[str, Any]:
        answer = self.camera.post(
            f"/api/v1/deployments/{self.deployment}/predict",
            params={"name": name},
            content=data,
            headers={"content-type": "image/jpeg"},
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _mark(self, pictures: Sequence[PlatePicture], answers: Sequence[dict[str, Any]]) -> None:
        """The operator calls some answers wrong and some right, by what is really there."""
        wrong, right = 0, 0
        for picture, answer in zip(pictures, answers, strict=True):
            drawn = [{**one, "id": ""} for one in answer["labels"] if one["score"] >= answer["threshold"]]
            truth = [label.model_dump(mode="json", exclude_none=True) for label in picture.labels]
            found = [one["type"] for one in difference(drawn, truth, 0.4)]
            if found and wrong < WRONG:
                reason = "missed" if "missed" in found else "false_call" if "extra" in found else "wrong_label"
                self._say(answer, "wrong", reason)
                wrong += 1
            elif not found and right < RIGHT:
                self._say(answer, "right", "")
                right += 1

    def _say(self, answer: dict[str, Any], kind: str, reason: str) -> None:
        body = {"prediction_id": answer["prediction_id"], "kind": kind, "reason": reason}
        self.operator.post(f"/api/v1/deployments/{self.deployment}/feedback", body)


def _dimmed(data: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as opened:
        ImageEnhance.Brightness(opened).enhance(DIMMED).save(out, "JPEG", quality=90)
    return out.getvalue()

"""A project that sorts whole pictures, on a real server: from folders of classes to an answer that is called wrong."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.plant import PASSWORD, served, until
from tests.train.spots import KINDS, picture, write_folders
from tongguan.cli.simulation.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TINY = {"steps": 30, "size": 64, "batch": 8}
NAMES = {"rings": "环", "spots": "斑", "stripes": "条"}


@pytest.fixture
def site() -> Iterator[tuple[Site, Path]]:
    """The owner of a fresh server, and its data folder."""
    folder = Path(tempfile.mkdtemp(prefix="tongguan-classes-"))
    folder.chmod(0o755)  # the database runs as another user when the tests run as root
    try:
        with served(folder) as (address, link):
            details = {"email": "owner@plant.example", "password": PASSWORD, "organization": "一号轧线"}
            yield Site(address, link, "马厂长", **details), folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def frozen(owner: Site, project: str, folder: Path) -> int:
    """Imports the folders as accepted answers and freezes a version; its number."""
    content = {
        "label_set": [
            {"key": key, "kind": "class", "name": {"zh": NAMES[key], "en": key}, "hotkey": str(at)}
            for at, key in enumerate(KINDS, 1)
        ]
    }
    owner.post(f"{project}/rules/draft", {"content": content})
    owner.post(f"{project}/rules/publish", {"note": "三类"})
    wish = {"source": "folder", "location": str(folder.resolve()), "name": "三类图", "licence": "自有"}
    batch = owner.post(f"{project}/batches", {**wish, "consent": "自有", "format": "class-folders"})
    owner.wait_for_job(project, batch["job_id"])
    until(lambda: owner.get(f"{project}/batches/{batch['id']}")["state"] == "done")
    assert owner.get(f"{project}/batches/{batch['id']}")["format"] == "class-folders"
    mapping = {"batch_id": batch["id"], "mapping": {key: key for key in KINDS}, "use": "accepted"}
    owner.wait_for_job(project, owner.put(f"{project}/label-mapping", mapping)["job_id"])
    version = owner.post(f"{project}/dataset-versions", {"note": ""})
    owner.wait_for_job(project, version["job_id"])
    return int(version["number"])


def asked(owner: Site, deployment: str, token: str, kind: str) -> dict[str, Any]:
    """What a camera is told about a new picture."""
    with httpx.Client(base_url=str(owner.http.base_url), headers={"authorization": f"Bearer {token}"}) as camera:
        address = f"/api/v1/deployments/{deployment}/predict"
        answer = camera.post(address, content=picture(77_777, kind), params={"name": f"{kind}.png"}, timeout=60)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_from_folders_of_classes_to_a_correction_on_the_line(site: tuple[Site, Path]) -> None:
    owner, data = site
    made = owner.post("/api/v1/projects", {"name": "三类图", "description": ""})
    project = f"/api/v1/projects/{made['id']}"
    settings = owner.get(project)["settings"]
    settings["split"] |= {"kept": 0.3, "line": 0.1}
    owner.put(f"{project}/settings", settings)
    version = frozen(owner, project, write_folders(data / "import" / "kinds", 16))
    run = owner.post(
        f"{project}/runs", {"dataset_version": version, "recipe": "image-classification", "params": TINY, "seed": 1}
    )
    owner.wait_for_job(project, run["job_id"])
    done = owner.get(f"{project}/runs/{run['id']}")
    assert (done["state"], done["model"]) == ("done", 1), done["error"]
    assert done["metrics"]["accuracy"]["value"] > 0.5
    owner.post(f"{project}/benchmarks", {"dataset_version": version, "name": "三类"})
    started = owner.post(f"{project}/evaluations", {"model": 1})
    owner.wait_for_job(project, started["job_id"])
    evaluation = owner.get(f"{project}/evaluations/{started['id']}")
    assert evaluation["state"] == "done", evaluation["error"]
    assert evaluation["rules"]["metric"] == "macro_f1"
    assert {row["value"] for row in evaluation["slices"] if row["kind"] == "class"} == set(KINDS)
    assert owner.get(f"{project}/evaluations/{started['id']}/threshold")["labels"] == evaluation["items"]
    [model] = owner.get(f"{project}/models")
    card = owner.get(f"{project}/models/{model['id']}")
    assert (card["task"], card["data"]["number"]) == ("classification", version)
    place = {"name": "分选", "model_id": model["id"], "reason": "试用", "threshold": 0.05, "good_labels": ["rings"]}
    deployment = owner.post(f"{project}/deployments", place)["id"]
    token = owner.post(f"{project}/deployments/{deployment}/devices", {"name": "相机"})["token"]
    answers = {kind: asked(owner, deployment, token, kind) for kind in KINDS}
    for kind, answer in answers.items():
        assert answer["verdict"] == ("ok" if answer["labels"][0]["label"] == "rings" else "defect"), (kind, answer)
    assert sum(answer["labels"][0]["label"] == kind for kind, answer in answers.items()) >= 2
    wrong = {"prediction_id": answers["stripes"]["prediction_id"], "kind": "wrong", "reason": "wrong_label"}
    owner.post(f"/api/v1/deployments/{deployment}/feedback", wrong)
    until(lambda: [one["state"] for one in owner.get(f"{project}/loop")["items"]] == ["task"])
    [case] = owner.get(f"{project}/loop")["items"]
    assert case["prediction_id"] == wrong["prediction_id"]

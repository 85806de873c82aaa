"""Routes of train."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from tongguan.core.errors import TooLarge
from tongguan.core.links import asset_link
from tongguan.projects.interface import ProjectAccess, project_role
from tongguan.train import repository
from tongguan.train.models import ModelVersion
from tongguan.train.recipes.incoming import MOST_BYTES
from tongguan.train.schemas import (
    ModelDetail,
    ModelOrigin,
    ModelOut,
    RecipeOut,
    RunComparison,
    RunDetail,
    RunIn,
    RunOut,
    StudyDetail,
    StudyIn,
    StudyOut,
    StudyRunIn,
)
from tongguan.train.service import carding, comparing, registering, runs, studies

router = APIRouter(prefix="/api/v1/projects/{project_id}", tags=["train"])
Reader = Annotated[
    ProjectAccess, Depends(project_role("manager", "trainer", "engineer", "inspector"), scope="function")
]
Maker = Annotated[ProjectAccess, Depends(project_role("trainer", "engineer"), scope="function")]


async def archive_body(request: Request, access: Maker) -> AsyncIterator[Path]:
    """The raw body of a model archive in a file of its own, at most 512 MiB; only members come so far."""
    del access
    with tempfile.TemporaryDirectory(prefix="tongguan-upload-") as folder:
        file, size = Path(folder) / "model.zip", 0
        with file.open("wb") as out:
            async for part in request.stream():
                size += len(part)
                if size > MOST_BYTES:
                    raise TooLarge("model.too_large", "The archive is too large.", {"limit": MOST_BYTES})
                out.write(part)
        yield file


@router.get("/recipes")
def list_recipes(access: Reader) -> list[RecipeOut]:
    """What can be trained, with parameters as JSON schema."""
    del access
    return runs.recipes()


@router.post("/runs", status_code=201)
def start_run(access: Maker, wish: RunIn) -> RunOut:
    """Trains a model on a frozen version, in the background."""
    run = runs.begin(access.session, access.caller, access.project.id, wish)
    return runs.shown(access.session, [run])[0]


@router.get("/runs")
def list_runs(access: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 100) -> list[RunOut]:
    """Trainings, newest first."""
    return runs.shown(access.session, repository.runs(access.session, access.project.id, limit))


@router.get("/runs/{run_id}")
def get_run(access: Reader, run_id: UUID) -> RunDetail:
    """One training with its curve."""
    return runs.detail(access.session, runs.run_of(access.session, access.project.id, run_id))


@router.post("/runs/{run_id}/cancel")
def cancel_run(access: Maker, run_id: UUID) -> RunOut:
    """Stops a training at its next step; what it has learnt so far is thrown away."""
    run = runs.cancel(access.session, access.caller, runs.run_of(access.session, access.project.id, run_id))
    return runs.shown(access.session, [run])[0]


@router.get("/run-comparison")
def compare_runs(access: Reader, run: Annotated[list[UUID], Query(min_length=1, max_length=12)]) -> RunComparison:
    """Trainings side by side: what differs, figures, curves."""
    return comparing.compare(access.session, access.project.id, run)


@router.post("/studies", status_code=201)
def start_study(access: Maker, wish: StudyIn) -> StudyOut:
    """Searches for good parameters in the background; only held-out training items decide."""
    study = studies.begin(access.session, access.caller, access.project.id, wish)
    return studies.shown(access.session, [study])[0]


@router.get("/studies")
def list_studies(access: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[StudyOut]:
    """Studies, newest first."""
    return studies.shown(access.session, repository.studies(access.session, access.project.id, limit))


@router.get("/studies/{study_id}")
def get_study(access: Reader, study_id: UUID) -> StudyDetail:
    """One study with its trials."""
    return studies.detail(access.session, studies.study_of(access.session, access.project.id, study_id))


@router.post("/studies/{study_id}/cancel")
def cancel_study(access: Maker, study_id: UUID) -> StudyOut:
    """Stops a study; the trials that have ended stay."""
    study = studies.study_of(access.session, access.project.id, study_id)
    return studies.shown(access.session, [studies.cancel(access.session, access.caller, study)])[0]


@router.post("/studies/{study_id}/runs", status_code=201)
def train_with_study(access: Maker, study_id: UUID, wish: StudyRunIn) -> RunOut:
    """Trains on the study's data with the parameters of its best trial, or of a named one."""
    study = studies.study_of(access.session, access.project.id, study_id)
    run = studies.train_with(access.session, access.caller, study, wish)
    return runs.shown(access.session, [run])[0]


@router.get("/models")
def list_models(access: Reader) -> list[ModelOut]:
    """Model versions, newest first, with a link to each archive."""
    found = runs.models(access.session, access.project.id)
    rows = {row.id: row for row in repository.models(access.session, access.project.id)}
    return [model.model_copy(update={"url": _link(access, rows[model.id])}) for model in found]


def _link(access: ProjectAccess, row: ModelVersion) -> str:
    return asset_link(access.caller, access.project.id, row.key, "application/zip", f"model-{row.number}.zip")


@router.get("/models/{model_id}")
def get_model(access: Reader, model_id: UUID, request: Request) -> ModelDetail:
    """The card of a model: data, training, figures, preprocessing, threshold, the example that uses it."""
    row = runs.model_of(access.session, access.project.id, model_id)
    found = carding.detail(access.session, request.app.state.storage, row)
    return found.model_copy(update={"url": _link(access, row)})


@router.post(
    "/models",
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": {"application/zip": {}}}},
)
def register_model(
    access: Maker,
    archive: Annotated[Path, Depends(archive_body, scope="function")],
    origin: Annotated[ModelOrigin, Query()],
    request: Request,
) -> ModelOut:
    """Takes a model trained elsewhere: a zip with model.onnx and its card model.json, checked before it is run."""
    made = registering.register(access, request.app.state.storage, archive, origin)
    return runs.shown_models(access.session, [made])[0]

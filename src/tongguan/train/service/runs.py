"""Asking for a training, and looking at runs and models."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.core import audit, jobs
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.datasets.interface import DatasetVersion
from tongguan.datasets.interface import version as dataset_version
from tongguan.train import repository
from tongguan.train.models import ModelVersion, TrainRun
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.offered import PROJECT_MEDIA, fits_projects, offered
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.start import checked_params
from tongguan.train.schemas import ModelOut, RecipeOut, RunDetail, RunIn, RunOut


def recipes() -> list[RecipeOut]:
    """The recipes that learn from what a project holds, with the schema of their parameters."""
    return [
        RecipeOut(
            id=one.id,
            task=one.task,
            media=one.media,
            label_kind=one.label_kind,
            minutes=one.minutes,
            memory_mb=one.memory_mb,
            params=one.params.model_json_schema(),
        )
        for one in offered()
    ]


def refuse_other_media(recipe_id: str) -> None:
    """Raises UsageProblem for a recipe that does not learn from a project's items."""
    wanted = recipe(recipe_id)
    if wanted.media != PROJECT_MEDIA:
        raise UsageProblem(
            "other_media", f"{recipe_id} learns from {wanted.media}; this project holds pictures", recipe=recipe_id
        )
    if not fits_projects(wanted):
        raise UsageProblem(
            "other_kind",
            f"{recipe_id} answers with {', '.join(wanted.gives)} as a project's editor does not hold them; use it from "
            "the command line",
            recipe=recipe_id,
            kind=", ".join(wanted.gives),
        )


def trainable(session: Session, project_id: UUID, number: int) -> DatasetVersion:
    """A frozen version with labels. Conflict or Invalid with the reason otherwise."""
    version = dataset_version(session, project_id, number)
    if version.state != "frozen":
        raise Conflict("dataset.not_frozen", "The version is not frozen yet.", {"state": version.state})
    if not version.counts.get("labels"):
        raise Invalid("train.no_labels", "This version has no labels to learn from.")
    return version


def begin(session: Session, caller: Caller, project_id: UUID, wish: RunIn) -> TrainRun:
    """Queues a training on a frozen version. Invalid for unknown recipes and parameters out of range."""
    version = trainable(session, project_id, wish.dataset_version)
    try:
        refuse_other_media(wish.recipe)
        params = checked_params(wish.recipe, wish.params)
    except UsageProblem as problem:
        raise Invalid(problem.code, problem.message, problem.params) from problem
    run = TrainRun(
        id=new_id(),
        project_id=project_id,
        number=repository.next_run_number(session, project_id),
        dataset_version_id=version.id,
        recipe=wish.recipe,
        params=params.model_dump(mode="json"),
        minutes=wish.minutes,
        seed=wish.seed,
        person_id=caller.person_id,
    )
    session.add(run)
    session.flush()
    run.job_id = jobs.start(
        session,
        "train",
        title=f"#{run.number} {run.recipe} v{version.number}",
        project_id=project_id,
        person_id=caller.person_id,
        payload={"run_id": str(run.id)},
    )
    audit.record(session, caller.person_id, "started", "run", run.id, wish.model_dump(mode="json"), project_id)
    session.flush()
    session.refresh(run)
    return run


def run_of(session: Session, project_id: UUID, run_id: UUID) -> TrainRun:
    """A run of a project. NotFound otherwise."""
    found = repository.run(session, project_id, run_id)
    if found is None:
        raise NotFound("run.unknown", "There is no such run.")
    return found


def model_of(session: Session, project_id: UUID, model_id: UUID) -> ModelVersion:
    """A model version of a project. NotFound otherwise."""
    found = repository.model(session, project_id, model_id)
    if found is None:
        raise NotFound("model.unknown", "There is no such model.")
    return found


def shown(session: Session, rows: Sequence[TrainRun]) -> list[RunOut]:
    """Runs with the numbers of their versions and models."""
    numbers = repository.version_numbers(session, [row.dataset_version_id for row in rows])
    found = []
    for row in rows:
        model = repository.model_of_run(session, row.id)
        extra = {"dataset_version": numbers[row.dataset_version_id], "model": model.number if model else None}
        found.append(RunOut.model_validate(row).model_copy(update=extra))
    return found


def detail(session: Session, run: TrainRun) -> RunDetail:
    """A run with its curve."""
    return RunDetail(**shown(session, [run])[0].model_dump(), curve=list(run.curve))


def cancel(session: Session, caller: Caller, run: TrainRun) -> TrainRun:
    """Asks a training to stop at its next step."""
    if run.job_id is None or run.state not in ("queued", "running"):
        raise Conflict("run.over", "This training is over.", {"state": run.state})
    jobs.request_cancel(session, run.job_id)
    if run.state == "queued":
        run.state = "cancelled"
    audit.record(session, caller.person_id, "cancelled", "run", run.id, {}, run.project_id)
    return run


def models(session: Session, project_id: UUID) -> list[ModelOut]:
    """Model versions with the run and data that made them."""
    return shown_models(session, repository.models(session, project_id))


def shown_models(session: Session, rows: Sequence[ModelVersion]) -> list[ModelOut]:
    """Model versions with the numbers of their runs and dataset versions."""
    numbers = repository.version_numbers(session, [row.dataset_version_id for row in rows if row.dataset_version_id])
    made = repository.run_numbers(session, [row.run_id for row in rows if row.run_id])
    return [
        ModelOut.model_validate(row).model_copy(
            update={
                "run": made.get(row.run_id) if row.run_id else None,
                "dataset_version": numbers.get(row.dataset_version_id) if row.dataset_version_id else None,
            }
        )
        for row in rows
    ]

"""Asking for a parameter study, looking at studies and trials, and training with what a study found."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongguan.core import audit, jobs
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.train import repository
from tongguan.train.models import Study, TrainRun, Trial
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.search import checked_space
from tongguan.train.recipes.start import checked_params
from tongguan.train.recipes.studies.records import StudyWish, TrialRecord, best_of
from tongguan.train.schemas import RunIn, StudyDetail, StudyIn, StudyOut, StudyRunIn, TrialOut
from tongguan.train.service import runs


def begin(session: Session, caller: Caller, project_id: UUID, wish: StudyIn) -> Study:
    """Queues a study on a frozen version. Invalid for unknown recipes, parameters and ranges."""
    version = runs.trainable(session, project_id, wish.dataset_version)
    try:
        runs.refuse_other_media(wish.recipe)
        space = checked_space(wish.recipe, wish.search, wish.params)
        typed = checked_params(wish.recipe, wish.params)
        if typed.last_look() < 1 or typed.held_share() <= 0:
            raise UsageProblem("study_no_holdout", "a study needs holdout above 0 and at least one look")
    except UsageProblem as problem:
        raise Invalid(problem.code, problem.message, problem.params) from problem
    values = typed.model_dump(mode="json")
    study = Study(
        id=new_id(),
        project_id=project_id,
        number=repository.next_study_number(session, project_id),
        dataset_version_id=version.id,
        recipe=wish.recipe,
        params={name: values[name] for name in wish.params},
        search={name: one.model_dump(mode="json", exclude_defaults=True) for name, one in space.items()},
        trials=wish.trials,
        minutes=wish.minutes,
        seed=wish.seed,
        person_id=caller.person_id,
    )
    session.add(study)
    session.flush()
    study.job_id = jobs.start(
        session,
        "study",
        title=f"S{study.number} {study.recipe} v{version.number}",
        project_id=project_id,
        person_id=caller.person_id,
        payload={"study_id": str(study.id)},
    )
    audit.record(session, caller.person_id, "started", "study", study.id, wish.model_dump(mode="json"), project_id)
    session.flush()
    session.refresh(study)
    return study


def study_of(session: Session, project_id: UUID, study_id: UUID) -> Study:
    """A study of a project. NotFound otherwise."""
    found = repository.study(session, project_id, study_id)
    if found is None:
        raise NotFound("study.unknown", "There is no such study.")
    return found


def wish_of(study: Study) -> StudyWish:
    """What the study was asked, as the recipes take it."""
    return StudyWish(
        recipe=study.recipe,
        params=study.params,
        space=checked_space(study.recipe, study.search, study.params),
        seed=study.seed,
        minutes=study.minutes,
        threads=study.threads,
    )


def record_of(row: Trial) -> TrialRecord:
    """A trial's row as the recipes take it."""
    fields = ("number", "state", "params", "value", "looks", "steps", "seconds", "error")
    return TrialRecord.model_validate({name: getattr(row, name) for name in fields})


def shown(session: Session, rows: Sequence[Study]) -> list[StudyOut]:
    """Studies with the number of their version, how many trials ended, and the best one."""
    numbers = repository.version_numbers(session, [row.dataset_version_id for row in rows])
    found = []
    for row in rows:
        records = [record_of(one) for one in repository.trials(session, row.id)]
        wish = wish_of(row)
        best = best_of(records, wish.higher_is_better())
        values = {
            "dataset_version": numbers[row.dataset_version_id],
            "metric": wish.metric(),
            "higher_is_better": wish.higher_is_better(),
            "ended": sum(one.state != "running" for one in records),
            "best": None if best is None else TrialOut.model_validate(best.model_dump()),
        }
        found.append(StudyOut.model_validate(row).model_copy(update=values))
    return found


def detail(session: Session, study: Study) -> StudyDetail:
    """A study with all its trials."""
    records = [TrialOut.model_validate(record_of(one).model_dump()) for one in repository.trials(session, study.id)]
    return StudyDetail(**shown(session, [study])[0].model_dump(), records=records)


def cancel(session: Session, caller: Caller, study: Study) -> Study:
    """Asks a study to stop at the next step of its trial. What its trials found stays."""
    if study.job_id is None or study.state not in ("queued", "running"):
        raise Conflict("study.over", "This study is over.", {"state": study.state})
    jobs.request_cancel(session, study.job_id)
    if study.state == "queued":
        study.state = "cancelled"
    audit.record(session, caller.person_id, "cancelled", "study", study.id, {}, study.project_id)
    return study


def train_with(session: Session, caller: Caller, study: Study, wish: StudyRunIn) -> TrainRun:
    """Starts a training on the study's data with the parameters of its best trial, or of a named one."""
    records = [record_of(one) for one in repository.trials(session, study.id)]
    if wish.trial is None:
        trial = best_of(records, wish_of(study).higher_is_better())
    else:
        trial = next((one for one in records if one.number == wish.trial and one.state == "done"), None)
    if trial is None:
        raise Conflict("study.no_trial", "No such trial has finished.", {"trial": wish.trial})
    params = {**study.params, **trial.params}
    if wish.minutes is not None:
        params.pop("steps", None)
    number = repository.version_numbers(session, [study.dataset_version_id])[study.dataset_version_id]
    asked = RunIn(dataset_version=number, recipe=study.recipe, params=params, minutes=wish.minutes, seed=study.seed)
    run = runs.begin(session, caller, study.project_id, asked)
    run.study_id = study.id
    session.flush()
    return run

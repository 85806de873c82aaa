"""Asking for an evaluation, and looking at what came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongguan.annotate.interface import create_tasks
from tongguan.collect.interface import image_links, items_by_id
from tongguan.core import audit, jobs
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.errors import Conflict, Invalid, NotFound
from tongguan.core.ids import new_id
from tongguan.evaluate import repository
from tongguan.evaluate.measure.whole import main_metric
from tongguan.evaluate.models import Evaluation
from tongguan.evaluate.schemas import (
    EvaluationDetail,
    EvaluationIn,
    EvaluationOut,
    PictureOut,
    ReasonOut,
    RelabelIn,
    RelabelOut,
)
from tongguan.evaluate.service.benchmarks import benchmark_of
from tongguan.evaluate.service.champions import may_follow
from tongguan.projects.interface import settings_of
from tongguan.rules.interface import current_version
from tongguan.train.interface import ModelVersion, models
from tongguan.train.recipes.registry import recipe


def begin(session: Session, caller: Caller, project_id: UUID, wish: EvaluationIn) -> Evaluation:
    """Queues an evaluation, beside the champion of now. Conflict while the same one is going on."""
    by_number = {row.number: row for row in models(session, project_id)}
    model = by_number.get(wish.model)
    if model is None:
        raise NotFound("model.unknown", "There is no such model.", {"number": wish.model})
    benchmark = benchmark_of(session, project_id, wish.benchmark)
    if repository.going_on(session, benchmark.id, model.id):
        raise Conflict("evaluation.going_on", "This model is being measured on this benchmark already.")
    holder = repository.champion(session, project_id)
    champion = holder.model_version_id if holder and holder.model_version_id != model.id else None
    task = recipe(model.recipe).task
    if champion is not None and recipe(_of(by_number, champion).recipe).task != task:
        raise Conflict("evaluation.other_task", "The champion is a model of another task.")
    chosen = settings_of(session, project_id).evaluation
    rules = {**chosen.model_dump(mode="json"), "metric": main_metric(task, chosen.metric), "guards": benchmark.guards}
    row = Evaluation(
        id=new_id(),
        project_id=project_id,
        number=repository.next_evaluation_number(session, project_id),
        benchmark_id=benchmark.id,
        model_version_id=model.id,
        champion_id=champion,
        rules=rules,
        person_id=caller.person_id,
    )
    session.add(row)
    session.flush()
    row.job_id = jobs.start(
        session,
        "evaluate",
        title=f"#{row.number} model {model.number} · {benchmark.name}",
        project_id=project_id,
        person_id=caller.person_id,
        payload={"evaluation_id": str(row.id)},
    )
    audit.record(session, caller.person_id, "started", "evaluation", row.id, wish.model_dump(mode="json"), project_id)
    session.flush()
    session.refresh(row)
    return row


def _of(by_number: dict[int, ModelVersion], model_id: UUID) -> ModelVersion:
    return next(row for row in by_number.values() if row.id == model_id)


def evaluation_of(session: Session, project_id: UUID, evaluation_id: UUID) -> Evaluation:
    """An evaluation of a project. NotFound otherwise."""
    found = repository.evaluation(session, project_id, evaluation_id)
    if found is None:
        raise NotFound("evaluation.unknown", "There is no such evaluation.")
    return found


def cancel(session: Session, caller: Caller, row: Evaluation) -> Evaluation:
    """Asks an evaluation to stop at its next picture."""
    if row.job_id is None or row.state not in ("queued", "running"):
        raise Conflict("evaluation.over", "This evaluation is over.", {"state": row.state})
    jobs.request_cancel(session, row.job_id)
    if row.state == "queued":
        row.state = "cancelled"
    audit.record(session, caller.person_id, "cancelled", "evaluation", row.id, {}, row.project_id)
    return row


def shown(session: Session, project_id: UUID, rows: Sequence[Evaluation]) -> list[EvaluationOut]:
    """Evaluations with numbers instead of ids."""
    numbers = {model.id: model.number for model in models(session, project_id)}
    benchmarks = {row.id: row for row in repository.benchmarks(session, project_id)}
    champion = repository.champion(session, project_id)
    holder = champion.model_version_id if champion else None
    return [
        EvaluationOut.model_validate(row).model_copy(
            update={
                "benchmark": benchmarks[row.benchmark_id].number,
                "benchmark_name": benchmarks[row.benchmark_id].name,
                "model": numbers.get(row.model_version_id, 0),
                "champion": numbers.get(row.champion_id) if row.champion_id else None,
                "difference": row.comparison.get("difference", {}),
                "is_champion": row.model_version_id == holder,
                "may_follow": may_follow(row, champion),
            }
        )
        for row in rows
    ]


def detail(session: Session, caller: Caller, row: Evaluation, with_pictures: bool) -> EvaluationDetail:
    """An evaluation with everything; pictures only for those who may see items."""
    worst = with_links(session, caller, row.project_id, row.worst) if with_pictures else []
    return EvaluationDetail(
        **shown(session, row.project_id, [row])[0].model_dump(),
        rules=row.rules,
        threshold=row.reference.get("threshold"),
        detail=row.detail,
        slices=row.slices,
        comparison=row.comparison,
        reasons=[ReasonOut.model_validate(reason) for reason in row.reasons],
        worst=worst,
        reference=row.reference,
    )


def with_links(
    session: Session, caller: Caller, project_id: UUID, pictures: Sequence[dict[str, Any]]
) -> list[PictureOut]:
    """Pictures with the addresses to draw them; erased items are left out."""
    facts = items_by_id(session, [UUID(one["item"]) for one in pictures])
    links = image_links(caller, project_id, facts.values())
    found = []
    for one in pictures:
        item = facts.get(UUID(one["item"]))
        if item is None or item.erased:
            continue
        link = links.get(item.id, {})
        shown_ = {**one, "image_url": link.get("image_url", ""), "thumb_url": link.get("medium_url", "")}
        found.append(PictureOut.model_validate(shown_))
    return found


def relabel(session: Session, caller: Caller, row: Evaluation, wish: RelabelIn) -> RelabelOut:
    """Makes a task for each item; the benchmark itself stays as it is, a new answer enters the next version."""
    rules = current_version(session, row.project_id)
    if rules is None:
        raise Conflict("rules.none", "The project has no published rules yet.")
    facts = items_by_id(session, wish.items)
    good = [item for item in dict.fromkeys(wish.items) if item in facts and facts[item].project_id == row.project_id]
    if len(good) != len(set(wish.items)):
        raise Invalid("item.unknown", "Some of these items are not of this project.")
    if any(facts[item].state != "ok" for item in good):
        raise Conflict("item.not_in_use", "Some of these items are not in use any more.")
    made = create_tasks(session, row.project_id, good, rules.id, priority=wish.priority)
    detail_ = {"evaluation": row.number, "items": [str(item) for item in good]}
    audit.record(session, caller.person_id, "relabel", "evaluation", row.id, detail_, row.project_id)
    return RelabelOut(created=len(made))

"""The chain both ways: from a prediction back to rules and people, from a rule version forward to the line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from tongguan.core.database import Session
from tongguan.core.errors import NotFound
from tongguan.deploy import interface as deploy
from tongguan.deploy.interface import PredictionFacts
from tongguan.flows.repository import chain
from tongguan.flows.schemas import provenance as out
from tongguan.flows.service import showing
from tongguan.people.interface import Person, people_by_id
from tongguan.projects.interface import ProjectAccess
from tongguan.rules import interface as rules

# Who may see who labelled what: those who lead the work. Others see how many people of which level.
SEES_NAMES = frozenset({"owner", "manager", "trainer"})


@dataclass
class Names:
    """People by id, and whether the caller may be told their names."""

    session: Session
    allowed: bool
    known: dict[UUID, Person] = field(default_factory=dict)

    def load(self, ids: Iterable[UUID | None]) -> None:
        """Looks people up."""
        missing = {one for one in ids if one is not None and one not in self.known}
        self.known.update(people_by_id(self.session, missing) if missing else {})

    def of(self, person_id: UUID | None) -> str | None:
        """A person's name; None for nobody, and for those who may not know."""
        if person_id is None or not self.allowed:
            return None
        self.load([person_id])
        found = self.known.get(person_id)
        return found.name if found else None

    def people(self, answers: Mapping[UUID, int]) -> out.PeopleOut:
        """Who stands behind answers."""
        self.load(answers)
        levels = Counter(str(self.known[one].level) for one in answers if one in self.known)
        ranked = sorted(answers.items(), key=lambda entry: -entry[1]) if self.allowed else []
        shares = [
            out.PersonShare(name=self.of(one), level=self.known[one].level if one in self.known else None, answers=n)
            for one, n in ranked
        ]
        return out.PeopleOut(count=len(answers), by_level=dict(sorted(levels.items())), people=shares)


def back(access: ProjectAccess, prediction_id: UUID) -> out.BackOut:
    """From a prediction back. NotFound for a prediction of another project."""
    session, project_id = access.session, access.project.id
    shown = deploy.prediction(session, project_id, prediction_id)
    names = Names(session, bool(access.roles & SEES_NAMES))
    model = chain.model(session, project_id, shown.model_version_id) if shown.model_version_id else None
    version = (
        chain.dataset(session, project_id, model.dataset_version_id) if model and model.dataset_version_id else None
    )
    answers = list(chain.answers(session, version.id)) if version else []
    return out.BackOut(
        prediction=_prediction(shown),
        deployment=_deployment(session, project_id, shown, names),
        model=_model(model, names) if model else None,
        evaluations=_evaluations(session, project_id, {model.id: model.number}) if model else [],
        run=_run(model, names) if model and model.run_id else None,
        dataset=out.DatasetStep(**_dataset(version, names)) if version else None,
        answers=_answers(session, version.id, answers, names) if version else None,
        rules=_rules(session, project_id, answers, names),
        batches=_batches(session, answers),
        case=showing.of_prediction(session, access.caller, project_id, prediction_id),
    )


def forward(access: ProjectAccess, rule_version_id: UUID) -> out.ForwardOut:
    """From a rule version forward. NotFound for one of another project, or one that is not published."""
    session, project_id = access.session, access.project.id
    rule = rules.version(session, rule_version_id)
    if rule.project_id != project_id or rule.state != "published":
        raise NotFound("rules.version_not_found", "There is no such version of the rules.")
    names = Names(session, bool(access.roles & SEES_NAMES))
    totals, people, tasks = chain.under_rule(session, project_id, rule.id)
    versions = chain.datasets_under_rule(session, project_id, rule.id)
    runs, models = chain.learnt_from(session, project_id, [row.id for row in versions])
    numbers = {row.id: row.number for row in models}
    run_numbers = {row.id: row.number for row in runs}
    return out.ForwardOut(
        rule=out.RuleFacts(
            id=rule.id,
            number=rule.number,
            published_at=rule.published_at,
            person=names.of(rule.published_by),
            note=rule.note,
            classes=[entry.name.zh or entry.key for entry in rule.label_set],
        ),
        under_rule=out.UnderRule(
            answers=totals.n,
            accepted=totals.accepted,
            items=totals.items,
            labels=int(totals.labels),
            open_tasks=tasks,
            people=names.people({row.person_id: row.n for row in people}),
        ),
        datasets=[out.TouchedDataset(**_dataset(row, names), under_rule=row.n) for row in versions],
        runs=[out.TouchedRun.model_validate(row, from_attributes=True) for row in runs],
        models=[
            out.TouchedModel(
                id=row.id,
                number=row.number,
                recipe=row.recipe,
                dataset_version=row.dataset_version,
                run=run_numbers.get(row.run_id) if row.run_id else None,
                map50=_map50(row.metrics),
            )
            for row in models
        ],
        evaluations=_evaluations(session, project_id, numbers),
        deployments=[
            out.TouchedDeployment(
                id=row.id,
                number=row.number,
                name=row.name,
                model=numbers[row.model_version_id],
                live=row.live_model_id == row.model_version_id and row.state != "retired",
                predictions=row.n,
                last=row.last,
            )
            for row in chain.places(session, project_id, list(numbers))
        ],
    )


def _prediction(shown: PredictionFacts) -> out.PredictionStep:
    return out.PredictionStep(
        id=shown.id,
        at=shown.created_at,
        name=shown.name,
        verdict=shown.verdict,
        threshold=shown.threshold,
        top_score=shown.top_score,
        marks=sum(1 for mark in shown.labels if (mark.get("score") or 0.0) >= shown.threshold),
        input_sha256=shown.input_sha256,
        wrong=(shown.feedback_reason or "other") if shown.feedback == "wrong" else None,
    )


def _deployment(session: Session, project_id: UUID, shown: PredictionFacts, names: Names) -> out.DeploymentStep:
    place = deploy.deployment(session, project_id, shown.deployment_id)
    row = chain.change(session, place.id, shown.model_version_id, shown.created_at) if shown.model_version_id else None
    step = (
        out.ChangeStep(id=row.id, kind=row.kind, at=row.created_at, person=names.of(row.person_id), reason=row.reason)
        if row
        else None
    )
    return out.DeploymentStep(id=place.id, number=place.number, name=place.name, change=step)


def _model(row: Row[Any], names: Names) -> out.ModelStep:
    return out.ModelStep(
        id=row.id,
        number=row.number,
        recipe=row.recipe,
        sha256=row.sha256,
        threshold=row.threshold,
        threshold_from=row.threshold_from,
        classes=row.classes,
        made_at=row.created_at,
        origin=row.origin,
        person=names.of(row.person_id),
    )


def _run(row: Row[Any], names: Names) -> out.RunStep:
    return out.RunStep(
        id=row.run_id,
        number=row.run_number,
        recipe=row.recipe,
        seed=row.seed,
        minutes=row.minutes,
        params=row.params,
        code=row.result.get("code"),
        environment=row.result.get("environment") or {},
        seconds=row.result.get("seconds"),
        ended_at=row.ended_at,
        person=names.of(row.run_person_id),
    )


def _map50(metrics: Mapping[str, Any]) -> float | None:
    found = metrics.get("map50") or {}
    value = found.get("value")
    return None if value is None else float(value)


def _evaluations(session: Session, project_id: UUID, models: Mapping[UUID, int]) -> list[out.EvaluationStep]:
    return [
        out.EvaluationStep(
            id=row.id,
            number=row.number,
            model=models[row.model_version_id],
            passed=row.passed,
            map50=_map50(row.metrics),
            at=row.ended_at,
        )
        for row in chain.evaluations(session, project_id, list(models))
    ]


def _dataset(row: Row[Any], names: Names) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "manifest_hash": row.manifest_hash,
        "frozen_at": row.frozen_at,
        "items": int(row.counts.get("items", 0)),
        "labels": int(row.counts.get("labels", 0)),
        "by_side": row.counts.get("by_side", {}),
        "person": names.of(row.created_by),
    }


def _answers(session: Session, version_id: UUID, rows: list[Row[Any]], names: Names) -> out.AnswersStep:
    authors: Counter[UUID] = Counter()
    for row in rows:
        if row.person_id is not None:
            authors[row.person_id] += row.n
    reviewers = {row.person_id: row.n for row in chain.reviewers(session, version_id)}
    return out.AnswersStep(
        answers=sum(row.n for row in rows),
        labels=int(sum(row.labels for row in rows)),
        imported=sum(row.n for row in rows if row.reason == "import"),
        fixed=sum(row.n for row in rows if row.reason == "fix"),
        authors=names.people(authors),
        reviewers=names.people(reviewers),
    )


def _rules(session: Session, project_id: UUID, rows: list[Row[Any]], names: Names) -> list[out.RuleStep]:
    answers: defaultdict[UUID, int] = defaultdict(int)
    for row in rows:
        answers[row.rule_version_id] += row.n
    return [
        out.RuleStep(
            id=row.id,
            number=f"{row.major}.{row.minor}",
            answers=answers[row.id],
            published_at=row.published_at,
            person=names.of(row.published_by),
            note=row.note,
        )
        for row in chain.rules(session, project_id, list(answers))
    ]


def _batches(session: Session, rows: list[Row[Any]]) -> list[out.BatchStep]:
    items: defaultdict[UUID, int] = defaultdict(int)
    for row in rows:
        items[row.batch_id] += row.n
    return [
        out.BatchStep(
            id=row.id, name=row.name, source=row.source, licence=row.licence, consent=row.consent, items=items[row.id]
        )
        for row in chain.batches(session, list(items))
    ]

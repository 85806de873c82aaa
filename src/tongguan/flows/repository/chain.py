"""The chain between rules and predictions, read from the tables of all stages by name; nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from tongguan.core.database import Session

# The change that had put the model there by the time of the prediction.
_CHANGE = text("""
    SELECT id, kind, created_at, person_id, reason FROM deployment_change
    WHERE deployment_id = :deployment AND created_at <= :at AND after ->> 'live_model_id' = :model
    ORDER BY id DESC LIMIT 1""")
_MODEL = text("""
    SELECT m.id, m.number, m.created_at, m.sha256, m.threshold, m.threshold_from, m.classes, m.recipe, m.origin,
        m.person_id, m.dataset_version_id, r.id AS run_id, r.number AS run_number, r.params, r.seed, r.minutes,
        r.result, r.started_at, r.ended_at, r.person_id AS run_person_id
    FROM model_version m LEFT JOIN run r ON r.id = m.run_id
    WHERE m.project_id = :project AND m.id = :model""")
_DATASET = text("""
    SELECT id, number, manifest_hash, frozen_at, counts, created_by, note FROM dataset_version
    WHERE project_id = :project AND id = :id""")
# A version's answers by rules, author and batch: `n` items, `labels` marks.
_ANSWERS = text("""
    SELECT r.rule_version_id, coalesce(r.author_id, a.person_id) AS person_id, i.batch_id, r.reason,
        count(*) AS n, sum(e.label_count) AS labels
    FROM dataset_entry e
    JOIN annotation_revision r ON r.id = e.revision_id
    JOIN annotation a ON a.id = e.annotation_id
    JOIN item i ON i.id = e.item_id
    WHERE e.version_id = :version
    GROUP BY 1, 2, 3, 4""")
_REVIEWERS = text("""
    SELECT v.reviewer_id AS person_id, count(DISTINCT v.annotation_id) AS n
    FROM review v JOIN dataset_entry e ON e.annotation_id = v.annotation_id
    WHERE e.version_id = :version AND v.state = 'done' AND v.reviewer_id IS NOT NULL
    GROUP BY 1""")
_RULES = text("""
    SELECT id, major, minor, published_at, published_by, note FROM rule_version
    WHERE project_id = :project AND id = ANY(:ids) ORDER BY major, minor""")
_BATCHES = text("SELECT id, name, source, licence, consent, created_by FROM batch WHERE id = ANY(:ids) ORDER BY id")
_EVALUATIONS = text("""
    SELECT id, number, model_version_id, passed, metrics, ended_at FROM evaluation
    WHERE project_id = :project AND state = 'done' AND model_version_id = ANY(:models) ORDER BY number DESC""")
_UNDER_RULE = text("""
    SELECT count(*) AS n, count(DISTINCT a.item_id) AS items, coalesce(sum(a.label_count), 0) AS labels,
        count(*) FILTER (WHERE a.state = 'accepted') AS accepted
    FROM annotation a WHERE a.project_id = :project AND a.rule_version_id = :rule AND a.state <> 'deleted'""")
_PEOPLE_UNDER_RULE = text("""
    SELECT person_id, count(*) AS n FROM annotation
    WHERE project_id = :project AND rule_version_id = :rule AND state <> 'deleted' AND person_id IS NOT NULL
    GROUP BY 1 ORDER BY 2 DESC""")
_TASKS_UNDER_RULE = text("""
    SELECT count(*) FROM task WHERE project_id = :project AND rule_version_id = :rule AND state IN ('open', 'full')""")
_DATASETS_UNDER_RULE = text("""
    SELECT v.id, v.number, v.manifest_hash, v.frozen_at, v.counts, v.created_by, count(*) AS n
    FROM dataset_version v
    JOIN dataset_entry e ON e.version_id = v.id
    JOIN annotation_revision r ON r.id = e.revision_id AND r.rule_version_id = :rule
    WHERE v.project_id = :project AND v.state = 'frozen'
    GROUP BY v.id ORDER BY v.number""")
_RUNS = text("""
    SELECT r.id, r.number, r.recipe, r.state, r.seed, v.number AS dataset_version FROM run r
    JOIN dataset_version v ON v.id = r.dataset_version_id
    WHERE r.project_id = :project AND r.dataset_version_id = ANY(:versions) AND r.study_id IS NULL ORDER BY r.number""")
_MODELS = text("""
    SELECT m.id, m.number, m.recipe, m.run_id, m.metrics, m.created_at, v.number AS dataset_version FROM model_version m
    JOIN dataset_version v ON v.id = m.dataset_version_id
    WHERE m.project_id = :project AND m.dataset_version_id = ANY(:versions) ORDER BY m.number""")
# Places where one of the models answers now, or has answered.
_DEPLOYMENTS = text("""
    SELECT d.id, d.number, d.name, d.state, d.live_model_id, p.model_version_id, p.n, p.last FROM deployment d
    JOIN LATERAL (
        SELECT m.id AS model_version_id, (SELECT count(*) FROM prediction p
            WHERE p.deployment_id = d.id AND p.model_version_id = m.id AND p.shadow_of IS NULL) AS n,
            (SELECT max(p.created_at) FROM prediction p
            WHERE p.deployment_id = d.id AND p.model_version_id = m.id AND p.shadow_of IS NULL) AS last
        FROM unnest(CAST(:models AS uuid[])) AS m(id)) p ON p.n > 0 OR p.model_version_id = d.live_model_id
    WHERE d.project_id = :project ORDER BY d.number, p.model_version_id""")


def change(session: Session, deployment_id: UUID, model_id: UUID, at: Any) -> Row[Any] | None:
    """The change that made a model live before a moment."""
    return session.execute(_CHANGE, {"deployment": deployment_id, "model": str(model_id), "at": at}).one_or_none()


def model(session: Session, project_id: UUID, model_id: UUID) -> Row[Any] | None:
    """A model version with its run, where it has one here."""
    return session.execute(_MODEL, {"project": project_id, "model": model_id}).one_or_none()


def dataset(session: Session, project_id: UUID, version_id: UUID) -> Row[Any] | None:
    """A dataset version."""
    return session.execute(_DATASET, {"project": project_id, "id": version_id}).one_or_none()


def answers(session: Session, version_id: UUID) -> Sequence[Row[Any]]:
    """A version's answers, counted by rules, author, batch and reason of the revision."""
    return session.execute(_ANSWERS, {"version": version_id}).all()


def reviewers(session: Session, version_id: UUID) -> Sequence[Row[Any]]:
    """Who reviewed answers of a version, and how many."""
    return session.execute(_REVIEWERS, {"version": version_id}).all()


def rules(session: Session, project_id: UUID, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Rule versions, oldest first."""
    return session.execute(_RULES, {"project": project_id, "ids": list(ids)}).all()


def batches(session: Session, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Batches, oldest first."""
    return session.execute(_BATCHES, {"ids": list(ids)}).all()


def evaluations(session: Session, project_id: UUID, models: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Finished evaluations of model versions, newest first."""
    return session.execute(_EVALUATIONS, {"project": project_id, "models": list(models)}).all()


def under_rule(session: Session, project_id: UUID, rule_id: UUID) -> tuple[Row[Any], Sequence[Row[Any]], int]:
    """(answers given under a rule version, by person, open tasks)."""
    values = {"project": project_id, "rule": rule_id}
    tasks = int(session.execute(_TASKS_UNDER_RULE, values).scalar_one())
    return session.execute(_UNDER_RULE, values).one(), session.execute(_PEOPLE_UNDER_RULE, values).all(), tasks


def datasets_under_rule(session: Session, project_id: UUID, rule_id: UUID) -> Sequence[Row[Any]]:
    """Frozen versions that hold answers given under a rule version."""
    return session.execute(_DATASETS_UNDER_RULE, {"project": project_id, "rule": rule_id}).all()


def learnt_from(
    session: Session, project_id: UUID, versions: Sequence[UUID]
) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """(runs, model versions) of dataset versions."""
    values = {"project": project_id, "versions": list(versions)}
    return session.execute(_RUNS, values).all(), session.execute(_MODELS, values).all()


def places(session: Session, project_id: UUID, models: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Deployments where model versions answer or have answered."""
    return session.execute(_DEPLOYMENTS, {"project": project_id, "models": list(models)}).all()

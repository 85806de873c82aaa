"""Annotations, their revisions, kept drafts, pre-labels and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update

from tongguan.annotate.models import Annotation, AnnotationRevision, Draft, PersonCount, Prelabel, PrelabelOutcome
from tongguan.annotate.repository.leases import as_json
from tongguan.core.database import Session
from tongguan.core.ids import new_id


def annotation(session: Session, annotation_id: UUID, lock: bool = False) -> Annotation | None:
    """The head of an answer."""
    query = select(Annotation).where(Annotation.id == annotation_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def annotations_by_id(session: Session, ids: Sequence[UUID]) -> list[Annotation]:
    """Heads by id."""
    query = select(Annotation).where(Annotation.id.in_(ids)).execution_options(populate_existing=True)
    return list(session.scalars(query))


def annotations_of_item(session: Session, item_id: UUID) -> list[Annotation]:
    """All answers to an item, oldest first, deleted ones too."""
    query = select(Annotation).where(Annotation.item_id == item_id).order_by(Annotation.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def revision(session: Session, revision_id: UUID) -> AnnotationRevision | None:
    """One version of an answer."""
    return session.get(AnnotationRevision, revision_id)


def revisions_by_id(session: Session, ids: Sequence[UUID]) -> list[AnnotationRevision]:
    """Versions by id."""
    return list(session.scalars(select(AnnotationRevision).where(AnnotationRevision.id.in_(ids))))


def labels_of(session: Session, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Labels of many versions, without their command logs."""
    return session.execute(
        text("SELECT id, labels, nothing FROM annotation_revision WHERE id = ANY(:ids)"), {"ids": list(ids)}
    ).all()


def revision_number(session: Session, annotation_id: UUID, number: int) -> AnnotationRevision | None:
    """One version of an answer by its number."""
    return session.scalars(
        select(AnnotationRevision).where(
            AnnotationRevision.annotation_id == annotation_id, AnnotationRevision.number == number
        )
    ).one_or_none()


def revisions(session: Session, annotation_id: UUID) -> list[AnnotationRevision]:
    """The whole history of an answer, oldest first."""
    return list(
        session.scalars(
            select(AnnotationRevision)
            .where(AnnotationRevision.annotation_id == annotation_id)
            .order_by(AnnotationRevision.number)
        )
    )


def page(
    session: Session,
    project_id: UUID,
    limit: int,
    after: UUID | None,
    person_id: UUID | None = None,
    state: str | None = None,
    item_id: UUID | None = None,
) -> list[Annotation]:
    """Answers of a project, newest first, behind a key; practice and exam are left out."""
    query = select(Annotation).where(Annotation.project_id == project_id, Annotation.purpose.in_(["ordinary", "gold"]))
    if after is not None:
        query = query.where(Annotation.id < after)
    if person_id is not None:
        query = query.where(Annotation.person_id == person_id)
    if state is not None:
        query = query.where(Annotation.state == state)
    if item_id is not None:
        query = query.where(Annotation.item_id == item_id)
    return list(session.scalars(query.order_by(Annotation.id.desc()).limit(limit)))


def advance(session: Session, annotation_id: UUID, base: int, fields: Mapping[str, Any]) -> int | None:
    """Moves the head to its next revision; None when `base` is not the current one any more."""
    return session.execute(
        update(Annotation)
        .where(Annotation.id == annotation_id, Annotation.revision == base)
        .values(revision=Annotation.revision + 1, **fields)
        .returning(Annotation.revision)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def reopen_task(session: Session, task_id: UUID) -> None:
    """One slot of a task is open again: its answer was deleted."""
    session.execute(
        text(
            "UPDATE task SET open_slots = least(open_slots + 1, needed), answered = greatest(answered - 1, 0), "
            "state = CASE WHEN state IN ('full', 'done', 'settled') THEN 'open' ELSE state END WHERE id = :task"
        ),
        {"task": task_id},
    )


def take_back_slot(session: Session, task_id: UUID) -> bool:
    """Fills a slot again with an answer that is restored; False when the slot is taken."""
    row = session.execute(
        text(
            "UPDATE task SET open_slots = open_slots - 1, answered = answered + 1, "
            "state = CASE WHEN answered + 1 >= needed THEN 'done' WHEN open_slots = 1 THEN 'full' ELSE state END "
            "WHERE id = :task AND open_slots > 0 RETURNING id"
        ),
        {"task": task_id},
    ).one_or_none()
    return row is not None


def count_touched(session: Session, project_id: UUID, label_keys: Sequence[str]) -> dict[str, int]:
    """Annotations that carry one of the labels, and the people who drew them; open tasks of the project."""
    row = session.execute(
        text("""
            SELECT count(*) AS annotations, count(DISTINCT person_id) AS people FROM annotation
            WHERE project_id = :project AND state <> 'deleted' AND purpose IN ('ordinary', 'gold')
                AND label_keys ?| CAST(:keys AS text[])"""),
        {"project": project_id, "keys": list(label_keys)},
    ).one()
    tasks = session.execute(
        text(
            "SELECT count(*) FROM (SELECT 1 FROM task WHERE project_id = :project AND open_slots > 0 "
            "AND state = 'open' AND person_id IS NULL LIMIT 10000) AS counted"
        ),
        {"project": project_id},
    ).scalar_one()
    return {"annotations": row.annotations, "people": row.people, "open_tasks": tasks}


def kept_drafts(session: Session, project_id: UUID, person_id: UUID) -> Sequence[Row[Any]]:
    """Drafts that a person may adopt or throw away, newest first."""
    return session.execute(
        text("""
            SELECT d.id, d.task_id, t.item_id, i.name AS item_name, d.labels, d.nothing, d.reason, d.updated_at,
                (t.state = 'open' AND t.open_slots > 0) AS task_open
            FROM draft d JOIN task t ON t.id = d.task_id JOIN item i ON i.id = t.item_id
            WHERE d.person_id = :person AND d.project_id = :project AND d.state = 'kept'
            ORDER BY d.id DESC LIMIT 200"""),
        {"person": person_id, "project": project_id},
    ).all()


def kept_draft(session: Session, project_id: UUID, person_id: UUID, draft_id: UUID) -> Draft | None:
    """One kept draft of a person, locked."""
    return session.scalars(
        select(Draft)
        .where(
            Draft.id == draft_id, Draft.project_id == project_id, Draft.person_id == person_id, Draft.state == "kept"
        )
        .with_for_update()
    ).one_or_none()


def live_lease_on(session: Session, task_id: UUID, person_id: UUID) -> UUID | None:
    """A person's open lease on a task."""
    return session.execute(
        text("SELECT id FROM lease WHERE task_id = :task AND person_id = :person AND state = 'open'"),
        {"task": task_id, "person": person_id},
    ).scalar()


def store_prelabels(
    session: Session,
    project_id: UUID,
    model_version_id: UUID | None,
    sets: Sequence[tuple[UUID, Sequence[dict[str, Any]]]],
) -> list[UUID]:
    """Replaces the live pre-labels of items. Each label gets an id, by which answers name where a label came from."""
    items = [item_id for item_id, _ in sets]
    session.execute(
        update(Prelabel)
        .where(Prelabel.item_id.in_(items), Prelabel.state == "live")
        .values(state="replaced")
        .execution_options(synchronize_session=False)
    )
    rows = []
    for item_id, labels in sets:
        prelabel_id = new_id()
        marked = [{**label, "id": f"{prelabel_id}:{number}"} for number, label in enumerate(labels)]
        rows.append(
            {
                "id": prelabel_id,
                "project": project_id,
                "item": item_id,
                "model": model_version_id,
                "labels": as_json(marked),
            }
        )
    if rows:
        session.execute(
            text(
                "INSERT INTO prelabel (id, project_id, item_id, model_version_id, labels) "
                "VALUES (:id, :project, :item, :model, CAST(:labels AS jsonb))"
            ),
            rows,
        )
    return [row["id"] for row in rows]  # type: ignore[misc]


def drop_prelabels(session: Session, project_id: UUID, model_version_id: UUID) -> int:
    """Withdraws the live pre-labels of a model version."""
    done = session.execute(
        update(Prelabel)
        .where(
            Prelabel.project_id == project_id,
            Prelabel.model_version_id == model_version_id,
            Prelabel.state == "live",
        )
        .values(state="replaced")
        .returning(Prelabel.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(done)


def prelabel_of_item(session: Session, item_id: UUID) -> Prelabel | None:
    """The live pre-labels of an item."""
    return session.scalars(select(Prelabel).where(Prelabel.item_id == item_id, Prelabel.state == "live")).one_or_none()


def add_outcome(
    session: Session,
    project_id: UUID,
    annotation_id: UUID,
    prelabel_id: UUID,
    model: UUID | None,
    counts: Mapping[str, int],
) -> None:
    """Writes down what became of a pre-label in an answer; the first answer counts, not its rework."""
    session.execute(
        text("""
            INSERT INTO prelabel_outcome
                (id, project_id, annotation_id, prelabel_id, model_version_id, kept, corrected, thrown, drawn)
            VALUES (:id, :project, :annotation, :prelabel, :model, :kept, :corrected, :thrown, :drawn)
            ON CONFLICT ON CONSTRAINT uq_prelabel_outcome_annotation_id_prelabel_id DO NOTHING"""),
        {
            "id": new_id(),
            "project": project_id,
            "annotation": annotation_id,
            "prelabel": prelabel_id,
            "model": model,
            **counts,
        },
    )


def prelabel_stats(session: Session, project_id: UUID) -> list[Any]:
    """Sums of the outcomes, by model version."""
    columns = (PrelabelOutcome.kept, PrelabelOutcome.corrected, PrelabelOutcome.thrown, PrelabelOutcome.drawn)
    rows = session.execute(
        select(
            PrelabelOutcome.model_version_id,
            func.count().label("answers"),
            *(func.sum(column).label(column.key) for column in columns),
        )
        .where(PrelabelOutcome.project_id == project_id)
        .group_by(PrelabelOutcome.model_version_id)
    ).all()
    return list(rows)


def person_count(session: Session, project_id: UUID, person_id: UUID) -> PersonCount | None:
    """Counters of a person in a project."""
    return session.scalars(
        select(PersonCount)
        .where(PersonCount.project_id == project_id, PersonCount.person_id == person_id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def activity(session: Session, project_id: UUID, person_id: UUID, since: datetime) -> Row[Any]:
    """What a person submitted since a moment: answers, labels, seconds."""
    return session.execute(
        text("""
            SELECT count(*) AS submitted, coalesce(sum(jsonb_array_length(r.labels)), 0) AS labels,
                coalesce(sum(r.seconds + r.offline_seconds), 0) AS seconds
            FROM annotation a JOIN annotation_revision r ON r.annotation_id = a.id
                AND r.reason IN ('submit', 'rework') AND r.author_id = :person
            WHERE a.person_id = :person AND a.project_id = :project AND a.purpose IN ('ordinary', 'gold')
                AND a.submitted_at >= :since AND r.created_at >= :since"""),
        {"project": project_id, "person": person_id, "since": since},
    ).one()


def waiting(session: Session, project_id: UUID, person_id: UUID) -> Row[Any]:
    """What waits for a person: rework, kept drafts, leases they hold, ordinary tasks (counted up to 10,000)."""
    return session.execute(
        text("""
            SELECT (SELECT count(*) FROM task t WHERE t.person_id = :person AND t.project_id = :project
                    AND t.purpose = 'ordinary' AND t.open_slots > 0 AND t.state = 'open') AS rework,
                (SELECT count(*) FROM draft d WHERE d.person_id = :person AND d.project_id = :project
                    AND d.state = 'kept') AS kept_drafts,
                (SELECT count(*) FROM lease l WHERE l.person_id = :person AND l.project_id = :project
                    AND l.state IN ('next', 'open') AND NOT l.study) AS held,
                (SELECT count(*) FROM (SELECT 1 FROM task t WHERE t.project_id = :project AND t.open_slots > 0
                    AND t.state = 'open' AND t.person_id IS NULL LIMIT 10000) AS counted) AS queue"""),
        {"project": project_id, "person": person_id},
    ).one()

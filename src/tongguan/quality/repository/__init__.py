"""Queries of the stage quality. Tables of earlier stages are read here by name, and never written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.quality.models import (
    AttributeConfusion,
    Confusion,
    Consensus,
    Finding,
    Gold,
    GoldResult,
    Judgement,
    Lot,
    LotMember,
    QualityFlag,
    Review,
    Rework,
)


def collecting_lot(session: Session, project_id: UUID, person_id: UUID, moment: datetime) -> Lot:
    """The person's open lot, locked; made when there is none."""
    query = (
        select(Lot)
        .where(Lot.project_id == project_id, Lot.person_id == person_id, Lot.state == "collecting")
        .with_for_update()
    )
    found = session.scalar(query)
    if found is not None:
        return found
    number = select(func.coalesce(func.max(Lot.number), 0) + 1).where(
        Lot.project_id == project_id, Lot.person_id == person_id
    )
    values = {"id": new_id(), "project_id": project_id, "person_id": person_id, "opened_at": moment}
    session.execute(insert(Lot).values(**values, number=number.scalar_subquery()).on_conflict_do_nothing())
    made = session.scalar(query)
    if made is None:
        raise RuntimeError("a lot was closed while it was opened")
    return made


def lot(session: Session, lot_id: UUID) -> Lot | None:
    """A lot, locked."""
    return session.scalar(select(Lot).where(Lot.id == lot_id).with_for_update())


def lots(session: Session, project_id: UUID, *states: str, person_id: UUID | None = None) -> Sequence[Lot]:
    """Lots of a project in the given states, newest first."""
    query = select(Lot).where(Lot.project_id == project_id).order_by(Lot.id.desc())
    if states:
        query = query.where(Lot.state.in_(states))
    if person_id is not None:
        query = query.where(Lot.person_id == person_id)
    return session.scalars(query.limit(1000)).all()


def join_lot(session: Session, lot_id: UUID, revisions: Mapping[UUID, UUID], drawn: bool) -> set[UUID]:
    """Puts annotations (with their revisions) into a lot; gives those that were in none before."""
    rows = [
        {"id": new_id(), "lot_id": lot_id, "annotation_id": annotation_id, "revision_id": revision_id, "drawn": drawn}
        for annotation_id, revision_id in revisions.items()
    ]
    query = insert(LotMember).values(rows).on_conflict_do_nothing().returning(LotMember.annotation_id)
    return set(session.scalars(query))


def lot_members(session: Session, lot_id: UUID) -> Sequence[LotMember]:
    """Members of a lot in the order in which they joined."""
    query = select(LotMember).where(LotMember.lot_id == lot_id).order_by(LotMember.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def member_of(session: Session, annotation_id: UUID) -> LotMember | None:
    """The lot membership of an annotation."""
    return session.scalar(select(LotMember).where(LotMember.annotation_id == annotation_id))


def members_among(session: Session, annotation_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some annotations that are in a lot."""
    return set(session.scalars(select(LotMember.annotation_id).where(LotMember.annotation_id.in_(annotation_ids))))


_VOID_MEMBERS = text("""
    UPDATE lot_member SET outcome = 'void' WHERE lot_id = :lot AND outcome IS NULL
    AND annotation_id IN (SELECT id FROM annotation WHERE state IN ('deleted', 'superseded'))
""")
_VOID_REVIEWS = text("""
    UPDATE review SET state = 'void' WHERE lot_id = :lot AND state IN ('waiting', 'leased')
    AND annotation_id IN (SELECT id FROM annotation WHERE state IN ('deleted', 'superseded'))
""")


def void_gone(session: Session, lot_id: UUID) -> None:
    """Takes annotations that no longer exist out of a lot and out of the queue."""
    session.execute(_VOID_MEMBERS, {"lot": lot_id})
    session.execute(_VOID_REVIEWS, {"lot": lot_id})


def queue_review(session: Session, values: dict[str, Any]) -> bool:
    """Adds a review, or revives one that was void; False when this revision has one already."""
    query = insert(Review).values(id=new_id(), **values)
    query = query.on_conflict_do_update(
        constraint="uq_review_annotation_revision",
        set_={"state": "waiting", "queued_at": query.excluded.queued_at, "reviewer_id": None, "leased_until": None},
        where=Review.state == "void",
    )
    return session.execute(query.returning(Review.id)).first() is not None


_LEASED = select(Review).where(Review.state == "leased")

# The next review is one of the oldest by chance: who waits longest is served, and nobody can be sure to get a
# friend's work. Locked rows are other people's next reviews.
_NEXT = text("""
    UPDATE review SET state = 'leased', reviewer_id = :me, leased_until = :until
    WHERE id = (
        SELECT r.id FROM review r JOIN (
            SELECT q.id FROM review q
            JOIN annotation a ON a.id = q.annotation_id AND a.state = 'submitted'
            WHERE q.project_id = :project_id AND q.person_id <> :me
              AND (q.state = 'waiting' OR (q.state = 'leased' AND q.leased_until < :now))
              AND NOT EXISTS (SELECT 1 FROM annotation_revision v
                              WHERE v.annotation_id = q.annotation_id AND v.author_id = :me)
            ORDER BY q.queued_at, q.id LIMIT :among
        ) oldest ON oldest.id = r.id
        WHERE r.state = 'waiting' OR (r.state = 'leased' AND r.leased_until < :now)
        ORDER BY random() LIMIT 1 FOR UPDATE OF r SKIP LOCKED)
    RETURNING id
""")


def lease_next(session: Session, project_id: UUID, me: UUID, moment: datetime, until: datetime) -> UUID | None:
    """Leases one of the 20 oldest reviews that are not this person's own work; of all, when those are being taken."""
    values = {"project_id": project_id, "me": me, "now": moment, "until": until}
    for among in (20, 100_000):
        row = session.execute(_NEXT, {**values, "among": among}).one_or_none()
        if row is not None:
            return UUID(str(row.id))
    return None


def leased_by(session: Session, project_id: UUID, me: UUID, moment: datetime) -> Review | None:
    """The review that this person holds."""
    return session.scalars(
        _LEASED.where(Review.project_id == project_id, Review.reviewer_id == me, Review.leased_until >= moment)
        .order_by(Review.queued_at)
        .limit(1)
    ).first()


def review(session: Session, project_id: UUID, review_id: UUID) -> Review | None:
    """A review of a project, locked."""
    return session.scalar(
        select(Review).where(Review.id == review_id, Review.project_id == project_id).with_for_update()
    )


def live_review(session: Session, annotation_id: UUID) -> Review | None:
    """The review of an annotation that is not finished."""
    return session.scalar(
        select(Review).where(Review.annotation_id == annotation_id, Review.state.in_(["waiting", "leased"]))
    )


def live_reviews_of_item(session: Session, item_id: UUID) -> Sequence[Review]:
    """Reviews of an item that are not finished."""
    return session.scalars(
        select(Review).where(Review.item_id == item_id, Review.state.in_(["waiting", "leased"])).with_for_update()
    ).all()


_VOID_ITEM = text("""
    UPDATE lot_member m SET outcome = 'void' FROM annotation a
    WHERE a.id = m.annotation_id AND a.item_id = :item_id AND m.outcome IS NULL RETURNING m.lot_id
""")


def void_members_of_item(session: Session, item_id: UUID) -> list[UUID]:
    """Takes an item's annotations out of lots that have not judged them; returns the lots."""
    session.flush()
    return [row.lot_id for row in session.execute(_VOID_ITEM, {"item_id": item_id})]


def waiting_reviews(session: Session, project_id: UUID, not_of: UUID | None = None) -> int:
    """Reviews that wait, without those of one's own work."""
    query = (
        select(func.count())
        .select_from(Review)
        .where(Review.project_id == project_id, Review.state.in_(["waiting", "leased"]))
    )
    if not_of is not None:
        query = query.where(Review.person_id != not_of)
    return session.scalar(query) or 0


def finding(session: Session, project_id: UUID, finding_id: UUID) -> Finding | None:
    """A finding of a project, locked."""
    return session.scalar(
        select(Finding).where(Finding.id == finding_id, Finding.project_id == project_id).with_for_update()
    )


def findings_of(session: Session, annotation_id: UUID, revision_id: UUID | None = None) -> Sequence[Finding]:
    """Findings on an annotation, or on one of its revisions, oldest first."""
    query = select(Finding).where(Finding.annotation_id == annotation_id).order_by(Finding.id)
    return session.scalars(query if revision_id is None else query.where(Finding.revision_id == revision_id)).all()


def findings(
    session: Session,
    project_id: UUID,
    *,
    person_id: UUID | None = None,
    state: str | None = None,
    before: UUID | None = None,
    limit: int = 100,
) -> Sequence[Finding]:
    """Findings of a project, newest first."""
    query = select(Finding).where(Finding.project_id == project_id).order_by(Finding.id.desc()).limit(limit)
    if person_id is not None:
        query = query.where(Finding.person_id == person_id)
    if state is not None:
        query = query.where(Finding.state == state)
    return session.scalars(query if before is None else query.where(Finding.id < before)).all()


def gold(session: Session, gold_id: UUID) -> Gold | None:
    """One gold."""
    return session.get(Gold, gold_id)


def golds(session: Session, project_id: UUID, use: str | None = None, state: str | None = "live") -> Sequence[Gold]:
    """Gold of a project, oldest first."""
    query = select(Gold).where(Gold.project_id == project_id).order_by(Gold.id)
    if use is not None:
        query = query.where(Gold.use == use)
    return session.scalars(query if state is None else query.where(Gold.state == state)).all()


def has_hidden_gold(session: Session, project_id: UUID) -> bool:
    """Whether a project has hidden gold."""
    query = select(Gold.id).where(Gold.project_id == project_id, Gold.use == "hidden", Gold.state == "live").limit(1)
    return session.scalar(query) is not None


def gold_of_item(session: Session, project_id: UUID, item_id: UUID) -> Gold | None:
    """The live gold of an item."""
    return session.scalar(
        select(Gold).where(Gold.project_id == project_id, Gold.item_id == item_id, Gold.state == "live")
    )


def waiting_gold(
    session: Session, project_id: UUID, person_id: UUID | None = None, before: datetime | None = None
) -> Sequence[GoldResult]:
    """Gold answers whose judgement has not been given yet."""
    query = select(GoldResult).where(GoldResult.project_id == project_id, GoldResult.judged_at.is_(None))
    if person_id is not None:
        query = query.where(GoldResult.person_id == person_id)
    if before is not None:
        query = query.where(GoldResult.answered_at < before)
    return session.scalars(query.order_by(GoldResult.id).with_for_update(skip_locked=True)).all()


def add_once(
    session: Session, model: type[GoldResult | Confusion | AttributeConfusion | Consensus], values: dict[str, Any]
) -> bool:
    """Inserts a row that does not exist yet; True when it was new."""
    query = insert(model).values(id=new_id(), **values).on_conflict_do_nothing().returning(model.id)
    return session.execute(query).first() is not None


def add_judgements(session: Session, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Inserts judgements; those that exist already are left as they are. Returns the new ids."""
    if not rows:
        return []
    query = insert(Judgement).values([{"id": new_id(), **row} for row in rows]).on_conflict_do_nothing()
    return [row.id for row in session.execute(query.returning(Judgement.id))]


def judgements(session: Session, ids: Iterable[UUID]) -> Sequence[Judgement]:
    """Judgements by id, in the order in which they were made."""
    return session.scalars(select(Judgement).where(Judgement.id.in_(list(ids))).order_by(Judgement.id)).all()


def judgements_of(session: Session, annotation_id: UUID, person_id: UUID | None = None) -> Sequence[Judgement]:
    """All judgements of an annotation, oldest first."""
    query = select(Judgement).where(Judgement.annotation_id == annotation_id).order_by(Judgement.id)
    return session.scalars(query if person_id is None else query.where(Judgement.person_id == person_id)).all()


def reworks_of(session: Session, annotation_id: UUID) -> Sequence[Rework]:
    """Why an annotation was sent back, oldest first."""
    return session.scalars(select(Rework).where(Rework.annotation_id == annotation_id).order_by(Rework.id)).all()


def consensus_of_item(session: Session, project_id: UUID, item_id: UUID) -> Consensus | None:
    """The latest comparison of several answers to an item, locked."""
    return session.scalars(
        select(Consensus)
        .where(Consensus.project_id == project_id, Consensus.item_id == item_id)
        .order_by(Consensus.id.desc())
        .limit(1)
        .with_for_update()
    ).first()


def open_disagreements(session: Session, project_id: UUID, after: UUID | None, limit: int) -> Sequence[Consensus]:
    """Items whose answers differ, oldest first."""
    query = select(Consensus).where(Consensus.project_id == project_id, Consensus.state == "open")
    query = query.order_by(Consensus.id).limit(limit)
    return session.scalars(query if after is None else query.where(Consensus.id > after)).all()


def flag(session: Session, project_id: UUID, person_id: UUID) -> QualityFlag | None:
    """The open flag of a person."""
    return session.scalar(
        select(QualityFlag).where(
            QualityFlag.project_id == project_id, QualityFlag.person_id == person_id, QualityFlag.state == "open"
        )
    )


def raise_flag(session: Session, values: dict[str, Any]) -> bool:
    """Opens a flag; False when one is open already."""
    query = insert(QualityFlag).values(id=new_id(), **values).on_conflict_do_nothing().returning(QualityFlag.id)
    return session.execute(query).first() is not None


def flags(session: Session, project_id: UUID) -> Sequence[QualityFlag]:
    """Open flags of a project."""
    return session.scalars(
        select(QualityFlag).where(QualityFlag.project_id == project_id, QualityFlag.state == "open")
    ).all()


def retire_gold(session: Session, project_id: UUID, gold_id: UUID) -> UUID | None:
    """Retires a live gold and returns its item; None when there is none."""
    query = update(Gold).where(Gold.id == gold_id, Gold.project_id == project_id, Gold.state == "live")
    row = session.execute(query.values(state="retired").returning(Gold.item_id)).one_or_none()
    return row.item_id if row else None


def gold_counts(session: Session, project_id: UUID) -> dict[UUID, tuple[int, int]]:
    """(answers, right ones) of hidden gold, by gold."""
    query = select(GoldResult.gold_id, func.count(), func.count().filter(GoldResult.correct))
    query = query.where(GoldResult.project_id == project_id).group_by(GoldResult.gold_id)
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def standing_findings(session: Session, project_id: UUID, person_id: UUID, limit: int) -> Sequence[Finding]:
    """A person's findings that were not withdrawn, newest first."""
    query = select(Finding).where(Finding.project_id == project_id, Finding.person_id == person_id)
    return session.scalars(query.where(Finding.state != "withdrawn").order_by(Finding.id.desc()).limit(limit)).all()


_TOUCHED = text("""
    SELECT use, count(*) AS n FROM gold
    WHERE project_id = :project_id AND state = 'live'
      AND EXISTS (SELECT 1 FROM jsonb_array_elements(labels) l WHERE l ->> 'label' = ANY(:keys))
    GROUP BY use
""")


def gold_touched(session: Session, project_id: UUID, keys: Sequence[str]) -> dict[str, int]:
    """Live gold that carries one of the label classes, by use."""
    rows = session.execute(_TOUCHED, {"project_id": project_id, "keys": list(keys)})
    return {f"gold_{row.use}": int(row.n) for row in rows}

"""What people see: reviews, findings, lots, disagreements and figures, with pictures and names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from tongguan.collect.interface import image_links, items_by_id
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.people.interface import organization_zone, people_by_id
from tongguan.quality import repository
from tongguan.quality.models import Consensus, Finding, Gold, Lot, Review
from tongguan.quality.repository import earlier
from tongguan.quality.repository import figures as sql
from tongguan.quality.schemas import (
    AnswerOption,
    AttributeQuality,
    BurnDay,
    ConfusionCell,
    Disagreement,
    FindingView,
    FlagView,
    GoldView,
    LabelQuality,
    LotView,
    PersonRow,
    PictureView,
    QualityReport,
    ReviewWork,
)
from tongguan.quality.service import figures, gate, judging


def pictures(session: Session, caller: Caller, project_id: UUID, item_ids: Iterable[UUID]) -> dict[UUID, PictureView]:
    """Items with links to their bytes."""
    items = items_by_id(session, set(item_ids))
    links = image_links(caller, project_id, items.values())
    return {
        item_id: PictureView(
            id=item_id,
            name=item.name,
            width=item.width or 0,
            height=item.height or 0,
            image_url=links.get(item_id, {}).get("image_url"),
            thumb_url=links.get(item_id, {}).get("thumb_url"),
            tiles_url=links.get(item_id, {}).get("tiles_url", ""),
        )
        for item_id, item in items.items()
    }


def review_work(session: Session, caller: Caller, review: Review) -> ReviewWork:
    """A leased review with everything an inspector needs, but not whose work it is."""
    revision = earlier.revisions(session, [review.revision_id])[review.revision_id]
    shown = pictures(session, caller, review.project_id, [review.item_id])
    lot = repository.lot(session, review.lot_id) if review.lot_id else None
    before = repository.findings_of(session, review.annotation_id)
    if review.leased_until is None:
        raise ValueError("the review is not leased")
    return ReviewWork(
        id=review.id,
        annotation_id=review.annotation_id,
        revision_id=review.revision_id,
        revision=revision.number,
        rule_version_id=revision.rule_version_id,
        item=shown[review.item_id],
        labels=revision.labels,
        nothing=revision.nothing,
        seconds=revision.seconds,
        rework=revision.number > 1,
        earlier=[_finding(row, None, caller, frozenset()) for row in before],
        lot=_lot(lot, None) if lot else None,
        leased_until=review.leased_until,
        waiting=repository.waiting_reviews(session, review.project_id, caller.person_id),
    )


def lots(session: Session, found: Sequence[Lot]) -> list[LotView]:
    """Lots with the names of their people."""
    people = people_by_id(session, [lot.person_id for lot in found])
    return [_lot(lot, people[lot.person_id].name if lot.person_id in people else "") for lot in found]


def _lot(lot: Lot, name: str | None) -> LotView:
    return LotView.model_validate(
        {
            "id": lot.id,
            "person_id": lot.person_id if name is not None else None,
            "person": name or "",
            "number": lot.number,
            "state": lot.state,
            "size": lot.size,
            "drawn": lot.drawn,
            "judged": lot.judged,
            "accepted": lot.accepted,
            "opened_at": lot.opened_at,
            "closed_at": lot.closed_at,
            "ended_at": lot.ended_at,
        }
    )


def findings(
    session: Session, caller: Caller, project_id: UUID, found: Sequence[Finding], roles: frozenset[str]
) -> list[FindingView]:
    """Findings with their pictures."""
    shown = pictures(session, caller, project_id, [row.item_id for row in found])
    return [_finding(row, shown.get(row.item_id), caller, roles) for row in found]


ANSWERERS = frozenset({"inspector", "trainer", "manager", "owner"})


def _finding(row: Finding, item: PictureView | None, caller: Caller, roles: frozenset[str]) -> FindingView:
    other = caller.person_id not in (row.made_by, row.person_id)
    return FindingView.model_validate(
        {
            "id": row.id,
            "annotation_id": row.annotation_id,
            "revision_id": row.revision_id,
            "person_id": row.person_id,
            "label_id": row.label_id,
            "label": row.label,
            "attribute": row.attribute,
            "type": row.type,
            "severity": row.severity,
            "note": row.note,
            "region": row.region,
            "state": row.state,
            "contest": row.contest,
            "answer": row.answer,
            "answered_at": row.answered_at,
            "created_at": row.created_at,
            "mine_to_answer": row.state == "contested" and other and bool(roles & ANSWERERS),
            "item": item,
        }
    )


def disagreements(session: Session, caller: Caller, project_id: UUID, rows: Sequence[Consensus]) -> list[Disagreement]:
    """Items whose answers differ, with all answers; their authors are not named."""
    shown = pictures(session, caller, project_id, [row.item_id for row in rows])
    result = []
    for row in rows:
        heads = earlier.answers_of_task(session, row.task_id)
        found = judging.answers(session, [head.id for head in heads if head.state == "submitted"])
        options = [
            AnswerOption(
                annotation_id=each.annotation_id,
                revision_id=each.revision_id,
                revision=each.number,
                rule_version_id=each.rule_version_id,
                labels=[dict(label) for label in each.labels],
                nothing=each.nothing,
            )
            for each in found.values()
        ]
        result.append(
            Disagreement.model_validate(
                {
                    "item_id": row.item_id,
                    "task_id": row.task_id,
                    "item": shown[row.item_id],
                    "answers": options,
                    "state": row.state,
                    "created_at": row.created_at,
                    "own": any(each.person_id == caller.person_id for each in found.values()),
                }
            )
        )
    return result


def golds(session: Session, project_id: UUID, rows: Sequence[Gold]) -> list[GoldView]:
    """Gold with how often it was answered and how often right."""
    items = items_by_id(session, [row.item_id for row in rows])
    counts = repository.gold_counts(session, project_id)
    return [
        GoldView.model_validate(
            {
                "id": row.id,
                "item_id": row.item_id,
                "use": row.use,
                "labels": row.labels,
                "nothing": row.nothing,
                "state": row.state,
                "name": items[row.item_id].name if row.item_id in items else "",
                "answers": counts.get(row.id, (0, 0))[0],
                "right": counts.get(row.id, (0, 0))[1],
            }
        )
        for row in rows
    ]


def report(session: Session, project_id: UUID, only: UUID | None = None) -> QualityReport:
    """Live quality of a project; with `only` of that person alone, and without gold, which nobody may learn from."""
    ids = [only] if only else sql.people(session, project_id)
    people = people_by_id(session, ids)
    rows = []
    for person_id in sorted(people, key=lambda each: people[each].name):
        quality = figures.quality_of(session, project_id, person_id)
        values = dict(quality) | ({"gold": figures.view(0, 0), "checked": figures.view(0, 0)} if only else {})
        labels = _labels(session, project_id, person_id)
        attributes = [] if only else _attributes(session, project_id, person_id)
        rows.append(PersonRow(**values, name=people[person_id].name, labels=labels, attributes=attributes))
    flags = [] if only else repository.flags(session, project_id)
    return QualityReport(
        gate=gate.figure(session, project_id),
        people=rows,
        labels=_labels(session, project_id, only),
        attributes=[] if only else _attributes(session, project_id, None),
        confusion=[]
        if only
        else [
            ConfusionCell(expected=expected, answered=answered, count=count)
            for expected, answered, count in sql.confusion(session, project_id)
        ],
        flags=[
            FlagView(
                person_id=flag.person_id,
                answers=flag.answers,
                right=flag.right_answers,
                low=flag.low,
                high=flag.high,
                stopped=flag.stopped,
                raised_at=flag.raised_at,
            )
            for flag in flags
        ],
        waiting_reviews=repository.waiting_reviews(session, project_id),
        contested=len(repository.findings(session, project_id, state="contested", person_id=only, limit=1000)),
        disagreements=len(repository.open_disagreements(session, project_id, None, 1000)),
    )


def _labels(session: Session, project_id: UUID, person_id: UUID | None) -> list[LabelQuality]:
    return [
        LabelQuality(label=label, units=figures.view(accepted, judged))
        for label, accepted, judged in sql.labels(session, project_id, person_id)
    ]


def _attributes(session: Session, project_id: UUID, person_id: UUID | None) -> list[AttributeQuality]:
    return [
        AttributeQuality(label=label, attribute=attribute, values=figures.view(right, whole))
        for label, attribute, right, whole in sql.attributes(session, project_id, person_id)
    ]


def burn_up(session: Session, project_id: UUID) -> list[BurnDay]:
    """Running totals by day of the organization; days without news are left out."""
    days, items, accepted = [], 0, 0
    for day, came, done in sql.burn_up(session, project_id, organization_zone(session).key):
        items, accepted = items + came, accepted + done
        days.append(BurnDay(day=day, items=items, accepted=accepted))
    return days

"""Whatever is judged: the ledger equals a recomputation from the raw judgements, written a second time here."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.settle.conftest import PayFloor

from tongguan.core import clock
from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.settle.payslip import compute_payslips, parse_rates, read_corrections, read_work
from tongguan.settle.schemas import AppealAnswerIn, AppealIn
from tongguan.settle.service import appeals, export, periods, rates, work

OUTCOMES = ("accepted", "rejected", "rework_own", "rework_rule")
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Raw:
    """One judgement as it is drawn."""

    person: int
    minute: int
    unit: str
    difficulty: str
    quantity: int
    outcome: str


RAW = st.builds(
    Raw,
    person=st.integers(0, 2),
    minute=st.integers(0, 30),
    unit=st.sampled_from(["box", "task"]),
    difficulty=st.sampled_from(["normal", "hard"]),
    quantity=st.integers(0, 40),
    outcome=st.sampled_from(OUTCOMES),
)
REVIEWS = st.builds(
    Raw,
    person=st.integers(0, 2),
    minute=st.integers(0, 30),
    unit=st.just("review"),
    difficulty=st.just("normal"),
    quantity=st.just(1),
    outcome=st.just("accepted"),
)
CARDS = st.builds(
    lambda base, quota, box, task, review, hard, steps: (
        base,
        quota,
        box,
        task,
        review,
        hard,
        sorted(steps, reverse=True),
    ),
    base=st.integers(0, 5000),
    quota=st.integers(0, 60),
    box=st.decimals("0", "20", places=3),
    task=st.decimals("0", "20", places=1),
    review=st.decimals("0", "90", places=2),
    hard=st.decimals("0.5", "3", places=2),
    steps=st.lists(
        st.tuples(st.decimals("0.01", "1", places=2), st.decimals("0", "2", places=2)),
        max_size=3,
        unique_by=lambda s: s[0],
    ),
)


def toml(card: tuple[Any, ...]) -> str:
    """The card as a person would write it."""
    base, quota, box, task, review, hard, steps = card
    text_ = f'base_fen = {base}\nquota_units = {quota}\n[rates]\nbox = "{box}"\ntask = "{task}"\nreview = "{review}"\n'
    text_ += f'[difficulty]\nnormal = "1"\nhard = "{hard}"\n'
    for at_least, coefficient in [*steps, (Decimal(0), Decimal("0.8"))]:
        text_ += f'[[quality]]\nat_least = "{at_least}"\ncoefficient = "{coefficient}"\n'
    return text_


def expected(card: tuple[Any, ...], rows: Sequence[Raw]) -> dict[int, int]:
    """Total fen by person, straight from "Pay, exactly": unit by unit, without the code under test."""
    base, quota, box, task, review, hard, steps = card
    factors = {"box": box, "task": task, "review": review, "normal": Decimal(1), "hard": hard}
    totals = {}
    for person in {row.person for row in rows}:
        own = [row for row in rows if row.person == person]
        accepted = sum(row.quantity for row in own if row.outcome == "accepted")
        judged = accepted + sum(row.quantity for row in own if row.outcome == "rejected")
        ladder = [*steps, (Decimal(0), Decimal("0.8"))]
        coefficient = next(c for at, c in ladder if (accepted >= at * judged if judged else at <= 1))
        beyond: dict[tuple[str, str, str], int] = defaultdict(int)
        used = 0
        for row in sorted((r for r in own if r.outcome in ("accepted", "rework_rule")), key=lambda r: r.minute):
            for _ in range(row.quantity):
                used += 1
                if used > quota:
                    beyond[(row.unit, row.difficulty, row.outcome)] += 1
        total = base
        for (unit, difficulty, outcome), count in beyond.items():
            quality = Decimal(1) if outcome == "rework_rule" else coefficient
            amount = count * factors[unit] * factors[difficulty] * quality
            total += int(amount.quantize(Decimal(1), ROUND_HALF_UP))
        totals[person] = total
    return totals


class Undo(Exception):
    """Ends an example without a trace."""


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    card=CARDS,
    rows=st.lists(st.one_of(RAW, REVIEWS), min_size=1, max_size=12),
    added=st.one_of(st.none(), st.integers(0, 5000)),
)
def test_the_ledger_equals_a_recomputation(
    floor: PayFloor, card: tuple[Any, ...], rows: list[Raw], added: int | None
) -> None:
    world = floor.world
    if not world.people:
        for name in "甲乙丙":
            floor.annotator(name)
        with clock.frozen(BEGIN):
            floor.answer(world.people[0])
    with pytest.raises(Undo):
        _one_example(floor, card, rows, added)


def _review(session: Session, floor: PayFloor, row: Raw, annotation: Any) -> UUID:
    """A finished review of somebody's answer."""
    review_id = new_id()
    people = [person.id for person in floor.world.people]
    session.execute(
        text(
            "INSERT INTO review (id, project_id, annotation_id, revision_id, item_id, task_id, person_id, reviewer_id, "
            "state, verdict, queued_at, done_at) VALUES (:id, :project, :annotation, :revision, :item, :task, :author, "
            ":reviewer, 'done', 'accept', :at, :at)"
        ),
        {
            "id": review_id,
            "project": floor.world.project.id,
            "annotation": annotation.id,
            "revision": new_id(),
            "item": annotation.item_id,
            "task": annotation.task_id,
            "author": people[(row.person + 1) % 3],
            "reviewer": people[row.person],
            "at": BEGIN + timedelta(minutes=row.minute),
        },
    )
    return review_id


def _recomputed(session: Session, floor: PayFloor, period_id: UUID, card: tuple[Any, ...]) -> dict[str, int]:
    """Totals by name, from the files of the period, as the command reads them."""
    project_id = floor.world.project.id
    parsed = parse_rates(toml(card))
    rows = read_work(io.BytesIO(export.work_csv(session, project_id, period_id, None).encode()), parsed)
    text_ = export.corrections_csv(session, project_id, period_id, None)
    slips = compute_payslips(parsed, rows, read_corrections(io.BytesIO(text_.encode())))
    return {slip.person: slip.total_fen for slip in slips}


def _one_example(floor: PayFloor, card: tuple[Any, ...], rows: list[Raw], added: int | None) -> None:
    world = floor.world
    people = [person.id for person in world.people]
    annotation = world.rows("SELECT id, item_id, task_id FROM annotation")[0]
    with world.database.transaction(world.org_id) as session:
        rates.change(session, world.project.id, floor.owner.id, toml(card))
        judged: list[UUID] = []
        for row in rows:
            if row.unit == "review":
                review_id = _review(session, floor, row, annotation)
                assert [work.record_reviews(session, [review_id]) for _ in range(2)] == [1, 0]  # delivered twice
                continue
            judged.append(new_id())
            session.execute(
                text(
                    "INSERT INTO judgement (id, project_id, annotation_id, revision_id, item_id, person_id, unit, "
                    "difficulty, quantity, outcome, judged_at, via) VALUES (:id, :project, :annotation, :revision, "
                    ":item, :person, :unit, :difficulty, :quantity, :outcome, :at, 'review')"
                ),
                {
                    "id": judged[-1],
                    "project": world.project.id,
                    "annotation": annotation.id,
                    "revision": new_id(),
                    "item": annotation.item_id,
                    "person": people[row.person],
                    "unit": row.unit,
                    "difficulty": row.difficulty,
                    "quantity": row.quantity,
                    "outcome": row.outcome,
                    "at": BEGIN + timedelta(minutes=row.minute),
                },
            )
        work.record(session, judged)
        work.record(session, judged)  # delivered twice
        with clock.frozen(BEGIN + timedelta(days=1)):
            period = periods.close(session, world.project.id, floor.owner.id)
            # Of the same minute, what was written first uses up the quota first: reviews are written above.
            written = sorted(rows, key=lambda row: row.unit != "review")
            right = {people[person]: total for person, total in expected(card, written).items()}
            if added is not None:
                first = people[rows[0].person]
                filed = appeals.file(session, world.project.id, period.id, first, AppealIn(text="少了"))
                wish = AppealAnswerIn(granted=added > 0, amount_fen=added, text="核对")
                appeals.answer(session, world.project.id, filed.id, floor.owner.id, wish)
                right[first] += added
            detail = periods.detail(session, world.project.id, period.id)
        paid = {slip.person_id: slip.total_fen for slip in detail.slips}
        assert paid == right
        assert _recomputed(session, floor, period.id, card) == {slip.person: slip.total_fen for slip in detail.slips}
        assert detail.total_fen == sum(paid.values())
        for slip in detail.slips:
            assert slip.total_fen == sum(line.amount_fen for line in slip.lines)
        raise Undo

"""Whatever is judged: the ledger equals a recomputation from the raw judgements, written a second time here."""

from __future__ import annotations

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
from tongguan.core.ids import new_id
from tongguan.settle.service import periods, rates, work

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
CARDS = st.builds(
    lambda base, quota, box, task, hard, steps: (base, quota, box, task, hard, sorted(steps, reverse=True)),
    base=st.integers(0, 5000),
    quota=st.integers(0, 60),
    box=st.decimals("0", "20", places=3),
    task=st.decimals("0", "20", places=1),
    hard=st.decimals("0.5", "3", places=2),
    steps=st.lists(
        st.tuples(st.decimals("0.01", "1", places=2), st.decimals("0", "2", places=2)),
        max_size=3,
        unique_by=lambda s: s[0],
    ),
)


def toml(card: tuple[Any, ...]) -> str:
    """The card as a person would write it."""
    base, quota, box, task, hard, steps = card
    text_ = f'base_fen = {base}\nquota_units = {quota}\n[rates]\nbox = "{box}"\ntask = "{task}"\n'
    text_ += f'[difficulty]\nnormal = "1"\nhard = "{hard}"\n'
    for at_least, coefficient in [*steps, (Decimal(0), Decimal("0.8"))]:
        text_ += f'[[quality]]\nat_least = "{at_least}"\ncoefficient = "{coefficient}"\n'
    return text_


def expected(card: tuple[Any, ...], rows: Sequence[Raw]) -> dict[int, int]:
    """Total fen by person, straight from "Pay, exactly": unit by unit, without the code under test."""
    base, quota, box, task, hard, steps = card
    factors = {"box": box, "task": task, "normal": Decimal(1), "hard": hard}
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
@given(card=CARDS, rows=st.lists(RAW, min_size=1, max_size=12))
def test_the_ledger_equals_a_recomputation(floor: PayFloor, card: tuple[Any, ...], rows: list[Raw]) -> None:
    world = floor.world
    if not world.people:
        for name in "甲乙丙":
            floor.annotator(name)
        with clock.frozen(BEGIN):
            floor.answer(world.people[0])
    with pytest.raises(Undo):
        _one_example(floor, card, rows)


def _one_example(floor: PayFloor, card: tuple[Any, ...], rows: list[Raw]) -> None:
    world = floor.world
    people = [person.id for person in world.people]
    annotation = world.rows("SELECT id, item_id FROM annotation")[0]
    with world.database.transaction(world.org_id) as session:
        rates.change(session, world.project.id, floor.owner.id, toml(card))
        judged: list[UUID] = []
        for row in rows:
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
            detail = periods.detail(session, world.project.id, period.id)
        paid = {slip.person_id: slip.total_fen for slip in detail.slips}
        assert paid == {people[person]: total for person, total in expected(card, rows).items()}
        assert detail.total_fen == sum(paid.values())
        for slip in detail.slips:
            assert slip.total_fen == sum(line.amount_fen for line in slip.lines)
        raise Undo

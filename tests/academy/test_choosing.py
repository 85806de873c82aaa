"""The choice of gold for practice and exams, by property."""

from __future__ import annotations

from collections import Counter
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.made import box

from tongguan.academy.service.choosing import NOTHING, choose, strata
from tongguan.quality.interface import GoldItem

CLASSES = ("scratches", "patches", "crazing", "inclusion")
ANSWERS = st.lists(st.sampled_from(CLASSES), max_size=3)


def gold(labels: list[str]) -> GoldItem:
    """An exam item whose right answer has these classes; none = nothing here."""
    marks = [box(10, 10, 50, 50, label) for label in labels]
    return GoldItem(id=uuid4(), item_id=uuid4(), use="exam", labels=marks, nothing=not labels)


POOLS = st.lists(ANSWERS.map(gold), max_size=40)


def covered(items: list[GoldItem]) -> set[str]:
    """Every class, and "nothing here", that the items ask for."""
    return {stratum for item in items for stratum in strata(item)}


@given(POOLS, st.integers(0, 30), st.text("ab", max_size=5))
def test_everything_that_the_gold_covers_occurs_where_there_is_room(
    pool: list[GoldItem], count: int, seed: str
) -> None:
    chosen = choose(pool, count, {}, seed)
    assert len(chosen) == len({item.id for item in chosen}) == min(count, len(pool))
    if count >= len(covered(pool)):
        assert covered(chosen) == covered(pool)
    assert choose(list(reversed(pool)), count, {}, seed) == chosen  # the seed decides, not the order


@given(POOLS, st.integers(1, 30), st.integers(1, 4), st.text("ab", max_size=5))
def test_no_item_comes_twice_while_others_are_left(pool: list[GoldItem], count: int, attempts: int, seed: str) -> None:
    seen: Counter[UUID] = Counter()
    for number in range(attempts):
        chosen = choose(pool, count, seen, f"{seed}{number}")
        assert len({item.id for item in chosen}) == len(chosen) == min(count, len(pool))
        worst = max((seen[item.item_id] for item in chosen), default=0)
        taken = {item.id for item in chosen}
        assert all(seen[item.item_id] >= worst for item in pool if item.id not in taken)
        fresh = [item for item in pool if not seen[item.item_id]]
        if count >= len(covered(fresh)):  # what was never seen is still stratified
            assert covered(fresh) <= covered(chosen)
        seen.update(item.item_id for item in chosen)


@given(st.integers(2, 4), st.text("ab", max_size=3))
def test_rare_classes_last_for_later_attempts(attempts: int, seed: str) -> None:
    common = [gold(["scratches"]) for _ in range(30)]
    pool = [*common, *(gold(["patches"]) for _ in range(attempts)), *(gold([]) for _ in range(attempts))]
    seen: Counter[UUID] = Counter()
    for number in range(attempts):
        chosen = choose(pool, 6, seen, f"{seed}{number}")
        assert covered(chosen) == {"scratches", "patches", NOTHING}
        seen.update(item.item_id for item in chosen)


def test_another_attempt_draws_other_items() -> None:
    pool = [gold(["scratches"]) for _ in range(40)]
    assert {item.id for item in choose(pool, 10, {}, "a")} != {item.id for item in choose(pool, 10, {}, "b")}

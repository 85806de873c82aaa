"""Splits: exactly by the hash, decided once, near-duplicates together, nothing between two sides."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tongguan.datasets.splitting import Candidate, Shares, TooFewGroups, assign, fraction, side_of, split

SHARES = Shares(0.15, 0.15)
KEYS = st.sets(st.text(min_size=1, max_size=8), min_size=3, max_size=60)


def item(name: str, sha256: str | None = None, **others: str) -> Candidate:
    return Candidate(name, sha256 or hashlib.sha256(name.encode()).hexdigest(), **others)


def key_on(side: str, start: int = 0) -> str:
    """A key that falls on a side by its hash."""
    return next(f"g{n}" for n in range(start, start + 10_000) if side_of(f"g{n}", SHARES) == side)


def test_u_is_the_first_8_bytes_of_sha256_over_2_to_the_64() -> None:
    digest = hashlib.sha256("板-7".encode()).digest()
    assert fraction("板-7") == int.from_bytes(digest[:8], "big") / 2**64
    assert fraction("") == int("e3b0c44298fc1c14", 16) / 2**64


@given(st.text(max_size=20))
def test_sides_by_thresholds(key: str) -> None:
    u = fraction(key)
    expected = "kept" if u < 0.15 else "line" if u < 0.3 else "train"
    assert side_of(key, SHARES) == expected
    assert side_of(key, Shares(0.0)) == "train"


@given(KEYS)
def test_no_wanted_side_is_empty_and_the_smallest_u_moves(keys: set[str]) -> None:
    sides = assign(keys, SHARES)
    assert set(sides.values()) == {"kept", "line", "train"}
    moved = [key for key in keys if sides[key] != side_of(key, SHARES)]
    assert len(moved) <= 2
    if len({side_of(key, SHARES) for key in keys}) == 3:
        assert not moved


def test_the_mover_leaves_no_other_side_empty() -> None:
    train = sorted((f"t{n}" for n in range(200) if side_of(f"t{n}", SHARES) == "train"), key=fraction)[:4]
    line = key_on("line")
    # The line's group has the smallest u of all, but its side would be empty without it.
    sides = assign([*train, line], SHARES)
    assert sides[line] == "line"
    assert sides[train[0]] == "kept"
    assert all(sides[key] == "train" for key in train[1:])


def test_an_empty_training_side_is_filled_too() -> None:
    kept = [key_on("kept"), key_on("kept", 500)]
    sides = assign([*kept, key_on("line")], SHARES)
    assert sorted(sides.values()) == ["kept", "line", "train"]
    assert sides[min(kept, key=fraction)] == "train"


@given(KEYS, st.integers(1, 30))
def test_what_is_written_down_is_read(keys: set[str], more: int) -> None:
    first = assign(keys, SHARES)
    again = assign([*keys, *(f"new {n}" for n in range(more))], SHARES, first)
    assert {key: again[key] for key in keys} == first
    flipped = {key: "train" if side == "kept" else "kept" for key, side in first.items()}
    assert assign(keys, Shares(0.5), flipped) == flipped or set(flipped.values()) != {"kept", "train"}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_groups_is_an_error(count: int) -> None:
    with pytest.raises(TooFewGroups, match="too few groups"):
        assign([f"g{n}" for n in range(count)], SHARES)


def test_written_groups_do_not_move_even_then() -> None:
    with pytest.raises(TooFewGroups) as caught:
        assign(["a", "b", "c"], SHARES, {"a": "train", "b": "train", "c": "train"})
    assert caught.value.side == "kept"


def test_only_wanted_sides_are_filled() -> None:
    assert set(assign(["a", "b", "c"], Shares(0.0)).values()) == {"train"}
    assert set(assign(["a", "b", "c"], Shares(0.2)).values()) == {"train", "kept"}


@pytest.mark.parametrize("shares", [(-0.1, 0.1), (0.5, 0.5), (1.0, 0.0), (0.2, 1.0)])
def test_shares_that_make_no_sense(shares: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="shares"):
        Shares(*shares)


def test_items_of_one_group_share_a_side() -> None:
    items = [item(f"{group}-{n}", group=group) for group in (f"plate {n}" for n in range(40)) for n in range(3)]
    result = split(items, SHARES)
    assert not result.left_out
    for group in range(40):
        assert len({result.sides[f"plate {group}-{n}"] for n in range(3)}) == 1
    assert result.keys["plate 3-0"] == "plate 3"


def test_without_a_key_the_cluster_is_named_by_its_first_members_hash() -> None:
    items = [item(f"i{n:02}", cluster=f"c{n // 2}") for n in range(60)]
    result = split(items, SHARES)
    assert result.keys["i05"] == result.keys["i04"] == items[4].sha256
    assert result.sides["i05"] == result.sides["i04"] == side_of(items[4].sha256, SHARES)


def test_a_cluster_keeps_its_first_name_when_it_grows() -> None:
    items = [item(f"m{n:02}") for n in range(60)]
    first = split(items, SHARES)
    known = [Candidate(i.name, i.sha256, key=first.keys[i.name], cluster=f"c{i.name}") for i in items]
    newcomer = item("a-new", cluster="cm07")
    second = split([*known, newcomer], SHARES, first.decided)
    assert second.keys["a-new"] == items[7].sha256
    assert {name: second.sides[name] for name in first.sides} == first.sides
    assert first.decided.items() <= second.decided.items()


def test_an_item_between_two_sides_is_left_out_and_listed() -> None:
    one, two = key_on("train"), key_on("kept")
    items = [
        item("a", key=one, cluster="both"),
        item("b", key=two, cluster="both"),
        item("bridge", cluster="both"),
        item("line", group=key_on("line")),
    ]
    result = split(items, SHARES, {one: "train", two: "kept"})
    assert result.sides == {"a": "train", "b": "kept", "line": "line"}
    (left,) = result.left_out
    assert left.item == "bridge"
    assert one in left.reason
    assert two in left.reason


def test_near_duplicates_of_two_groups_on_different_sides_are_left_out() -> None:
    one, two = key_on("train"), key_on("kept")
    items = [
        item("a", group=one, cluster="both"),
        item("b", group=two, cluster="both"),
        item("c", group=one),
        item("d", group=two),
        item("e", group=key_on("line")),
    ]
    result = split(items, SHARES)
    assert {left.item for left in result.left_out} == {"a", "b"}
    assert result.sides == {"c": "train", "d": "kept", "e": "line"}


def test_of_equal_pictures_the_first_by_name_stays() -> None:
    items = [
        item("b", "same", labels="x"),
        item("a", "same", labels="x"),
        item("c", "same", labels="y"),
        *(item(f"z{n}") for n in range(30)),
    ]
    result = split(items, SHARES)
    assert "a" in result.sides
    assert [(c.item, c.kept, c.same_labels) for c in result.conflicts] == [("b", "a", True), ("c", "a", False)]
    assert [left.item for left in result.left_out] == ["b", "c"]
    assert "other labels" in result.left_out[1].reason


def test_an_equal_picture_decided_before_stays() -> None:
    first = split([item("m", "same"), *(item(f"z{n}") for n in range(30))], SHARES)
    again = [Candidate("m", "same", key=first.keys["m"]), item("a", "same"), *(item(f"z{n}") for n in range(30))]
    result = split(again, SHARES, first.decided)
    assert "m" in result.sides
    assert [left.item for left in result.left_out] == ["a"]


def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match="same name"):
        split([item("a"), item("a", "other")], SHARES)


@given(st.lists(st.integers(0, 15), min_size=30, max_size=80))
def test_nothing_is_lost_and_no_cluster_is_split(clusters: list[int]) -> None:
    assume(len(set(clusters)) >= 3)
    items = [item(f"i{n}", cluster=str(cluster)) for n, cluster in enumerate(clusters)]
    result = split(items, SHARES)
    assert set(result.sides) | {left.item for left in result.left_out} == {i.name for i in items}
    by_cluster: dict[int, set[str]] = {}
    for n, cluster in enumerate(clusters):
        by_cluster.setdefault(cluster, set()).add(result.sides[f"i{n}"])
    assert all(len(sides) == 1 for sides in by_cluster.values())

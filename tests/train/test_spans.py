"""The chain of tags against adding up all sequences, tags there and back, and features by place."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tongguan.train.recipes.span_extraction.chain import candidates, spans
from tongguan.train.recipes.span_extraction.features import FEATURES, Vocabulary, corpus_of, learn_vocabulary, pieces
from tongguan.train.recipes.span_extraction.run.crf import Field, Texts, parts_of_texts
from tongguan.train.recipes.span_extraction.run.model import chain_loss
from tongguan.train.recipes.span_extraction.run.samples import parts_of
from tongguan.train.recipes.span_extraction.tags import Span, forbidden, tag_count, tags_of

LABELS = ("GPE", "PER")


def spans_in(tags: tuple[int, ...]) -> set[Span]:
    """The spans of a legal sequence."""
    out, at = set(), 0
    while at < len(tags):
        end = at + 1
        if tags[at]:
            while end < len(tags) and tags[end] == tags[at] + 1:
                end += 1
            out.add((at, end, LABELS[(tags[at] - 1) // 2]))
        at = end
    return out


def is_legal(tags: tuple[int, ...]) -> bool:
    """Inside only after begin or inside of the same class."""
    return all(tag == 0 or tag % 2 or (at and tags[at - 1] in (tag - 1, tag)) for at, tag in enumerate(tags))


def chance(length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of a text and of transitions, by chance."""
    rng = np.random.default_rng(seed)
    count = tag_count(LABELS)
    return rng.normal(0, 1.5, (length, count)), rng.normal(0, 1, (count + 2, count)) + forbidden(count)


def score(tags: tuple[int, ...], emissions: np.ndarray, moves: np.ndarray) -> float:
    """Of one sequence."""
    count = emissions.shape[1]
    inside = sum(moves[a, b] for a, b in itertools.pairwise(tags))
    ends = moves[count, tags[0]] + moves[count + 1, tags[-1]]
    return float(sum(emissions[at, tag] for at, tag in enumerate(tags)) + inside + ends)


@pytest.mark.parametrize("length", [1, 2, 5])
def test_probabilities_are_those_of_all_sequences_added_up(length: int) -> None:
    emissions, moves = chance(length, length)
    wanted: dict[Span, float] = {}
    whole = 0.0
    for tags in itertools.product(range(tag_count(LABELS)), repeat=length):
        if is_legal(tags):
            weight = float(np.exp(score(tags, emissions, moves)))
            whole += weight
            for span in spans_in(tags):
                wanted[span] = wanted.get(span, 0.0) + weight
    found = dict(candidates(emissions, moves, LABELS, 0.0))
    for span, weight in wanted.items():
        assert found[span] == pytest.approx(weight / whole, abs=1e-9)
    assert sum(found.values()) == pytest.approx(sum(wanted.values()) / whole, abs=1e-6)
    truth = max(
        (tags for tags in itertools.product(range(tag_count(LABELS)), repeat=length) if is_legal(tags)),
        key=lambda tags: score(tags, emissions, moves),
    )
    loss = chain_loss(
        torch.from_numpy(emissions[None]),
        torch.from_numpy(moves),
        torch.tensor([truth]),
        torch.ones((1, length), dtype=torch.bool),
    )
    assert float(loss) * length == pytest.approx(np.log(whole) - score(truth, emissions, moves))


def test_what_is_listed_does_not_overlap_and_falls_in_probability() -> None:
    emissions, moves = chance(40, 9)
    listed = spans(emissions[None], moves[None], LABELS, 0.01)
    assert len(listed) > 5
    assert [one for _, one in listed] == sorted((one for _, one in listed), reverse=True)
    taken = [at for (start, end, _), _ in listed for at in range(start, end)]
    assert len(taken) == len(set(taken))
    assert spans(np.zeros((1, 0, 5)), moves[None], LABELS, 0.01) == []


def test_members_are_averaged_by_probability() -> None:
    (one, own), (two, other) = chance(4, 1), chance(4, 2)
    both = dict(spans(np.stack([one, two]), np.stack([own, other]), LABELS, 0.001))
    first, second = (dict(candidates(*pair, LABELS, 0.0)) for pair in ((one, own), (two, other)))
    assert both
    for span, probability in both.items():
        assert probability == pytest.approx((first.get(span, 0) + second.get(span, 0)) / 2, abs=1e-3)


def test_tags_of_spans_and_back() -> None:
    drawn: list[Span] = [(0, 2, "PER"), (2, 3, "GPE"), (5, 9, "PER"), (6, 7, "GPE"), (3, 4, "strange")]
    tags = tags_of(9, drawn, LABELS)
    assert spans_in(tuple(tags.tolist())) == {(0, 2, "PER"), (2, 3, "GPE"), (5, 9, "PER")}


def test_features_stand_at_code_points() -> None:
    text = "😀李ａ9，好"
    vocabulary = learn_vocabulary(corpus_of([text, text]), 2, 10_000)
    seen = vocabulary.see(text)
    assert seen.features.shape == (len(text), FEATURES)
    assert (seen.features > 0).all()
    again = Vocabulary.from_json(vocabulary.as_json())
    assert np.array_equal(again.see(text).features, seen.features)
    assert (vocabulary.see("全新").characters == 1).all()


def test_the_field_s_loss_and_slopes_are_those_of_all_tag_sequences() -> None:
    rng = np.random.default_rng(4)
    count = tag_count(LABELS)
    lengths = (3, 1, 2)
    features = [rng.integers(0, 6, (length, 2)) for length in lengths]
    tags = [np.array(one) for one in ((0, 1, 2), (1,), (0, 0))]
    weights = rng.normal(0, 1, (5, count)).astype(np.float32)
    moves = rng.normal(0, 1, (count + 2, count)).astype(np.float32)

    def written_out(weights: NDArray[np.float32], moves: NDArray[np.float32]) -> float:
        table = np.concatenate([np.zeros((1, count)), weights.astype(np.float64)])
        loss = 0.0
        for seen, true in zip(features, tags, strict=True):
            emissions = table[seen].sum(axis=1)
            every = [score(one, emissions, moves) for one in itertools.product(range(count), repeat=len(true))]
            loss += float(np.log(np.exp(every).sum())) - score(tuple(true.tolist()), emissions, moves)
        return loss

    texts = Texts(features, tags)
    loss, slope, of_moves = texts.loss(weights, moves)
    assert loss == pytest.approx(written_out(weights, moves), rel=1e-4)
    for (name, row), tag in itertools.product(enumerate(texts.names[:2]), (0, 2)):
        step = np.zeros_like(weights)
        step[row, tag] = 1e-2
        change = (written_out(weights + step, moves) - written_out(weights - step, moves)) / 2e-2
        assert slope[name, tag] == pytest.approx(change, abs=2e-3)
    for place in ((0, 1), (2, 2), (count, 0), (count + 1, 1)):
        step = np.zeros_like(moves)
        step[place] = 1e-2
        change = (written_out(weights, moves + step) - written_out(weights, moves - step)) / 2e-2
        assert of_moves[place] == pytest.approx(change, abs=2e-3)


def test_a_field_learns_what_its_features_say() -> None:
    rng = np.random.default_rng(5)
    features = [rng.integers(1, 4, (6, 1)) for _ in range(40)]
    tags = [np.where(one[:, 0] == 2, 1, 0) for one in features]
    field = Field(parts_of_texts(features, tags, 4), (3, tag_count(LABELS)), 0.01)
    for _ in range(20):
        field.sweep()
    found = [field.scores(one).argmax(axis=1) for one in features]
    assert np.mean([np.mean(one == true) for one, true in zip(found, tags, strict=True)]) > 0.95


def test_long_texts_are_cut_after_sentences() -> None:
    text = ("今天天气不错。" * 30 + "没有句号" * 100)[:500]
    parts = pieces(text, 100)
    assert "".join(part for _, part in parts) == text
    assert [place for place, _ in parts] == [sum(len(part) for _, part in parts[:at]) for at in range(len(parts))]
    assert parts[0][1].endswith("。")
    assert all(len(part) <= 100 for _, part in parts)
    assert pieces("", 100) == [(0, "")]


def test_each_member_leaves_out_a_part_of_its_own() -> None:
    groups = [f"g{at}" for at in range(200)]
    parts = parts_of(groups, 4)
    assert {parts.count(member) for member in range(4)} < set(range(30, 71))
    assert parts_of(groups[:10], 4) == [None] * 10

"""Merging answers: contract of every algorithm, ties, and figures by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongguan.quality.aggregation.base import AnswerCoder, Answers, most_probable
from tongguan.quality.aggregation.dawid_skene import DawidSkene
from tongguan.quality.aggregation.majority import MajorityVote
from tongguan.quality.aggregation.registry import AGGREGATIONS

Rows = list[tuple[str, str, str]]

row_lists = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("wxyz"), st.sampled_from(["1", "2", "10"])), max_size=40
)


def simulated(tasks: int, workers: int, each: int, accuracy: list[float], seed: int) -> tuple[Rows, dict[str, str]]:
    """Answers of workers who are right with their accuracy and otherwise say any other of three labels."""
    draw = random.Random(seed)
    labels = ["a", "b", "c"]
    truth = {str(task): draw.choice(labels) for task in range(tasks)}
    rows = []
    for task, label in truth.items():
        for worker in draw.sample(range(workers), each):
            right = draw.random() < accuracy[worker]
            said = label if right else draw.choice([other for other in labels if other != label])
            rows.append((task, f"w{worker}", said))
    return rows, truth


def right_share(answers: Answers, codes: np.ndarray[tuple[int], np.dtype[np.int64]], truth: dict[str, str]) -> float:
    return float(
        np.mean([answers.labels[code] == truth[task] for task, code in zip(answers.tasks, codes, strict=True)])
    )


@pytest.mark.parametrize("name", sorted(AGGREGATIONS))
class TestEveryAggregation:
    def test_no_answers(self, name: str) -> None:
        merged = AGGREGATIONS[name]().fit_predict(Answers.from_rows([]))
        assert len(merged.label) == len(merged.confidence) == len(merged.tie) == len(merged.skill) == 0

    @settings(deadline=None, max_examples=40)
    @given(rows=row_lists)
    def test_values_are_in_range(self, name: str, rows: Rows) -> None:
        answers = Answers.from_rows(rows)
        merged = AGGREGATIONS[name]().fit_predict(answers)
        assert merged.label.shape == merged.confidence.shape == merged.tie.shape == (len(answers.tasks),)
        assert merged.skill.shape == (len(answers.workers),)
        for values in (merged.confidence, merged.skill):
            assert np.all((values >= 0) & (values <= 1))

    @settings(deadline=None, max_examples=40)
    @given(rows=row_lists, seed=st.integers(0, 1000))
    def test_order_of_rows_does_not_matter(self, name: str, rows: Rows, seed: int) -> None:
        shuffled = random.Random(seed).sample(rows, len(rows))
        results = []
        for each in (rows, shuffled):
            answers = Answers.from_rows(each)
            merged = AGGREGATIONS[name]().fit_predict(answers)
            results.append({task: answers.labels[code] for task, code in zip(answers.tasks, merged.label, strict=True)})
        assert results[0] == results[1]

    def test_all_agree(self, name: str) -> None:
        answers = Answers.from_rows([("t", worker, "yes") for worker in "abc"])
        merged = AGGREGATIONS[name]().fit_predict(answers)
        assert answers.labels[merged.label[0]] == "yes"
        assert merged.confidence[0] == pytest.approx(1)
        assert not merged.tie[0]
        assert merged.skill == pytest.approx([1, 1, 1])

    def test_tie_takes_the_smallest_label_by_code_point(self, name: str) -> None:
        answers = Answers.from_rows([("t", "a", "9"), ("t", "b", "10"), ("u", "b", "9"), ("u", "a", "10")])
        merged = AGGREGATIONS[name]().fit_predict(answers)
        assert [answers.labels[code] for code in merged.label] == ["10", "10"]
        assert merged.tie.all()


def test_majority_by_hand() -> None:
    answers = Answers.from_rows([("1", "a", "x"), ("1", "b", "x"), ("1", "c", "y"), ("2", "c", "y")])
    merged = MajorityVote().fit_predict(answers)
    assert merged.confidence == pytest.approx([2 / 3, 1])
    assert merged.skill == pytest.approx([1, 1, 0.5])


def test_dawid_skene_beats_majority_when_workers_differ() -> None:
    accuracy = [0.97, 0.95, *[0.4] * 8]
    rows, truth = simulated(tasks=600, workers=10, each=6, accuracy=accuracy, seed=3)
    answers = Answers.from_rows(rows)
    model = DawidSkene()
    merged = model.fit_predict(answers)
    assert right_share(answers, merged.label, truth) > right_share(
        answers, MajorityVote().fit_predict(answers).label, truth
    )
    skill = dict(zip(answers.workers, merged.skill, strict=True))
    assert skill["w0"] == pytest.approx(0.97, abs=0.05)
    assert skill["w5"] == pytest.approx(0.40, abs=0.08)
    assert model.priors_.sum() == pytest.approx(1)
    assert model.probas_.sum(axis=1) == pytest.approx(1)


def test_dawid_skene_understands_someone_who_always_says_the_opposite() -> None:
    rows = []
    for task in range(40):
        truth = "yes" if task % 2 else "no"
        other = "no" if truth == "yes" else "yes"
        rows += [(str(task), "a", truth), (str(task), "b", truth), (str(task), "c", truth), (str(task), "liar", other)]
    answers = Answers.from_rows(rows)
    merged = DawidSkene().fit_predict(answers)
    assert dict(zip(answers.workers, merged.skill, strict=True))["liar"] == pytest.approx(0, abs=1e-6)
    assert merged.confidence == pytest.approx(1)


def test_coder_grows_and_sorts_labels_by_code_point() -> None:
    coder = AnswerCoder()
    for number in range(3000):
        coder.add(str(number // 3), str(number % 7), ["é", "z", "中"][number % 3])
    answers = coder.answers()
    assert len(answers) == 3000
    assert answers.labels == ("z", "é", "中")
    assert answers.tasks[:2] == ("0", "1")
    assert int(answers.answers_per_worker().sum()) == 3000


def test_nearly_equal_posteriors_are_a_tie() -> None:
    label, confidence, tie = most_probable(np.array([[0.5 - 1e-13, 0.5 + 1e-13], [0.4, 0.6]]))
    assert label.tolist() == [0, 1]
    assert tie.tolist() == [True, False]
    assert confidence == pytest.approx([0.5, 0.6])

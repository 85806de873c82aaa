"""Our Dawid-Skene against crowd-kit, where the optional extra `compare` is installed."""

from __future__ import annotations

import numpy as np
import pytest
from tests.quality.test_aggregation import simulated

from tongguan.quality.aggregation.base import Answers
from tongguan.quality.aggregation.dawid_skene import DawidSkene

pandas = pytest.importorskip("pandas", reason="crowd-kit (extra `compare`) is not installed")
classification = pytest.importorskip(
    "crowdkit.aggregation.classification", reason="crowd-kit (extra `compare`) is not installed"
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(5))
def test_same_posteriors_priors_and_number_of_steps(seed: int) -> None:
    draw = np.random.default_rng(seed)
    rows, _ = simulated(tasks=120, workers=9, each=4, accuracy=draw.uniform(0.3, 1, 9).tolist(), seed=seed)
    answers = Answers.from_rows(rows)
    ours = DawidSkene()
    merged = ours.fit_predict(answers)
    theirs = classification.DawidSkene(n_iter=100)
    labels = theirs.fit_predict(pandas.DataFrame(rows, columns=["task", "worker", "label"]))
    probas = theirs.probas_.loc[list(answers.tasks), list(answers.labels)].to_numpy()
    assert len(ours.bounds_) == len(theirs.loss_history_)
    assert ours.probas_ == pytest.approx(probas, abs=1e-8)
    assert ours.priors_ == pytest.approx(theirs.priors_[list(answers.labels)].to_numpy(), abs=1e-8)
    found = [answers.labels[code] for code, tie in zip(merged.label, merged.tie, strict=True) if not tie]
    expected = [labels[task] for task, tie in zip(answers.tasks, merged.tie, strict=True) if not tie]
    assert found == expected

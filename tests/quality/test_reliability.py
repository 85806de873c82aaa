"""Krippendorff's alpha and Fleiss' kappa against the published examples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tongguan.quality.aggregation.base import Answers
from tongguan.quality.aggregation.reliability import alpha_per_label, fleiss_kappa, krippendorff_alpha

# K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), example C: four observers, twelve units, gaps.
UNITS = np.array(
    [
        [1, 1, 0, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [0, 5, 5, 5],
        [0, 0, 1, 1],
        [0, 0, 3, 0],
    ]
)
COUNTS = np.array([[float(row.tolist().count(value)) for value in range(1, 6)] for row in UNITS])


def test_alpha_of_the_published_example() -> None:
    assert krippendorff_alpha(COUNTS) == pytest.approx(0.743, abs=0.0005)
    assert krippendorff_alpha(COUNTS, "ordinal") == pytest.approx(0.815, abs=0.0005)
    assert krippendorff_alpha(COUNTS, "interval") == pytest.approx(0.849, abs=0.0005)
    assert krippendorff_alpha(COUNTS, "interval", [10, 20, 30, 40, 50]) == pytest.approx(0.849, abs=0.0005)


def test_alpha_without_pairs_and_without_doubt() -> None:
    assert math.isnan(krippendorff_alpha(np.array([[1.0, 0], [0, 1]])))
    assert krippendorff_alpha(np.array([[2.0, 0], [3, 0]])) == 1


def test_kappa_of_the_published_example() -> None:
    # J. L. Fleiss (1971): ten subjects of the worked example of Wikipedia, fourteen raters, five categories.
    rows = "0 0 0 0 14|0 2 6 4 2|0 0 3 5 6|0 3 9 2 0|2 2 8 1 1|7 7 0 0 0|3 2 6 3 0|2 5 3 2 2|6 5 2 1 0|0 2 2 3 7"
    counts = np.array([[float(each) for each in row.split()] for row in rows.split("|")])
    assert fleiss_kappa(counts) == pytest.approx(0.210, abs=0.0005)
    with pytest.raises(ValueError, match="equally many"):
        fleiss_kappa(np.array([[2.0, 1], [2, 0]]))


def test_alpha_per_label() -> None:
    rows = [(str(task), worker, "a" if task < 3 else worker) for task in range(6) for worker in "xy"]
    found = alpha_per_label(Answers.from_rows(rows))
    assert found["a"] == pytest.approx(1)
    assert found["x"] < 0.1

"""Comparison of two models by a paired bootstrap, and the page of an evaluation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.train.plates import write_plates

from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.metrics.boxes import BoxItem
from tongguan.catalog.metrics.registry import METRICS, metrics_of
from tongguan.evaluate.measure import Evaluation, difference
from tongguan.evaluate.measure.judged import Judged
from tongguan.evaluate.measure.page import page
from tongguan.evaluate.measure.table import Drawn, Slice, Table
from tongguan.evaluate.measure.verdict import Guard, Rules, default_rules, verdict
from tongguan.evaluate.measure.whole import Side, measured
from tongguan.train.recipes.items import LeftOut


def answers(share: float, seed: int, items: int = 60) -> list[BoxItem]:
    """Models that find a share of the boxes."""
    rng = np.random.default_rng(seed)
    truth = np.random.default_rng(1).uniform(5, 80, (items, 3, 4))
    made = []
    for at in range(items):
        seen = rng.random(3) < share
        made.append(
            BoxItem(
                truth[at],
                ["a", "b", "a"],
                truth[at][seen],
                list(np.array(["a", "b", "a"])[seen]),
                rng.random(int(seen.sum())),
            )
        )
    return made


def test_a_better_model_is_better_and_itself_is_equal() -> None:
    groups = [str(at // 2) for at in range(60)]
    good, bad = answers(0.9, 3), answers(0.4, 4)
    for metric in metrics_of("detection"):
        found = difference(metric, good, bad, groups)
        assert found.interval.low is not None
        assert found.interval.low > 0
        assert found.better == 1
        back = difference(metric, bad, good, groups)
        assert back.interval.value == pytest.approx(-(found.interval.value or 0))
        same = difference(metric, good, good, groups)
        assert (same.interval.value, same.interval.low, same.interval.high) == (0, 0, 0)
        assert same.better == 0


def test_pairing_narrows_the_interval() -> None:
    groups = [str(at) for at in range(60)]
    good, other = answers(0.8, 3), answers(0.8, 3)
    other[0] = BoxItem(other[0].truth, other[0].truth_labels, np.zeros((0, 4)), [], np.zeros(0))
    found = difference(METRICS["map50"], good, other, groups).interval
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low < 0.1


def of_words(rate: float, slice_rate: float) -> Table:
    """Character error rates of everything and of one class."""
    draws = np.linspace(-0.01, 0.01, 50)
    return {
        Slice("all", "", 40, 40): {"cer": Drawn(rate, rate + draws)},
        Slice("class", "stop", 20, 20): {"cer": Drawn(slice_rate, slice_rate + draws)},
    }


def test_of_an_error_rate_less_is_better() -> None:
    rules = Rules("cer", 0.2, (Guard("class", None, 0.05),), 10, 500, 100)

    def codes(model: Table, champion: Table | None) -> dict[str, bool | None]:
        return {one.code: one.ok for one in verdict(rules, model, champion, 0).reasons}

    assert codes(of_words(0.1, 0.1), None) == {"overlap_none": True, "most_kept": True}
    assert codes(of_words(0.3, 0.1), None) == {"overlap_none": True, "most_passed": False}
    good, bad = of_words(0.1, 0.1), of_words(0.3, 0.3)
    assert codes(good, bad) == {"overlap_none": True, "better": True, "slice_held": True}
    assert codes(bad, good) == {"overlap_none": True, "not_better": False, "slice_worse": False}


def test_models_must_be_about_the_same_items() -> None:
    with pytest.raises(ValueError, match="same items"):
        difference(METRICS["map50"], answers(0.5, 1), answers(0.5, 1, 10), ["1"] * 60)


def test_the_page_escapes_what_people_wrote(tmp_path: Path) -> None:
    name = '<img src=x onerror="alert(1)">'
    made = write_plates(tmp_path, 2)
    judged = []
    for file, _, labels in made:
        found = (BoxLabel(label=name, x=1, y=1, width=9, height=9, score=0.9),)
        judged.append(Judged(file, file, file, 96, 96, tuple(labels), found))
    figures = measured("detection", Side(judged, 0.5), None, default_rules("detection"), 0, resamples=20)
    evaluation = Evaluation(
        run=name,
        recipe="detection",
        source=str(tmp_path),
        format="coco",
        side="all",
        overlap=0,
        threshold=0.5,
        threshold_from="test",
        judged=tuple(judged),
        figures=figures,
        left_out=(LeftOut(name=name, reason=name),),
    )
    text = page(evaluation)
    assert "<img" not in text
    assert text.count("<figure>") == 2
    assert "漏 missed 2" in text
    assert "误 invented 1" in text

"""Character and word error rate against a plain table of edits, and by hand in Chinese."""

from __future__ import annotations

import numpy as np
import pytest

from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.registry import METRICS
from tongguan.catalog.metrics.texts import TextItem, edits


def plain_edits(one: str, two: str) -> int:
    """The textbook's table."""
    table = np.zeros((len(one) + 1, len(two) + 1), dtype=int)
    table[:, 0], table[0] = np.arange(len(one) + 1), np.arange(len(two) + 1)
    for a, first in enumerate(one, start=1):
        for b, second in enumerate(two, start=1):
            table[a, b] = min(table[a - 1, b] + 1, table[a, b - 1] + 1, table[a - 1, b - 1] + (first != second))
    return int(table[-1, -1])


def test_edits_are_those_of_the_table() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        one, two = ("".join(rng.choice(list("打开灯关"), int(rng.integers(0, 9)))) for _ in range(2))
        assert edits(one, two) == plain_edits(one, two)


def rate(name: str, *pairs: tuple[str, str]) -> float | None:
    return measure(
        METRICS[name], [TextItem(*pair) for pair in pairs], [str(at) for at in range(len(pairs))]
    ).overall.value


def test_rates_by_hand() -> None:
    assert rate("cer", ("打开客厅的灯", "打开客厅灯"), ("停止", "停止")) == pytest.approx(1 / 8)
    assert rate("cer", ("打 开", "打开")) == 0
    assert rate("wer", ("turn the light on", "turn light off")) == pytest.approx(2 / 4)
    assert rate("cer", ("停", "停停停")) == 2, "invented characters count too"
    assert rate("cer", ("", "")) is None

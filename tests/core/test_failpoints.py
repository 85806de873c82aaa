"""Failpoints act where and as often as they are told."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from tongguan.core import failpoints


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.arm("")


def test_an_unarmed_point_does_nothing() -> None:
    failpoints.hit("somewhere")


def test_it_acts_at_the_wanted_passing_only() -> None:
    failpoints.arm("a.b=error@2; c.d=enospc")
    failpoints.hit("a.b")
    with pytest.raises(failpoints.FailpointError):
        failpoints.hit("a.b")
    failpoints.hit("a.b")
    with pytest.raises(OSError) as full:
        failpoints.hit("c.d")
    assert full.value.errno == errno.ENOSPC


def test_with_a_marker_it_acts_once_for_all_processes(tmp_path: Path) -> None:
    marker = tmp_path / "done"
    for life in range(3):
        failpoints.arm(f"a.b=error@1!{marker}")
        if life == 0:
            with pytest.raises(failpoints.FailpointError):
                failpoints.hit("a.b")
        else:
            failpoints.hit("a.b")
    assert marker.exists()

"""The default data gate, also a new project's: which checks close it, and what is missing to open it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tongguan.prepare.checks.base import Problem
from tongguan.prepare.checks.registry import CHECKS

CLOSING: frozenset[str] = frozenset(check.id for check in CHECKS.values() if check.closes)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Open, or what is missing as `CHECK: COUNT`, in the order of the registry."""

    open: bool
    missing: tuple[str, ...]


def verdict(problems: Iterable[Problem], closing: Collection[str] = CLOSING) -> Verdict:
    """The gate is closed while an item that is not refused has a problem of a closing check."""
    counts = Counter(problem.check for problem in problems if problem.check in closing)
    order = {check: position for position, check in enumerate(CHECKS)}
    missing = tuple(f"{check}: {counts[check]}" for check in sorted(counts, key=lambda c: (order.get(c, 99), c)))
    return Verdict(not missing, missing)

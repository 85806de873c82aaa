"""Tables: which columns are what, which give the target away, and a folder of tables as one source."""

from __future__ import annotations

from tongguan.prepare.checks.tables.choice import (
    Choice,
    ChoiceProblem,
    Excluded,
    TableWish,
    choose,
    choose_by_target,
    choose_target,
    guess_target,
)
from tongguan.prepare.checks.tables.leaks import Leak, find_leaks
from tongguan.prepare.checks.tables.source import find_tables, load_choice, load_tables

__all__ = [
    "Choice",
    "ChoiceProblem",
    "Excluded",
    "Leak",
    "TableWish",
    "choose",
    "choose_by_target",
    "choose_target",
    "find_leaks",
    "find_tables",
    "guess_target",
    "load_choice",
    "load_tables",
]

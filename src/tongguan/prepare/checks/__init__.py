"""Checks on items, in one stream and without a database: measured once, judged by one file per check."""

from __future__ import annotations

from tongguan.prepare.checks.base import Batch, Check, ItemFacts, Problem
from tongguan.prepare.checks.gate import CLOSING, Verdict, verdict
from tongguan.prepare.checks.measurement import Measurement, measure
from tongguan.prepare.checks.near import NearIndex, near_clusters
from tongguan.prepare.checks.registry import CHECKS
from tongguan.prepare.checks.run import CheckRun
from tongguan.prepare.checks.tables.facts import TableFacts, table_facts

__all__ = [
    "CHECKS",
    "CLOSING",
    "Batch",
    "Check",
    "CheckRun",
    "ItemFacts",
    "Measurement",
    "NearIndex",
    "Problem",
    "TableFacts",
    "Verdict",
    "measure",
    "near_clusters",
    "table_facts",
    "verdict",
]

"""Imports every stage's jobs, which subscribes them."""

from __future__ import annotations

from tongguan.annotate import jobs as annotate
from tongguan.collect import jobs as collect
from tongguan.prepare import jobs as prepare

JOB_MODULES: tuple[object, ...] = (annotate, collect, prepare)

"""Imports every stage's jobs, which subscribes them."""

from __future__ import annotations

JOB_MODULES: tuple[object, ...] = ()

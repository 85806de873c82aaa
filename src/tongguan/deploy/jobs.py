"""Jobs of deploy."""

from __future__ import annotations

from typing import Any

from tongguan.core.jobs import JobContext, job, periodic
from tongguan.deploy.service import keeping, monitors, shadowing


@job(shadowing.SHADOW_DUE, name="deploy.shadow")
def shadow(context: JobContext, payload: dict[str, Any]) -> None:
    """Asks shadow models for pictures that the live one has answered."""
    del payload
    shadowing.run(context)


@job(keeping.PICTURES_DUE, name="deploy.pictures")
def pictures(context: JobContext, payload: dict[str, Any]) -> None:
    """Lets old pictures go."""
    del payload
    keeping.let_go(context)


periodic(2, "deploy.shadow_wake")(shadowing.wake)
periodic(20, "deploy.watch")(monitors.watch)
periodic(60, "deploy.sample")(keeping.sample)
periodic(600, "deploy.pictures_wake")(keeping.wake)

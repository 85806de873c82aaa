"""One person far ahead of the others where several answers are needed: what the next task costs them.

100,000 tasks with an overlap of 3; one person has answered the 20,000 that stand first, nobody else any. Target: p95
of a claim 50 ms, as for everybody. Claims go straight to the database's function, without HTTP.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import psutil
from sqlalchemy import text

from bench._installation import Bench, installation
from bench.queue import fill, person, spread
from tongguan.core.clock import now
from tongguan.core.ids import new_id

TARGETS = {"claim_p95_ms": 50}
_TOUCHED = text("""
    WITH first AS (
        UPDATE task SET open_slots = open_slots - 1
        WHERE id IN (SELECT id FROM task WHERE project_id = :project ORDER BY priority DESC, rank LIMIT :count)
        RETURNING id, item_id
    )
    INSERT INTO work (id, task_id, person_id, item_id)
    SELECT annotate_new_id(now()), id, :person, item_id FROM first
""")


def run(tasks: int = 100_000, ahead: int = 20_000, claims: int = 200) -> dict[str, Any]:
    """Claims of the person ahead, and of somebody who has answered nothing."""
    with installation() as bench:
        fill(bench, tasks, overlap=3)
        far, near = person(bench, "far ahead")[0], person(bench, "near")[0]
        with bench.runtime.database.transaction(bench.caller.org_id) as session:
            session.execute(_TOUCHED, {"project": bench.project_id, "count": ahead, "person": far})
        return {
            "targets": TARGETS,
            "tasks": tasks,
            "ahead": ahead,
            "far_ahead_ms": _claims(bench, far, claims),
            "near_ms": _claims(bench, near, claims),
            "load": [round(value, 2) for value in psutil.getloadavg()],
        }


def _claims(bench: Bench, person_id: UUID, count: int) -> dict[str, float]:
    """Milliseconds of claims; each task is skipped afterwards, so that it counts as touched."""
    times = []
    for _number in range(count):
        lease = new_id()
        values = {"project": bench.project_id, "person": person_id, "now": now(), "lease": lease}
        began = time.perf_counter()
        with bench.runtime.database.transaction(bench.caller.org_id) as session:
            query = "SELECT status FROM annotate_claim(:project, :person, 'open', 0.05, :now, :lease, NULL)"
            status = session.execute(text(query), values).scalar_one()
        times.append(1000 * (time.perf_counter() - began))
        if status != "claimed":
            raise RuntimeError(status)
        with bench.runtime.database.transaction(bench.caller.org_id) as session:
            session.execute(text("SELECT annotate_end(:lease, 'skipped', 'bench', :now)"), values)
    return spread(times)

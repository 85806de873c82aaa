"""Fixtures for tests of pay: the floor of the tests of quality, with a payroll."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.annotate.conftest import build
from tests.conftest import Client, Org, RunJobs
from tests.quality.floor import Floor

from tongguan.people.models import Person

MakeFloor = Callable[..., Floor]

# Pays from the first box on, with every kind of factor.
CARD = """
base_fen = 1000
quota_units = 2
[rates]
box = "6.5"
task = "20"
[difficulty]
normal = "1.0"
hard = "1.5"
[[quality]]
at_least = "0.9"
coefficient = "1.1"
[[quality]]
at_least = "0"
coefficient = "0.8"
"""


# The same, with inspectors paid by review and by confirmed finding.
PAID_REVIEWS = CARD.replace('task = "20"', 'task = "20"\nreview = "30"\nfinding = "50"')


class PayFloor(Floor):
    """A floor with an owner who sets rates and closes periods."""

    owner: Person

    def rates(self, toml: str = CARD) -> None:
        """Sets the pay rules."""
        answer = self.client.as_(self.owner).put(self.url("pay/rates"), json={"toml": toml})
        assert answer.status_code == 200, answer.text

    def close_period(self) -> dict[str, Any]:
        """Closes the running period."""
        answer = self.post(self.owner, "pay/periods/close")
        assert answer.status_code == 201, answer.text
        detail: dict[str, Any] = answer.json()
        return detail

    def work_rows(self) -> list[tuple[str, str, int, str]]:
        """(name, unit, quantity, outcome) of work rows, in the order in which they use up the quota."""
        rows = self.world.rows(
            "SELECT p.name, w.unit, w.quantity, w.outcome FROM work_row w JOIN person p ON p.id = w.person_id "
            "WHERE w.project_id = :project ORDER BY w.accepted_at, w.id",
            project=self.world.project.id,
        )
        return [(row.name, row.unit, int(row.quantity), row.outcome) for row in rows]


@pytest.fixture
def floor(database: Any, org: Org, client: Client, run_jobs: RunJobs) -> PayFloor:
    """A project without gold, and with the default rates."""
    quality = {"gold_share": {str(level): 0 for level in range(1, 6)}}
    made = PayFloor(build(database, org.id, org.owner.id, quality=quality), client, run_jobs)
    made.owner = org.owner
    return made

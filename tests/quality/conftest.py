"""Fixtures for tests of quality."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.annotate.conftest import World, build
from tests.conftest import Client, Org, RunJobs, make_org
from tests.quality.floor import Floor

from tongguan.core.database import Database

MakeFloor = Callable[..., Floor]


@pytest.fixture
def make_floor(database: Any, org: Org, client: Client, run_jobs: RunJobs) -> MakeFloor:
    """make_floor(**settings sections) -> Floor; without gold unless the settings say so."""

    def make(**sections: Any) -> Floor:
        quality = {"gold_share": {str(level): 0 for level in range(1, 6)}, **sections.pop("quality", {})}
        return Floor(build(database, org.id, org.owner.id, quality=quality, **sections), client, run_jobs)

    return make


@pytest.fixture
def floor(make_floor: MakeFloor) -> Floor:
    """A project without gold."""
    return make_floor()


@pytest.fixture
def committed_world(committed_database: Database) -> World:
    """A project of an own organization, committed: for tests with several connections."""
    org = make_org(committed_database)
    quality = {"gold_share": {str(level): 0 for level in range(1, 6)}}
    return build(committed_database, org.id, org.owner.id, quality=quality)

"""Events that come in bursts: several at a time in one transaction, each exactly once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.conftest import JoinedDatabase, Org, make_org
from tongguan.core import failpoints, jobs
from tongguan.core.database import Database, Session
from tongguan.core.events import emit

KIND = "test.burst"


@pytest.fixture
def heard() -> Iterator[list[list[int]]]:
    """What a job that takes several at once was given, batch by batch."""
    given: list[list[int]] = []

    @jobs.together(KIND, name="test.burst")
    def take(session: Session, payloads: Sequence[dict[str, Any]]) -> None:
        del session
        given.append([payload["n"] for payload in payloads])

    yield given
    jobs.JOBS.pop("test.burst")
    failpoints.arm("")


def told(database: Database, org_id: UUID, count: int, kind: str = KIND) -> list[UUID]:
    """Events that wait."""
    with database.transaction(org_id) as session:
        return [emit(session, kind, {"n": number}) for number in range(count)]


def waiting(database: Database, most: int = 100) -> list[tuple[UUID, str]]:
    """What the worker sees."""
    with database.system() as session:
        rows = session.execute(text("SELECT id, kind FROM next_events(:most)"), {"most": most})
        return [(row.id, row.kind) for row in rows]


def test_several_at_once_oldest_first_and_never_again(
    database: JoinedDatabase, org: Org, heard: list[list[int]]
) -> None:
    ids = told(database, org.id, 5)
    assert jobs.run_together(database, org.id, KIND, ids[::-1]) == 5
    assert jobs.run_together(database, org.id, KIND, ids) == 0
    assert heard == [[0, 1, 2, 3, 4]]


def test_work_and_mark_are_one_transaction(database: JoinedDatabase, org: Org, heard: list[list[int]]) -> None:
    ids = told(database, org.id, 3)
    failpoints.arm("jobs.together=error")
    with pytest.raises(failpoints.FailpointError):
        jobs.run_together(database, org.id, KIND, ids)
    assert {found for found, kind in waiting(database) if kind == KIND} == set(ids)
    assert jobs.run_together(database, org.id, KIND, ids) == 3
    assert heard == [[0, 1, 2], [0, 1, 2]]


def test_what_another_process_holds_is_left_to_it(committed_database: Database, heard: list[list[int]]) -> None:
    org = make_org(committed_database)
    ids = told(committed_database, org.id, 3)
    with committed_database.transaction(org.id) as other:
        other.execute(text("SELECT 1 FROM event WHERE id = :id FOR UPDATE"), {"id": ids[1]})
        assert jobs.run_together(committed_database, org.id, KIND, ids) == 2
    assert heard == [[0, 2]]
    assert jobs.run_together(committed_database, org.id, KIND, ids) == 1


def test_events_that_nobody_hears_are_marked(database: JoinedDatabase, org: Org) -> None:
    ids = told(database, org.id, 3, "test.unheard")
    assert jobs.goes_together("test.unheard")
    assert jobs.run_together(database, org.id, "test.unheard", ids) == 3
    assert not [found for found, kind in waiting(database) if kind == "test.unheard"]


def test_a_burst_hides_no_other_kind_and_no_other_organization(
    database: JoinedDatabase, org: Org, other_org: Org
) -> None:
    told(database, org.id, 40)
    [rare] = told(database, org.id, 1, "test.rare")
    [theirs] = told(database, other_org.id, 1)
    found = [each for each, _ in waiting(database, 10)]
    assert {rare, theirs} <= set(found)
    assert sum(kind == KIND for _, kind in waiting(database, 10)) == 11
    assert found == sorted(found)

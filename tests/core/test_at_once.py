"""One statement, bound and committed by one message."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError

from tests.conftest import make_org
from tongguan.core.database import Database

ASK = (
    "SELECT current_setting('tongguan.org_id') AS org, current_setting('tongguan.person_id') AS person, "
    "%(word)s AS word"
)
MARK = "UPDATE person SET name = %(name)s RETURNING org_id"


def test_it_is_bound_committed_and_leaves_nothing_behind(committed_database: Database) -> None:
    one, other = make_org(committed_database), make_org(committed_database)
    word = "通关'; DROP TABLE prediction; -- %s"
    (row,) = committed_database.at_once(one.id, one.owner.id, ASK, {"word": word})
    assert (row.org, row.person, row.word) == (str(one.id), str(one.owner.id), word)
    assert [row.org_id for row in committed_database.at_once(one.id, None, MARK, {"name": "新名"})] == [one.id]
    for org, name in ((one, "新名"), (other, "厂长")):
        with committed_database.transaction(org.id) as session:
            assert session.execute(text("SELECT name FROM person")).scalars().all() == [name]
    with committed_database.system() as session:
        assert not session.execute(text("SELECT current_setting('tongguan.org_id', true)")).scalar()


def test_errors_are_those_of_a_session_and_the_connection_goes_on(committed_database: Database) -> None:
    org = make_org(committed_database)
    with pytest.raises(DataError):
        committed_database.at_once(org.id, None, "SELECT %(word)s::uuid", {"word": "x"})
    with pytest.raises(OperationalError):
        committed_database.at_once(org.id, None, "SELECT pg_terminate_backend(pg_backend_pid())", {})
    assert len(committed_database.at_once(org.id, None, ASK, {"word": ""})) == 1

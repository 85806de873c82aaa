"""A pooled connection is asked whether it lives after a rest, not after every use."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from tongguan.core import database
from tongguan.core.database import Database


def _backend(opened: Database) -> int:
    with opened.system() as session:
        return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_connections_that_died_while_they_rested_are_replaced(
    committed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = _backend(committed_database)
    url = committed_database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 10000)", [dead]).fetchone() == (True,)  # waits for it
    monkeypatch.setattr(database, "RESTED", 0.0)
    assert _backend(committed_database) != dead


def test_one_that_answered_just_now_is_not_asked_again(
    committed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    dialect = committed_database.engine.dialect
    ping = dialect.do_ping

    def counted(connection: Any) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(dialect, "do_ping", counted)
    monkeypatch.setattr(database, "RESTED", 60.0)
    first = _backend(committed_database)
    assert _backend(committed_database) == first
    assert not asked
    monkeypatch.setattr(database, "RESTED", 0.0)
    assert _backend(committed_database) == first
    assert len(asked) == 1

"""The database as the application sees it: a role that owns nothing, every transaction bound to an organization."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tongguan.core.ids import new_id

__all__ = ["Base", "Database", "OrgRow", "Session", "direct", "engine_url", "make_engine"]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: JSONB,
        datetime: DateTime(timezone=True),
    }


class OrgRow:
    """What every table has: a time-ordered id, its organization (from the transaction), and when it was made."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-3)
    org_id: Mapped[UUID] = mapped_column(
        server_default=text("(current_setting('tongguan.org_id'))::uuid"), sort_order=-2
    )
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"), sort_order=-1)


def direct(
    session: Session, statement: str, values: dict[str, Any], cursor_type: type[psycopg.Cursor[Any]] = psycopg.Cursor
) -> list[Any]:
    """Rows (named tuples) of a statement given straight to the driver, in the session's transaction.

    For the few statements that every request or every task runs: it costs a fifth of what `session.execute` does.
    `statement` has psycopg's placeholders (`%(name)s`); what the session holds unflushed is not seen by it. With
    `psycopg.ClientCursor` the driver puts the values in (see `at_once`).
    """
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with cursor_type(driver, row_factory=namedtuple_row) as cursor:
            cursor.execute(statement, values)
            rows: list[Any] = cursor.fetchall()
    except psycopg.Error as error:
        raise _translated(connection, statement, error) from error
    return rows


def _translated(connection: Connection, statement: str, error: psycopg.Error) -> BaseException:
    """The error as SQLAlchemy would raise it; a lost connection is not used again."""
    lost = connection.dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        statement, None, error, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect
    )


_BOUND = (
    "SELECT set_config('tongguan.org_id', %(bound_org)s, true) AS org, "
    "set_config('tongguan.person_id', %(bound_person)s, true) AS person"
)


def _bound(
    driver: psycopg.Connection[Any], org_id: UUID, person_id: UUID | None, statement: str, values: dict[str, Any]
) -> list[Any]:
    bound = {"bound_org": str(org_id), "bound_person": str(person_id or "")}
    with psycopg.ClientCursor(driver, row_factory=namedtuple_row) as cursor:
        cursor.execute(f"{_BOUND}; {statement}".encode(), {**bound, **values})
        cursor.nextset()
        rows: list[Any] = cursor.fetchall()
    return rows


def engine_url(url: str) -> URL:
    """A PostgreSQL URL with the psycopg 3 driver."""
    return make_url(url).set(drivername="postgresql+psycopg")


RESTED = 0.5
"""Seconds after which a connection that nobody used is asked whether it still lives before it is used again."""


def make_engine(url: str, pool_size: int = 12) -> Engine:
    """An engine whose connections are checked before use, so that a restarted server is not an error for long."""
    engine = create_engine(
        engine_url(url),
        pool_size=pool_size,
        # Connections beyond the pool are closed after use, and a new one costs as much as ten requests: rather wait.
        max_overflow=2,
        pool_recycle=1800,
        connect_args={"connect_timeout": 5},
        json_deserializer=orjson.loads,  # labels are most of what is read: three times as fast
    )
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", lambda connection, record, _: _check_rested(engine, connection, record))
    return engine


def _note_rest(_: Any, record: Any) -> None:
    record.info["resting_since"] = time.monotonic()


def _check_rested(engine: Engine, connection: Any, record: Any) -> None:
    """Asks a connection that has rested, not one that answered just now: a line's questions come one after another,
    and each would wait for one message to the server more. Where it is dead, so are the others: the pool makes new
    ones."""
    if time.monotonic() - record.info.get("resting_since", time.monotonic()) < RESTED:
        return
    try:
        engine.dialect.do_ping(connection)
    except psycopg.Error as error:
        raise InvalidatePoolError from error


_BIND = text("SELECT set_config('tongguan.org_id', :org, true), set_config('tongguan.person_id', :person, true)")


class Database:
    """Hands out transactions of the application role."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def connect(cls, url: str, pool_size: int = 12) -> Database:
        """A database for the application role's URL."""
        return cls(make_engine(url, pool_size))

    @contextmanager
    def transaction(self, org_id: UUID, person_id: UUID | None = None) -> Iterator[Session]:
        """A session bound to an organization (and person); commits at the end, rolls back on an error."""
        with self.session() as session, session.begin():
            self.bind(session, org_id, person_id)
            yield session

    @contextmanager
    def system(self) -> Iterator[Session]:
        """A session without an organization: sees no table, may only call the definer functions."""
        with self.session() as session, session.begin():
            yield session

    def at_once(self, org_id: UUID, person_id: UUID | None, statement: str, values: dict[str, Any]) -> list[Any]:
        """Rows of one statement in a bound transaction of its own, committed when this returns.

        Binding, statement and commit go to the server as one message: for the one write that a line waits for. Values
        are bound by the driver, as in `direct`.
        """
        connection = self.engine.raw_connection()
        try:
            driver: Any = connection.driver_connection
            driver.autocommit = True  # several statements in one message are a transaction of their own
            try:
                return _bound(driver, org_id, person_id, statement, values)
            finally:
                if not driver.closed:
                    driver.autocommit = False
        except psycopg.Error as error:
            lost = self.engine.dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                statement, None, error, psycopg.Error, connection_invalidated=lost, dialect=self.engine.dialect
            ) from error
        finally:
            connection.close()

    def session(self) -> Session:
        """A plain session; tests replace this to join their outer transaction."""
        return Session(self.engine, expire_on_commit=False, autoflush=True)

    @staticmethod
    def bind(session: Session, org_id: UUID, person_id: UUID | None = None) -> None:
        """Binds the running transaction to an organization and a person."""
        session.execute(_BIND, {"org": str(org_id), "person": str(person_id or "")})
        Database.note(session, org_id, person_id)

    @staticmethod
    def note(session: Session, org_id: UUID, person_id: UUID | None = None) -> None:
        """Notes on the session to whom its transaction has been bound."""
        session.info["org_id"] = org_id
        session.info["person_id"] = person_id

    def dispose(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

"""Brings a database to the present version: application role, tables, the job engine's schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dbos import DBOS
from sqlalchemy import Connection, create_engine, text

from tongguan.core.database import engine_url
from tongguan.core.migrations.security import APP_ROLE
from tongguan.core.roles import JOBS_SCHEMA, app_password
from tongguan.core.runtime import Runtime, open_runtime, start_server
from tongguan.core.settings import Settings

_LOCK = 7_401_001  # any constant: one migrating process at a time


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def pending(connection: Connection) -> tuple[str | None, str]:
    """The database's revision and the program's."""
    context = MigrationContext.configure(connection)
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return context.get_current_revision(), str(head)


def migrate(owner_url: str, app_password: str, before: Callable[[str], None] | None = None) -> str | None:
    """Makes the application role and brings the schema to head; returns the revision it came from.

    `before(revision)` is called when an existing database is about to change (for the backup).
    """
    engine = create_engine(engine_url(owner_url))
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
            _ensure_app_role(connection, app_password)
            current, head = pending(connection)
            connection.rollback()
            if current != head:
                if current is not None and before is not None:
                    before(current)
                command.upgrade(alembic_config(connection), "head")
                connection.commit()
        # A new connection released the lock with the old one. DBOS keeps its own version table.
        DBOS.migrate(
            engine_url(owner_url).render_as_string(hide_password=False),
            schema=JOBS_SCHEMA,
            application_role=APP_ROLE,
        )
        return current
    finally:
        engine.dispose()


def _ensure_app_role(connection: Connection, password: str) -> None:
    exists = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": APP_ROLE}).first()
    literal = "'" + password.replace("'", "''") + "'"
    if not exists:
        connection.execute(text(f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {literal}"))
    else:
        connection.execute(text(f"ALTER ROLE {APP_ROLE} PASSWORD {literal}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"))
    connection.commit()


def open_migrated(settings: Settings) -> Runtime:
    """Opens an installation after its schema was brought to the present version."""
    owner_url, server = start_server(settings)
    try:
        migrate(owner_url, app_password(settings))
        return open_runtime(settings)
    finally:
        if server is not None:
            server.stop()

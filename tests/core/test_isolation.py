"""Every table is closed to other organizations by the database itself."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

import tongguan
from tests.conftest import JoinedDatabase, Org, TestServer
from tongguan.core.database import Base, engine_url
from tongguan.core.migrations.security import APP_ROLE

IDENTITY = {
    "organization",
    "account",
    "membership",
    "session",
    "token",
    "invitation",
    "one_time_link",
    "login_attempt",
}
OWNERS = {"alembic_version"}


def tables(server: TestServer) -> list[str]:
    with psycopg.connect(server.owner_url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return sorted({str(row[0]) for row in rows} - OWNERS)


def test_the_owner_is_no_superuser_and_the_application_owns_nothing(server: TestServer) -> None:
    with psycopg.connect(server.owner_url) as connection:
        row = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
        owned = connection.execute("SELECT count(*) FROM pg_tables WHERE tableowner = %s", [APP_ROLE]).fetchone()
    assert row == (False, False)
    assert owned == (0,)


def test_every_table_forces_row_level_security(server: TestServer) -> None:
    with psycopg.connect(server.owner_url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE nspname = 'public' AND relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity"
        ).fetchall()
    assert {str(row[0]) for row in rows} >= set(tables(server))


def test_every_table_has_an_organization_and_its_policy(server: TestServer) -> None:
    with psycopg.connect(server.owner_url) as connection:
        rows = connection.execute(
            "SELECT tablename, qual, with_check FROM pg_policies WHERE %s = ANY (roles)", [APP_ROLE]
        ).fetchall()
    policies = {str(table): (qual, check) for table, qual, check in rows}
    assert set(policies) == set(tables(server)) - IDENTITY
    for qual, check in policies.values():
        assert "org_id" in qual
        assert "tongguan.org_id" in qual
        assert qual == check


def test_the_application_has_no_right_on_identity_tables(server: TestServer) -> None:
    with psycopg.connect(server.owner_url) as connection:
        for table in IDENTITY:
            row = connection.execute(
                "SELECT has_table_privilege(%s, %s, 'SELECT, INSERT, UPDATE, DELETE')", [APP_ROLE, f'public."{table}"']
            ).fetchone()
            assert row == (False,), table


def test_a_row_of_one_organization_does_not_exist_for_another(
    database: JoinedDatabase, org: Org, other_org: Org
) -> None:
    for home, stranger in ((org, other_org), (other_org, org)):
        with database.transaction(home.id) as session:
            session.execute(text("INSERT INTO event (id, kind, payload) VALUES (gen_random_uuid(), 'x', '{}')"))
            mine = session.execute(text("SELECT count(*) FROM event WHERE kind = 'x'")).scalar()
        with database.transaction(stranger.id) as session:
            theirs = session.execute(text("SELECT count(*) FROM event WHERE org_id = :o"), {"o": home.id}).scalar()
        assert (mine, theirs) == (1, 0)


def test_nobody_writes_into_another_organization(database: JoinedDatabase, org: Org, other_org: Org) -> None:
    insert = text("INSERT INTO event (id, org_id, kind, payload) VALUES (gen_random_uuid(), :o, 'x', '{}')")
    with pytest.raises(DBAPIError, match="row-level security"), database.transaction(org.id) as session:
        session.execute(insert, {"o": other_org.id})


def test_the_audit_trail_cannot_be_changed(database: JoinedDatabase, org: Org) -> None:
    for statement in ("UPDATE audit SET action = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="permission denied"), database.transaction(org.id) as session:
            session.execute(text(statement))


def test_models_and_migrations_say_the_same(server: TestServer) -> None:
    for module in pkgutil.iter_modules(tongguan.__path__):
        if importlib.util.find_spec(f"tongguan.{module.name}.models"):
            importlib.import_module(f"tongguan.{module.name}.models")
    engine = create_engine(engine_url(server.owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name not in IDENTITY | OWNERS}
        )
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    # Names of foreign keys are the database's own; the tables and columns that they join are compared.
    kinds = {"add_fk", "remove_fk", "add_constraint", "remove_constraint"}
    differences = [entry for entry in found if not (isinstance(entry, tuple) and entry[0] in kinds)]
    assert differences == []

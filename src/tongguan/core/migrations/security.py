"""Row-level security for the tables of a migration: forced, by organization, one rule for all."""

from __future__ import annotations

from typing import Protocol

APP_ROLE = "tongguan_app"


class Operations(Protocol):
    """The part of Alembic's `op` that is used here."""

    def execute(self, sqltext: str) -> None:
        """Runs one statement."""


def secure(op: Operations, *tables: str, append_only: bool = False) -> None:
    """Forces row-level security on tables, with one policy for the application and one for the owner.

    FORCE binds the owner too, so migrations and definer functions need the owner's own policy.
    `append_only` leaves the application without UPDATE and DELETE.
    """
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    for table in tables:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(
            f'CREATE POLICY by_organization ON "{table}" TO {APP_ROLE} '
            "USING (org_id = (SELECT current_setting('tongguan.org_id')::uuid)) "
            "WITH CHECK (org_id = (SELECT current_setting('tongguan.org_id')::uuid))"
        )
        op.execute(f'CREATE POLICY by_owner ON "{table}" TO CURRENT_USER USING (true) WITH CHECK (true)')
        op.execute(f'GRANT {rights} ON "{table}" TO {APP_ROLE}')

"""Events, visible jobs, the audit trail."""

from alembic import op

from tongguan.core.migrations.security import APP_ROLE, secure

revision = "0001"
down_revision: str | None = None

TABLES = """
CREATE TABLE event (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL,
    payload jsonb NOT NULL,
    delivered_at timestamptz
);
CREATE INDEX ix_event_waiting ON event (id) WHERE delivered_at IS NULL;
CREATE TABLE job (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid,
    person_id uuid,
    kind text NOT NULL,
    title text NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued','running','done','failed','cancelled')),
    done bigint NOT NULL DEFAULT 0,
    total bigint,
    rate double precision,
    message text NOT NULL DEFAULT '',
    error jsonb,
    result jsonb,
    cancel_requested boolean NOT NULL DEFAULT false,
    started_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_job_project_id_id ON job (project_id, id);
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    person_id uuid,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    project_id uuid,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ix_audit_org_id_id ON audit (org_id, id);
"""

# The worker has no organization of its own: it may learn which events wait, and then works under each one's.
NEXT_EVENTS = """
CREATE FUNCTION next_events(most integer) RETURNS TABLE (id uuid, org_id uuid, kind text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.id, e.org_id, e.kind FROM event e WHERE e.delivered_at IS NULL ORDER BY e.id LIMIT most
$$
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
    secure(op, "event", "job")
    secure(op, "audit", append_only=True)
    op.execute(NEXT_EVENTS)
    op.execute("REVOKE ALL ON FUNCTION next_events(integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION next_events(integer) TO {APP_ROLE}")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

"""Waiting events by organization and kind, so that a burst of one kind never hides the others."""

from alembic import op

revision = "0020"
down_revision = "0019"

# Jumps from one (organization, kind) to the next, and takes the oldest of each.
NEXT_EVENTS = """
CREATE OR REPLACE FUNCTION next_events(most integer) RETURNS TABLE (id uuid, org_id uuid, kind text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE waiting AS (
        (SELECT e.org_id, e.kind FROM event e WHERE e.delivered_at IS NULL ORDER BY e.org_id, e.kind LIMIT 1)
        UNION ALL
        SELECT n.org_id, n.kind FROM waiting w CROSS JOIN LATERAL (
            SELECT e.org_id, e.kind FROM event e
            WHERE e.delivered_at IS NULL AND (e.org_id, e.kind) > (w.org_id, w.kind)
            ORDER BY e.org_id, e.kind LIMIT 1) n
    )
    SELECT o.id, w.org_id, w.kind FROM waiting w CROSS JOIN LATERAL (
        SELECT e.id FROM event e WHERE e.delivered_at IS NULL AND e.org_id = w.org_id AND e.kind = w.kind
        ORDER BY e.id LIMIT most) o
    ORDER BY o.id
$$
"""


def upgrade() -> None:
    """Replaces the index and the function."""
    op.execute("DROP INDEX ix_event_waiting")
    op.execute("CREATE INDEX ix_event_waiting ON event (org_id, kind, id) WHERE delivered_at IS NULL")
    op.execute(NEXT_EVENTS)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

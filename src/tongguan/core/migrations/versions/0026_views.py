"""Saved views of lists."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0026"
down_revision = "0025"

TABLE = """
CREATE TABLE saved_view (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
    person_id uuid NOT NULL REFERENCES person (id),
    list text NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    columns jsonb NOT NULL DEFAULT '[]',
    shared boolean NOT NULL DEFAULT false,
    CONSTRAINT uq_saved_view UNIQUE (project_id, list, person_id, name)
)
"""


def upgrade() -> None:
    """Creates the table."""
    op.execute(TABLE)
    secure(op, "saved_view")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

"""Reports."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0027"
down_revision: str | None = "0026"

TABLE = """
CREATE TABLE report (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
    number integer NOT NULL,
    subject text NOT NULL CHECK (subject IN ('project', 'evaluation')),
    evaluation integer,
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'failed')),
    costs boolean NOT NULL DEFAULT false,
    sources jsonb NOT NULL DEFAULT '{}',
    files jsonb NOT NULL DEFAULT '{}',
    error jsonb,
    job_id uuid,
    created_by uuid,
    made_at timestamptz,
    CONSTRAINT uq_report_project_id_number UNIQUE (project_id, number)
)
"""


def upgrade() -> None:
    """Creates the table."""
    op.execute(TABLE)
    secure(op, "report")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

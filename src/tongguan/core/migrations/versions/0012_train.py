"""Runs and model versions."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0012"
down_revision: str | None = "0011"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TABLES = """
CREATE TABLE run (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    number integer NOT NULL,
    dataset_version_id uuid NOT NULL REFERENCES dataset_version (id),
    recipe text NOT NULL,
    params jsonb NOT NULL DEFAULT '{}',
    minutes double precision,
    seed integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    job_id uuid,
    person_id uuid,
    metrics jsonb NOT NULL DEFAULT '{}',
    result jsonb NOT NULL DEFAULT '{}',
    curve jsonb NOT NULL DEFAULT '[]',
    error jsonb,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT uq_run_project_id_number UNIQUE (project_id, number)
);
CREATE TABLE model_version (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    run_id uuid NOT NULL REFERENCES run (id),
    number integer NOT NULL,
    key text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    metrics jsonb NOT NULL DEFAULT '{}',
    classes jsonb NOT NULL DEFAULT '[]',
    threshold double precision NOT NULL,
    threshold_from text NOT NULL DEFAULT '',
    CONSTRAINT uq_model_version_project_id_number UNIQUE (project_id, number),
    CONSTRAINT uq_model_version_run_id UNIQUE (run_id)
)
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in filter(str.strip, TABLES.replace("(ROW", f"({ROW}").split(";\n")):
        op.execute(statement)
    secure(op, "run", "model_version")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

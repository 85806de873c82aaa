"""Parameter studies with their trials; model versions that were trained elsewhere."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0014"
down_revision: str | None = "0013"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TABLES = """
CREATE TABLE study (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    number integer NOT NULL,
    dataset_version_id uuid NOT NULL REFERENCES dataset_version (id),
    recipe text NOT NULL,
    params jsonb NOT NULL DEFAULT '{}',
    search jsonb NOT NULL DEFAULT '{}',
    trials integer NOT NULL CHECK (trials > 0),
    minutes double precision,
    seed integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    job_id uuid,
    person_id uuid,
    threads integer,
    held jsonb NOT NULL DEFAULT '{}',
    error jsonb,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT uq_study_project_id_number UNIQUE (project_id, number)
);
CREATE TABLE trial (ROW
    study_id uuid NOT NULL REFERENCES study (id),
    number integer NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'pruned', 'failed')),
    params jsonb NOT NULL DEFAULT '{}',
    value double precision,
    looks jsonb NOT NULL DEFAULT '[]',
    steps integer,
    seconds double precision,
    error jsonb,
    CONSTRAINT uq_trial_study_id_number UNIQUE (study_id, number)
);
ALTER TABLE run ADD COLUMN study_id uuid REFERENCES study (id);
ALTER TABLE model_version
    ALTER COLUMN run_id DROP NOT NULL,
    ADD COLUMN dataset_version_id uuid REFERENCES dataset_version (id),
    ADD COLUMN recipe text NOT NULL DEFAULT 'detection',
    ADD COLUMN origin jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN person_id uuid;
UPDATE model_version SET dataset_version_id = run.dataset_version_id, recipe = run.recipe, person_id = run.person_id
    FROM run WHERE run.id = model_version.run_id;
ALTER TABLE model_version
    ADD CONSTRAINT ck_model_version_origin CHECK (run_id IS NOT NULL OR origin <> '{}'),
    ALTER COLUMN recipe DROP DEFAULT
"""


def upgrade() -> None:
    """Creates the tables and widens model versions."""
    for statement in filter(str.strip, TABLES.replace("(ROW", f"({ROW}").split(";\n")):
        op.execute(statement)
    secure(op, "study", "trial")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

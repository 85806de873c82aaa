"""The loop: where a deployment's pictures go, and how far each has come."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0021"
down_revision: str | None = "0020"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

STATEMENTS = """
CREATE TABLE loop_route (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    deployment_id uuid NOT NULL,
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    priority_wrong smallint NOT NULL CHECK (priority_wrong BETWEEN 0 AND 1000),
    priority_sampled smallint NOT NULL CHECK (priority_sampled BETWEEN 0 AND 1000),
    group_rule text NOT NULL DEFAULT 'none',
    licence text NOT NULL DEFAULT '',
    consent text NOT NULL DEFAULT '',
    person_id uuid,
    CONSTRAINT uq_loop_route_deployment_id UNIQUE (deployment_id)
);
CREATE TABLE loop_case (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    deployment_id uuid NOT NULL,
    prediction_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('wrong', 'sampled')),
    reason text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN
        ('waiting', 'task', 'answered', 'accepted', 'frozen', 'trained', 'evaluated', 'deployed', 'closed')),
    note text NOT NULL DEFAULT '',
    made_by uuid,
    item_id uuid REFERENCES item (id),
    known boolean NOT NULL DEFAULT false,
    task_id uuid REFERENCES task (id),
    annotation_id uuid REFERENCES annotation (id),
    revision_id uuid REFERENCES annotation_revision (id),
    dataset_version_id uuid REFERENCES dataset_version (id),
    side text NOT NULL DEFAULT '',
    model_version_id uuid REFERENCES model_version (id),
    evaluation_id uuid,
    change_id uuid,
    reached jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT uq_loop_case_prediction_id UNIQUE (prediction_id)
);
CREATE INDEX ix_loop_case_project ON loop_case (project_id, state, id);
CREATE INDEX ix_loop_case_item ON loop_case (item_id) WHERE item_id IS NOT NULL;
CREATE INDEX ix_loop_case_task ON loop_case (task_id) WHERE task_id IS NOT NULL
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in filter(str.strip, STATEMENTS.replace("(ROW", f"({ROW}").split(";\n")):
        op.execute(statement)
    secure(op, "loop_route", "loop_case")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

"""Projects, their members, gates and visits."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0003"
down_revision: str | None = "0002"

TABLES = """
CREATE TABLE project (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    media text NOT NULL DEFAULT 'image',
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'archived')),
    settings jsonb NOT NULL DEFAULT '{}',
    created_by uuid
);
CREATE INDEX ix_project_org_id_id ON project (org_id, id);
CREATE TABLE project_member (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
    person_id uuid NOT NULL REFERENCES person (id),
    role text NOT NULL
        CHECK (role IN ('manager','trainer','inspector','annotator','engineer','client','operator')),
    CONSTRAINT uq_project_member_project_id_person_id_role UNIQUE (project_id, person_id, role)
);
CREATE INDEX ix_project_member_person_id ON project_member (person_id);
CREATE TABLE project_gate (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
    gate smallint NOT NULL CHECK (gate BETWEEN 1 AND 5),
    state text NOT NULL CHECK (state IN ('closed', 'working', 'open', 'reclosed')),
    figure jsonb NOT NULL DEFAULT '{}',
    missing jsonb NOT NULL DEFAULT '[]',
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_project_gate_project_id_gate UNIQUE (project_id, gate)
);
CREATE TABLE gate_record (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
    gate smallint NOT NULL,
    state text NOT NULL,
    figure jsonb NOT NULL,
    missing jsonb NOT NULL,
    person_id uuid,
    reason text,
    rule_version_id uuid
);
CREATE INDEX ix_gate_record_project_id_gate_id ON gate_record (project_id, gate, id);
CREATE TABLE project_visit (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
    person_id uuid NOT NULL REFERENCES person (id),
    seen_at timestamptz NOT NULL,
    before_at timestamptz,
    CONSTRAINT uq_project_visit_project_id_person_id UNIQUE (project_id, person_id)
)
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
    secure(op, "project", "project_member", "project_gate", "project_visit")
    secure(op, "gate_record", append_only=True)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

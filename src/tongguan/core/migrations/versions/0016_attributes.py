"""Attributes are compared with known answers: what was wrong, and how often which value was given."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0016"
down_revision: str | None = "0015"

TABLES = """
ALTER TABLE gold_result ADD COLUMN wrong_attribute integer NOT NULL DEFAULT 0;
ALTER TABLE finding ADD COLUMN attribute text NOT NULL DEFAULT '';
CREATE TABLE attribute_confusion (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
    person_id uuid NOT NULL,
    revision_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('gold','fix','settle')),
    label text NOT NULL,
    attribute text NOT NULL,
    expected text NOT NULL,
    answered text NOT NULL,
    count integer NOT NULL CHECK (count > 0),
    CONSTRAINT uq_attribute_confusion_revision_value UNIQUE (revision_id, label, attribute, expected, answered)
);
CREATE INDEX ix_attribute_confusion_project ON attribute_confusion (project_id, person_id)
"""


def upgrade() -> None:
    """Adds the columns and the table."""
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    secure(op, "attribute_confusion", append_only=True)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

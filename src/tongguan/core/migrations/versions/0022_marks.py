"""How far each person has looked through a queue, so that who is far ahead is not slower than others."""

from pathlib import Path

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0022"
down_revision = "0021"

# `annotate_pick` of 0018, now with marks.
FUNCTIONS = Path(__file__).parents[1] / "sql" / "0022_marks.sql"

TABLE = """
CREATE TABLE claim_mark (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
    person_id uuid NOT NULL REFERENCES person (id),
    priority smallint NOT NULL,
    rank bigint NOT NULL,
    looked_at timestamptz NOT NULL,
    CONSTRAINT uq_claim_mark UNIQUE (person_id, project_id, priority)
)
"""


def upgrade() -> None:
    """Creates the table and replaces the function."""
    op.execute(TABLE)
    secure(op, "claim_mark")
    for statement in FUNCTIONS.read_text(encoding="utf-8").split("\n;;\n"):
        op.execute(statement)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

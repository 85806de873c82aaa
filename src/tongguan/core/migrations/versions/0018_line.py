"""Pictures that arrive one by one from a line, and tasks that only people from a level on get."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision: str | None = "0017"

# `annotate_pick` and `annotate_left` of 0007, now with the least level of a task.
FUNCTIONS = Path(__file__).parents[1] / "sql" / "0018_levels.sql"

STATEMENTS = """
ALTER TABLE batch DROP CONSTRAINT batch_source_check;
ALTER TABLE batch ADD CONSTRAINT batch_source_check
    CHECK (source IN ('folder', 'archive', 'upload', 's3', 'list', 'line'));
CREATE UNIQUE INDEX uq_batch_line ON batch (project_id, location) WHERE source = 'line';
ALTER TABLE task ADD COLUMN min_level smallint NOT NULL DEFAULT 0 CHECK (min_level BETWEEN 0 AND 5)
"""


def upgrade() -> None:
    """Adds the source `line` and the level of tasks."""
    for statement in filter(str.strip, STATEMENTS.split(";\n")):
        op.execute(statement)
    for statement in FUNCTIONS.read_text(encoding="utf-8").split("\n;;\n"):
        op.execute(statement)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

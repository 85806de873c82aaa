"""Tables of the stage academy."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0009"
down_revision: str | None = "0008"

_HEAD = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
"""


def upgrade() -> None:
    """Creates the tables."""
    op.execute(f"""
        CREATE TABLE attempt ({_HEAD}
            project_id uuid NOT NULL REFERENCES project (id),
            person_id uuid NOT NULL REFERENCES person (id),
            rule_major integer NOT NULL,
            rule_version_id uuid NOT NULL REFERENCES rule_version (id),
            kind text NOT NULL CHECK (kind IN ('practice', 'exam')),
            number integer NOT NULL,
            state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'passed', 'failed')),
            end_reason text,
            answered integer NOT NULL DEFAULT 0,
            correct integer NOT NULL DEFAULT 0,
            total integer NOT NULL,
            pass_mark double precision NOT NULL,
            iou double precision NOT NULL,
            started_at timestamptz NOT NULL,
            finished_at timestamptz,
            next_allowed_at timestamptz,
            CONSTRAINT uq_attempt_number UNIQUE (project_id, person_id, rule_major, kind, number),
            CHECK ((state = 'running') = (finished_at IS NULL)),
            CHECK (correct <= answered AND answered <= total)
        )""")
    op.execute(
        "CREATE UNIQUE INDEX uq_attempt_running ON attempt (project_id, person_id, kind) WHERE state = 'running'"
    )
    op.execute("CREATE INDEX ix_attempt_project ON attempt (project_id, id)")
    op.execute("CREATE INDEX ix_attempt_person ON attempt (person_id, project_id, id)")
    op.execute(f"""
        CREATE TABLE attempt_answer ({_HEAD}
            attempt_id uuid NOT NULL REFERENCES attempt (id),
            task_id uuid NOT NULL REFERENCES task (id),
            gold_id uuid NOT NULL REFERENCES gold (id),
            item_id uuid NOT NULL REFERENCES item (id),
            position integer NOT NULL,
            expected jsonb NOT NULL,
            correct boolean,
            detail jsonb,
            opened_at timestamptz,
            answered_at timestamptz,
            CONSTRAINT uq_attempt_answer_position UNIQUE (attempt_id, position),
            CHECK ((correct IS NULL) = (answered_at IS NULL))
        )""")
    op.execute("CREATE INDEX ix_attempt_answer_task ON attempt_answer (task_id)")
    op.execute("CREATE INDEX ix_attempt_answer_gold ON attempt_answer (gold_id)")
    op.execute(f"""
        CREATE TABLE lesson_read ({_HEAD}
            project_id uuid NOT NULL REFERENCES project (id),
            person_id uuid NOT NULL REFERENCES person (id),
            rule_version_id uuid NOT NULL REFERENCES rule_version (id),
            read_at timestamptz NOT NULL,
            CONSTRAINT uq_lesson_read_person_version UNIQUE (person_id, rule_version_id)
        )""")
    secure(op, "attempt", "attempt_answer", "lesson_read")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

"""Tables of the stage rules."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0006"
down_revision: str | None = "0005"

_HEAD = """
    id uuid NOT NULL,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),
"""


def upgrade() -> None:
    """Creates the tables."""
    _create_versions()
    _create_questions()
    secure(op, "rule_version", "clarification", "label_mapping")


def _create_versions() -> None:
    op.execute(f"""
        CREATE TABLE rule_version ({_HEAD}
            major integer NOT NULL DEFAULT 0,
            minor integer NOT NULL DEFAULT 0,
            state varchar NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published')),
            label_set jsonb NOT NULL,
            guideline varchar NOT NULL DEFAULT '',
            examples jsonb NOT NULL,
            checks jsonb NOT NULL,
            note varchar NOT NULL DEFAULT '',
            revision integer NOT NULL DEFAULT 1,
            based_on uuid REFERENCES rule_version (id),
            updated_at timestamptz NOT NULL DEFAULT now(),
            published_at timestamptz,
            published_by uuid REFERENCES person (id),
            CONSTRAINT pk_rule_version PRIMARY KEY (id),
            CHECK (state = 'draft' OR (major > 0 AND published_at IS NOT NULL))
        )""")
    op.execute(
        "CREATE UNIQUE INDEX uq_rule_version_published ON rule_version (project_id, major, minor) "
        "WHERE state = 'published'"
    )
    op.execute("CREATE UNIQUE INDEX uq_rule_version_draft ON rule_version (project_id) WHERE state = 'draft'")
    op.execute("""
        CREATE FUNCTION rule_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rule version % is published and cannot change', OLD.id USING ERRCODE = 'check_violation';
        END $$""")
    op.execute("""
        CREATE TRIGGER rule_version_frozen BEFORE UPDATE OR DELETE ON rule_version
        FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION rule_version_frozen()""")


def _create_questions() -> None:
    op.execute(f"""
        CREATE TABLE clarification ({_HEAD}
            item_id uuid REFERENCES item (id),
            task_id uuid,
            rule_version_id uuid REFERENCES rule_version (id),
            label varchar,
            question varchar NOT NULL,
            asked_by uuid NOT NULL REFERENCES person (id),
            answer varchar,
            answered_by uuid REFERENCES person (id),
            answered_at timestamptz,
            state varchar NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'taken', 'published')),
            taken_into uuid REFERENCES rule_version (id) ON DELETE SET NULL,
            published_in uuid REFERENCES rule_version (id),
            CONSTRAINT pk_clarification PRIMARY KEY (id)
        )""")
    op.execute("CREATE INDEX ix_clarification_project_state ON clarification (project_id, state, id)")
    op.execute("CREATE INDEX ix_clarification_item_id ON clarification (item_id)")
    op.execute(f"""
        CREATE TABLE label_mapping ({_HEAD}
            batch_id uuid NOT NULL REFERENCES batch (id),
            name varchar NOT NULL,
            label varchar,
            rule_version_id uuid NOT NULL REFERENCES rule_version (id),
            updated_at timestamptz NOT NULL DEFAULT now(),
            updated_by uuid NOT NULL REFERENCES person (id),
            CONSTRAINT pk_label_mapping PRIMARY KEY (id),
            CONSTRAINT uq_label_mapping_batch_id_name UNIQUE (batch_id, name)
        )""")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

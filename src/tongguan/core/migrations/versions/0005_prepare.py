"""Tables of the stage prepare."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Problems: one row per item and check, however often the checks run; and who opened the gate regardless."""
    op.execute("""
        CREATE TABLE problem (
            id uuid NOT NULL CONSTRAINT pk_problem PRIMARY KEY,
            org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
            created_at timestamptz NOT NULL DEFAULT now(),
            project_id uuid NOT NULL CONSTRAINT fk_problem_project_id_project REFERENCES project (id),
            batch_id uuid NOT NULL CONSTRAINT fk_problem_batch_id_batch REFERENCES batch (id),
            item_id uuid NOT NULL CONSTRAINT fk_problem_item_id_item REFERENCES item (id),
            check_id text NOT NULL,
            severity text NOT NULL CHECK (severity IN ('block', 'warn')),
            other_item_id uuid,
            detail text NOT NULL DEFAULT '',
            state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'waived', 'refused')),
            waived_by uuid,
            waived_reason text NOT NULL DEFAULT '',
            waived_at timestamptz,
            CONSTRAINT uq_problem_item_check UNIQUE (item_id, check_id)
        )
    """)
    op.execute("CREATE INDEX ix_problem_check ON problem (project_id, check_id, state, item_id)")
    op.execute("CREATE INDEX ix_problem_batch ON problem (batch_id)")
    op.execute("""
        CREATE TABLE data_gate_opening (
            id uuid NOT NULL CONSTRAINT pk_data_gate_opening PRIMARY KEY,
            org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
            created_at timestamptz NOT NULL DEFAULT now(),
            project_id uuid NOT NULL CONSTRAINT fk_data_gate_opening_project_id_project REFERENCES project (id),
            person_id uuid NOT NULL,
            reason text NOT NULL,
            missing jsonb NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_data_gate_opening_project ON data_gate_opening (project_id, id)")
    op.execute("""
        CREATE FUNCTION prepare_refresh_statistics() RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN ANALYZE problem; END $$
    """)
    op.execute("REVOKE ALL ON FUNCTION prepare_refresh_statistics() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION prepare_refresh_statistics() TO tongguan_app")
    secure(op, "problem")
    secure(op, "data_gate_opening", append_only=True)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

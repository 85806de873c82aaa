"""Work rows of reviews and of confirmed findings; appeals against payslips and their answers."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0023"
down_revision: str | None = "0022"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TABLES = """
ALTER TABLE work_row ALTER COLUMN judgement_id DROP NOT NULL;
ALTER TABLE work_row ADD COLUMN review_id uuid REFERENCES review (id);
ALTER TABLE work_row ADD COLUMN finding_id uuid REFERENCES finding (id);
ALTER TABLE work_row ADD CONSTRAINT ck_work_row_source CHECK (num_nonnulls(judgement_id, review_id, finding_id) = 1);
ALTER TABLE work_row DROP CONSTRAINT uq_work_row_revision_person_unit_outcome;
CREATE UNIQUE INDEX uq_work_row_revision_person_unit_outcome
    ON work_row (revision_id, person_id, unit, difficulty, outcome) WHERE finding_id IS NULL;
CREATE UNIQUE INDEX uq_work_row_finding ON work_row (finding_id) WHERE finding_id IS NOT NULL;
ALTER TABLE work_void ALTER COLUMN judgement_id DROP NOT NULL;
ALTER TABLE work_void ADD COLUMN finding_id uuid REFERENCES finding (id);
ALTER TABLE work_void ADD CONSTRAINT ck_work_void_source CHECK (num_nonnulls(judgement_id, finding_id) = 1);
ALTER TABLE ledger_line DROP CONSTRAINT ledger_line_kind_check;
ALTER TABLE ledger_line ADD CONSTRAINT ledger_line_kind_check CHECK (kind IN ('base','line','correction'));
CREATE TABLE pay_appeal (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    period_id uuid NOT NULL REFERENCES pay_period (id),
    person_id uuid NOT NULL,
    line_id uuid REFERENCES ledger_line (id),
    text text NOT NULL,
    filed_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL
);
CREATE UNIQUE INDEX uq_pay_appeal_line ON pay_appeal (person_id, line_id) WHERE line_id IS NOT NULL;
CREATE UNIQUE INDEX uq_pay_appeal_slip ON pay_appeal (person_id, period_id) WHERE line_id IS NULL;
CREATE INDEX ix_pay_appeal_project ON pay_appeal (project_id, id);
CREATE TABLE pay_appeal_answer (ROW
    appeal_id uuid NOT NULL REFERENCES pay_appeal (id),
    granted boolean NOT NULL,
    text text NOT NULL,
    line_id uuid NOT NULL REFERENCES ledger_line (id),
    answered_by uuid NOT NULL,
    answered_at timestamptz NOT NULL,
    CONSTRAINT uq_pay_appeal_answer_appeal UNIQUE (appeal_id)
)
"""


def upgrade() -> None:
    """Adds the columns and the tables."""
    for statement in TABLES.replace("(ROW", "(" + ROW).split(";\n"):
        op.execute(statement)
    secure(op, "pay_appeal", "pay_appeal_answer", append_only=True)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

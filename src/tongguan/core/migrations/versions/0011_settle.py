"""Rate cards, work rows, periods and the ledger: append-only, all of them."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0011"
down_revision: str | None = "0010"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TABLES = """
CREATE TABLE rate_card (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    toml text NOT NULL,
    created_by uuid
);
CREATE INDEX ix_rate_card_project ON rate_card (project_id, id);
CREATE TABLE work_row (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    person_id uuid NOT NULL,
    annotation_id uuid NOT NULL,
    revision_id uuid NOT NULL,
    item_id uuid NOT NULL REFERENCES item (id),
    judgement_id uuid NOT NULL REFERENCES judgement (id),
    unit text NOT NULL,
    difficulty text NOT NULL,
    quantity numeric NOT NULL CHECK (quantity >= 0),
    outcome text NOT NULL CHECK (outcome IN ('accepted','rejected','rework_own','rework_rule')),
    accepted_at timestamptz NOT NULL,
    CONSTRAINT uq_work_row_revision_person_unit_outcome UNIQUE (revision_id, person_id, unit, difficulty, outcome)
);
CREATE INDEX ix_work_row_person ON work_row (project_id, person_id, accepted_at);
CREATE INDEX ix_work_row_project ON work_row (project_id, accepted_at);
CREATE TABLE work_void (ROW
    work_row_id uuid NOT NULL REFERENCES work_row (id),
    judgement_id uuid NOT NULL REFERENCES judgement (id),
    CONSTRAINT uq_work_void_work_row UNIQUE (work_row_id)
);
CREATE TABLE pay_period (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    number integer NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    state text NOT NULL DEFAULT 'closed' CHECK (state = 'closed'),
    closed_at timestamptz NOT NULL,
    closed_by uuid,
    early boolean NOT NULL DEFAULT false,
    rate_toml text NOT NULL,
    CONSTRAINT uq_pay_period_project_month UNIQUE (project_id, month),
    CONSTRAINT uq_pay_period_project_number UNIQUE (project_id, number)
);
CREATE TABLE period_work (ROW
    period_id uuid NOT NULL REFERENCES pay_period (id),
    work_row_id uuid NOT NULL REFERENCES work_row (id),
    CONSTRAINT uq_period_work_work_row UNIQUE (work_row_id)
);
CREATE INDEX ix_period_work_period ON period_work (period_id);
CREATE TABLE ledger_line (ROW
    period_id uuid NOT NULL REFERENCES pay_period (id),
    person_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('base','line')),
    unit text NOT NULL DEFAULT '',
    difficulty text NOT NULL DEFAULT '',
    outcome text NOT NULL DEFAULT '',
    quantity numeric NOT NULL CHECK (quantity >= 0),
    rate numeric,
    coefficient numeric,
    amount_fen bigint NOT NULL CHECK (amount_fen >= 0),
    key text NOT NULL,
    explanation jsonb NOT NULL,
    CONSTRAINT uq_ledger_line_key UNIQUE (key)
);
CREATE INDEX ix_ledger_line_period ON ledger_line (period_id, person_id);
CREATE INDEX ix_ledger_line_person ON ledger_line (person_id, id)
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in TABLES.replace("(ROW", "(" + ROW).split(";\n"):
        op.execute(statement)
    secure(op, "rate_card", "work_row", "work_void", "pay_period", "period_work", "ledger_line", append_only=True)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

"""Lots, reviews, findings, gold, judgements, agreement, flags, rework."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0008"
down_revision: str | None = "0007"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    project_id uuid NOT NULL REFERENCES project (id),"""

TABLES = """
CREATE TABLE lot (ROW
    person_id uuid NOT NULL,
    number integer NOT NULL,
    state text NOT NULL DEFAULT 'collecting'
        CHECK (state IN ('collecting','reviewing','screening','accepted','screened')),
    size integer NOT NULL DEFAULT 0,
    drawn integer NOT NULL DEFAULT 0,
    judged integer NOT NULL DEFAULT 0,
    accepted integer NOT NULL DEFAULT 0,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by uuid,
    ended_at timestamptz,
    CONSTRAINT uq_lot_project_person_number UNIQUE (project_id, person_id, number)
);
CREATE UNIQUE INDEX uq_lot_collecting ON lot (project_id, person_id) WHERE state = 'collecting';
CREATE INDEX ix_lot_state ON lot (project_id, state, id);
CREATE TABLE lot_member (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    lot_id uuid NOT NULL REFERENCES lot (id),
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    revision_id uuid NOT NULL,
    drawn boolean NOT NULL DEFAULT false,
    outcome text CHECK (outcome IN ('accepted','rejected','fixed','void')),
    CONSTRAINT uq_lot_member_annotation UNIQUE (annotation_id)
);
CREATE INDEX ix_lot_member_lot ON lot_member (lot_id, id);
CREATE TABLE review (ROW
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    revision_id uuid NOT NULL,
    item_id uuid NOT NULL REFERENCES item (id),
    task_id uuid NOT NULL,
    person_id uuid NOT NULL,
    lot_id uuid REFERENCES lot (id),
    reviewer_id uuid,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','leased','done','void')),
    verdict text CHECK (verdict IN ('accept','reject','fix')),
    queued_at timestamptz NOT NULL,
    leased_until timestamptz,
    done_at timestamptz,
    CHECK (reviewer_id IS NULL OR reviewer_id <> person_id),
    CONSTRAINT uq_review_annotation_revision UNIQUE (annotation_id, revision_id)
);
CREATE INDEX ix_review_queue ON review (project_id, queued_at, id) WHERE state IN ('waiting','leased');
CREATE INDEX ix_review_person ON review (project_id, person_id, done_at);
CREATE INDEX ix_review_lot ON review (lot_id);
CREATE TABLE finding (ROW
    review_id uuid REFERENCES review (id),
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    revision_id uuid NOT NULL,
    item_id uuid NOT NULL REFERENCES item (id),
    person_id uuid NOT NULL,
    made_by uuid,
    label_id text NOT NULL DEFAULT '',
    label text NOT NULL DEFAULT '',
    type text NOT NULL CHECK (type IN
        ('missed','extra','wrong_class','loose_box','tight_box','wrong_attribute','rule_unclear','other')),
    severity text NOT NULL CHECK (severity IN ('critical','major','minor')),
    note text NOT NULL DEFAULT '',
    region jsonb,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open','contested','confirmed','withdrawn')),
    contest text NOT NULL DEFAULT '',
    contested_at timestamptz,
    answer text NOT NULL DEFAULT '',
    answered_by uuid,
    answered_at timestamptz
);
CREATE INDEX ix_finding_person ON finding (project_id, person_id, id);
CREATE INDEX ix_finding_annotation ON finding (annotation_id, revision_id);
CREATE INDEX ix_finding_contested ON finding (project_id, id) WHERE state = 'contested';
CREATE TABLE gold (ROW
    item_id uuid NOT NULL REFERENCES item (id),
    use text NOT NULL CHECK (use IN ('hidden','practice','exam')),
    labels jsonb NOT NULL DEFAULT '[]'::jsonb,
    nothing boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'live' CHECK (state IN ('live','retired')),
    created_by uuid
);
CREATE UNIQUE INDEX uq_gold_live_item ON gold (project_id, item_id) WHERE state = 'live';
CREATE INDEX ix_gold_use ON gold (project_id, use, state, id);
CREATE TABLE gold_result (ROW
    gold_id uuid NOT NULL REFERENCES gold (id),
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    revision_id uuid NOT NULL,
    item_id uuid NOT NULL REFERENCES item (id),
    person_id uuid NOT NULL,
    correct boolean NOT NULL,
    matched integer NOT NULL,
    missed integer NOT NULL,
    extra integer NOT NULL,
    wrong_class integer NOT NULL DEFAULT 0,
    answered_at timestamptz NOT NULL,
    judged_at timestamptz,
    CONSTRAINT uq_gold_result_revision UNIQUE (revision_id)
);
CREATE INDEX ix_gold_result_person ON gold_result (project_id, person_id, id);
CREATE INDEX ix_gold_result_waiting ON gold_result (project_id, person_id) WHERE judged_at IS NULL;
CREATE TABLE judgement (ROW
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    revision_id uuid NOT NULL,
    item_id uuid NOT NULL REFERENCES item (id),
    person_id uuid NOT NULL,
    unit text NOT NULL,
    difficulty text NOT NULL,
    quantity numeric NOT NULL CHECK (quantity >= 0),
    outcome text NOT NULL CHECK (outcome IN ('accepted','rejected','rework_own','rework_rule')),
    judged_at timestamptz NOT NULL,
    via text NOT NULL CHECK (via IN ('review','lot','gold','settle')),
    judged_by uuid,
    labels jsonb NOT NULL DEFAULT '{}'::jsonb,
    corrects uuid REFERENCES judgement (id),
    CONSTRAINT uq_judgement_revision_person_unit_outcome UNIQUE (revision_id, person_id, unit, difficulty, outcome)
);
CREATE INDEX ix_judgement_person ON judgement (project_id, person_id, judged_at);
CREATE INDEX ix_judgement_annotation ON judgement (annotation_id, id);
CREATE TABLE confusion (ROW
    person_id uuid NOT NULL,
    revision_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('gold','fix','settle')),
    expected text NOT NULL,
    answered text NOT NULL,
    count integer NOT NULL CHECK (count > 0),
    CONSTRAINT uq_confusion_revision_expected_answered UNIQUE (revision_id, expected, answered)
);
CREATE INDEX ix_confusion_project ON confusion (project_id, person_id);
CREATE TABLE consensus (ROW
    item_id uuid NOT NULL REFERENCES item (id),
    task_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('agreed','open','settled')),
    annotation_id uuid,
    detail jsonb NOT NULL DEFAULT '{}'::jsonb,
    settled_by uuid,
    settled_at timestamptz,
    CONSTRAINT uq_consensus_task UNIQUE (task_id)
);
CREATE INDEX ix_consensus_state ON consensus (project_id, state, id);
CREATE INDEX ix_consensus_item ON consensus (item_id);
CREATE TABLE quality_flag (ROW
    person_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open','cleared')),
    right_answers integer NOT NULL,
    answers integer NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    stopped boolean NOT NULL DEFAULT false,
    raised_at timestamptz NOT NULL,
    cleared_by uuid,
    cleared_at timestamptz,
    note text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX uq_quality_flag_open ON quality_flag (project_id, person_id) WHERE state = 'open';
CREATE TABLE rework (ROW
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    revision_id uuid NOT NULL,
    task_id uuid NOT NULL,
    cause text NOT NULL CHECK (cause IN ('own','rule')),
    requested_by uuid,
    priority smallint NOT NULL DEFAULT 0
);
CREATE INDEX ix_rework_annotation ON rework (annotation_id, id)
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in TABLES.replace("(ROW", "(" + ROW).split(";\n"):
        op.execute(statement)
    secure(op, "lot", "lot_member", "review", "finding", "gold", "gold_result", "consensus", "quality_flag")
    secure(op, "judgement", "confusion", "rework", append_only=True)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

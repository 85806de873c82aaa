"""Tasks, leases, drafts, annotations and pre-labels; the claim and the submit as functions of the database."""

from pathlib import Path

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0007"
down_revision: str | None = "0006"

# Functions and triggers, in SQL, one statement between two lines of ";;".
FUNCTIONS = Path(__file__).parents[1] / "sql" / "0007_annotate.sql"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TASKS = """
CREATE TABLE task (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    item_id uuid NOT NULL REFERENCES item (id),
    rule_version_id uuid NOT NULL REFERENCES rule_version (id),
    purpose text NOT NULL DEFAULT 'ordinary' CHECK (purpose IN ('ordinary', 'gold', 'practice', 'exam')),
    person_id uuid REFERENCES person (id),
    rank bigint NOT NULL,
    priority smallint NOT NULL DEFAULT 0,
    needed smallint NOT NULL DEFAULT 1 CHECK (needed BETWEEN 1 AND 100),
    open_slots smallint NOT NULL CHECK (open_slots BETWEEN 0 AND needed),
    answered smallint NOT NULL DEFAULT 0 CHECK (answered >= 0),
    skips smallint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'full', 'done', 'settled', 'left_out', 'closed')),
    gold_id uuid,
    attempt_id uuid,
    rework_of uuid,
    rework jsonb,
    CHECK (purpose = 'ordinary' OR person_id IS NOT NULL)
);
CREATE INDEX ix_task_queue ON task (project_id, priority DESC, rank)
    WHERE open_slots > 0 AND state = 'open' AND person_id IS NULL;
CREATE INDEX ix_task_reserved ON task (person_id, project_id, purpose)
    WHERE open_slots > 0 AND state = 'open' AND person_id IS NOT NULL;
CREATE INDEX ix_task_item ON task (item_id);
CREATE INDEX ix_task_list ON task (project_id, state, id);
CREATE INDEX ix_task_attempt ON task (attempt_id) WHERE attempt_id IS NOT NULL;
CREATE TABLE work (ROW
    task_id uuid NOT NULL REFERENCES task (id),
    person_id uuid NOT NULL REFERENCES person (id),
    item_id uuid NOT NULL REFERENCES item (id),
    CONSTRAINT uq_work_task_id_person_id UNIQUE (task_id, person_id)
);
CREATE INDEX ix_work_person_item ON work (person_id, item_id);
CREATE TABLE lease (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    task_id uuid NOT NULL REFERENCES task (id),
    person_id uuid NOT NULL REFERENCES person (id),
    rule_version_id uuid NOT NULL REFERENCES rule_version (id),
    prelabel_id uuid,
    study boolean NOT NULL DEFAULT false,
    state text NOT NULL
        CHECK (state IN ('next', 'open', 'submitted', 'returned', 'expired', 'skipped')),
    claimed_at timestamptz NOT NULL,
    opened_at timestamptz,
    heartbeat_at timestamptz NOT NULL,
    counted_seconds double precision NOT NULL DEFAULT 0,
    offline_seconds double precision NOT NULL DEFAULT 0,
    last_command_at timestamptz,
    last_seq integer NOT NULL DEFAULT 0,
    ended_at timestamptz,
    end_reason text,
    CHECK ((state IN ('next', 'open')) = (ended_at IS NULL)),
    CHECK (state <> 'open' OR opened_at IS NOT NULL)
);
CREATE UNIQUE INDEX uq_lease_slot ON lease (person_id, state) WHERE state IN ('next', 'open') AND NOT study;
CREATE INDEX ix_lease_live ON lease (project_id, heartbeat_at) WHERE state IN ('next', 'open');
CREATE INDEX ix_lease_task ON lease (task_id, person_id);
CREATE INDEX ix_lease_person ON lease (person_id, id);
CREATE TABLE skip (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    task_id uuid NOT NULL REFERENCES task (id),
    item_id uuid NOT NULL REFERENCES item (id),
    person_id uuid NOT NULL REFERENCES person (id),
    lease_id uuid NOT NULL REFERENCES lease (id),
    reason text NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE INDEX ix_skip_project ON skip (project_id, id);
CREATE INDEX ix_skip_person ON skip (person_id, project_id, id);
CREATE TABLE draft (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    lease_id uuid NOT NULL REFERENCES lease (id),
    task_id uuid NOT NULL REFERENCES task (id),
    person_id uuid NOT NULL REFERENCES person (id),
    seq integer NOT NULL DEFAULT 0,
    labels jsonb,
    nothing boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'kept', 'used')),
    reason text,
    updated_at timestamptz NOT NULL,
    CONSTRAINT uq_draft_lease_id UNIQUE (lease_id)
);
CREATE INDEX ix_draft_kept ON draft (person_id, project_id, id) WHERE state = 'kept';
CREATE TABLE draft_command (ROW
    lease_id uuid NOT NULL REFERENCES lease (id),
    seq_from integer NOT NULL,
    seq_to integer NOT NULL,
    commands jsonb NOT NULL,
    CHECK (seq_to >= seq_from),
    CONSTRAINT uq_draft_command_lease_id_seq_from UNIQUE (lease_id, seq_from)
);
CREATE TABLE person_count (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    person_id uuid NOT NULL REFERENCES person (id),
    submitted bigint NOT NULL DEFAULT 0,
    labels bigint NOT NULL DEFAULT 0,
    seconds double precision NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    CONSTRAINT uq_person_count_project_id_person_id UNIQUE (project_id, person_id)
);
CREATE TABLE reserved_item (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    item_id uuid NOT NULL REFERENCES item (id),
    reason text NOT NULL,
    CONSTRAINT uq_reserved_item_item_id UNIQUE (item_id)
);
CREATE TABLE task_total (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    purpose text NOT NULL,
    created bigint NOT NULL DEFAULT 0,
    closed bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    CONSTRAINT uq_task_total_project_id_purpose UNIQUE (project_id, purpose)
);
"""

ANSWERS = """
CREATE TABLE annotation (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    task_id uuid NOT NULL REFERENCES task (id),
    item_id uuid NOT NULL REFERENCES item (id),
    person_id uuid REFERENCES person (id),
    batch_id uuid REFERENCES batch (id),
    purpose text NOT NULL CHECK (purpose IN ('ordinary', 'gold', 'practice', 'exam')),
    state text NOT NULL CHECK (state IN ('submitted', 'accepted', 'rejected', 'superseded', 'deleted')),
    state_before text,
    revision integer NOT NULL DEFAULT 1,
    current_revision_id uuid NOT NULL,
    rule_version_id uuid NOT NULL REFERENCES rule_version (id),
    label_count integer NOT NULL DEFAULT 0,
    label_keys jsonb NOT NULL DEFAULT '[]',
    source text NOT NULL DEFAULT 'person' CHECK (source IN ('person', 'import')),
    submitted_at timestamptz NOT NULL,
    deleted_at timestamptz,
    reopened boolean NOT NULL DEFAULT false,
    CHECK ((person_id IS NULL) = (source = 'import'))
);
CREATE UNIQUE INDEX uq_annotation_task_id_person_id ON annotation (task_id, person_id);
CREATE INDEX ix_annotation_list ON annotation (project_id, id);
CREATE INDEX ix_annotation_state ON annotation (project_id, state, id);
CREATE INDEX ix_annotation_item ON annotation (item_id);
CREATE INDEX ix_annotation_person ON annotation (person_id, project_id, id);
CREATE TABLE annotation_revision (ROW
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    number integer NOT NULL CHECK (number >= 1),
    base integer NOT NULL,
    author_id uuid REFERENCES person (id),
    lease_id uuid REFERENCES lease (id),
    rule_version_id uuid NOT NULL REFERENCES rule_version (id),
    labels jsonb NOT NULL,
    nothing boolean NOT NULL DEFAULT false,
    seconds double precision NOT NULL DEFAULT 0,
    offline_seconds double precision NOT NULL DEFAULT 0,
    commands bytea,
    submit_key text,
    reason text NOT NULL CHECK (reason IN ('submit', 'rework', 'fix', 'settle', 'import', 'restore')),
    CONSTRAINT uq_annotation_revision_annotation_id_number UNIQUE (annotation_id, number)
);
CREATE UNIQUE INDEX uq_annotation_revision_submit_key ON annotation_revision (author_id, submit_key)
    WHERE submit_key IS NOT NULL;
CREATE TABLE prelabel (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    item_id uuid NOT NULL REFERENCES item (id),
    model_version_id uuid,
    labels jsonb NOT NULL,
    state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'replaced'))
);
CREATE UNIQUE INDEX uq_prelabel_live ON prelabel (item_id) WHERE state = 'live';
CREATE INDEX ix_prelabel_project ON prelabel (project_id, id);
CREATE TABLE prelabel_outcome (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    prelabel_id uuid NOT NULL REFERENCES prelabel (id),
    model_version_id uuid,
    kept integer NOT NULL,
    corrected integer NOT NULL,
    thrown integer NOT NULL,
    drawn integer NOT NULL,
    CONSTRAINT uq_prelabel_outcome_annotation_id_prelabel_id UNIQUE (annotation_id, prelabel_id)
);
CREATE INDEX ix_prelabel_outcome_project ON prelabel_outcome (project_id, model_version_id);
"""


def upgrade() -> None:
    """Creates the tables, then the functions."""
    for statement in filter(str.strip, (TASKS + ANSWERS).split(";\n")):
        op.execute(statement.replace("(ROW", f"({ROW}"))
    secure(op, "task", "work", "lease", "skip", "draft", "draft_command", "person_count", "task_total")
    secure(op, "reserved_item")
    secure(op, "annotation", "prelabel", "prelabel_outcome")
    secure(op, "annotation_revision", append_only=True)
    for statement in filter(str.strip, FUNCTIONS.read_text(encoding="utf-8").split(";;\n")):
        op.execute(statement)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

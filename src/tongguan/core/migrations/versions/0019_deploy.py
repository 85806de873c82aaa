"""Deployments, their devices, what they predicted, what people said of it, alarms."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0019"
down_revision: str | None = "0018"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TABLES = """
CREATE TABLE deployment (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    number integer NOT NULL,
    name text NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'retired')),
    live_model_id uuid REFERENCES model_version (id),
    shadow_model_id uuid REFERENCES model_version (id),
    live_since timestamptz,
    threshold double precision NOT NULL CHECK (threshold BETWEEN 0 AND 1),
    threshold_reason text NOT NULL DEFAULT '',
    doubt double precision CHECK (doubt BETWEEN 0 AND 1),
    good_labels jsonb NOT NULL DEFAULT '[]',
    cost_miss_fen bigint NOT NULL CHECK (cost_miss_fen >= 0),
    cost_false_fen bigint NOT NULL CHECK (cost_false_fen >= 0),
    console jsonb NOT NULL DEFAULT '{}',
    monitors jsonb NOT NULL DEFAULT '{}',
    retention_days integer NOT NULL CHECK (retention_days >= 0),
    quota_mb integer NOT NULL CHECK (quota_mb >= 0),
    sample_share double precision NOT NULL CHECK (sample_share BETWEEN 0 AND 1),
    stale_days integer NOT NULL CHECK (stale_days >= 0),
    created_by uuid,
    CONSTRAINT uq_deployment_project_id_number UNIQUE (project_id, number)
);
CREATE TABLE deployment_change (ROW
    deployment_id uuid NOT NULL REFERENCES deployment (id),
    kind text NOT NULL CHECK (kind IN
        ('created', 'live', 'rolled_back', 'shadow', 'threshold', 'settings', 'paused', 'resumed', 'retired')),
    before jsonb NOT NULL DEFAULT '{}',
    after jsonb NOT NULL DEFAULT '{}',
    person_id uuid,
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX ix_deployment_change_deployment_id ON deployment_change (deployment_id, id);
CREATE TABLE device (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    deployment_id uuid NOT NULL REFERENCES deployment (id),
    name text NOT NULL,
    hash bytea NOT NULL,
    hint text NOT NULL,
    per_minute integer NOT NULL CHECK (per_minute > 0),
    created_by uuid,
    last_seen_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT uq_device_hash UNIQUE (hash)
);
CREATE INDEX ix_device_deployment_id ON device (deployment_id, id);
CREATE TABLE prediction (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    deployment_id uuid NOT NULL REFERENCES deployment (id),
    model_version_id uuid REFERENCES model_version (id),
    shadow_of uuid REFERENCES prediction (id),
    device_id uuid REFERENCES device (id),
    person_id uuid,
    item_id uuid,
    name text NOT NULL DEFAULT '',
    client_key text,
    input_sha256 text NOT NULL,
    picture_key text,
    picture_type text NOT NULL DEFAULT '',
    picture_bytes bigint NOT NULL DEFAULT 0,
    picture_gone_at timestamptz,
    width integer,
    height integer,
    brightness double precision,
    labels jsonb NOT NULL DEFAULT '[]',
    top_score double precision,
    threshold double precision NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('ok', 'defect', 'check')),
    reason text NOT NULL DEFAULT '',
    latency_ms double precision NOT NULL,
    latency jsonb NOT NULL DEFAULT '{}',
    draw double precision NOT NULL,
    shadow_wanted boolean NOT NULL DEFAULT false,
    sampled_at timestamptz
);
CREATE INDEX ix_prediction_deployment_id ON prediction (deployment_id, id) WHERE shadow_of IS NULL;
CREATE INDEX ix_prediction_model_version_id ON prediction (model_version_id, id);
CREATE INDEX ix_prediction_shadow_wanted ON prediction (id) WHERE shadow_wanted;
CREATE INDEX ix_prediction_pictures ON prediction (deployment_id, id) WHERE picture_key IS NOT NULL;
CREATE UNIQUE INDEX uq_prediction_client_key ON prediction (deployment_id, client_key) WHERE client_key IS NOT NULL;
CREATE UNIQUE INDEX uq_prediction_shadow_of ON prediction (shadow_of, model_version_id) WHERE shadow_of IS NOT NULL;
CREATE TABLE feedback (ROW
    deployment_id uuid NOT NULL REFERENCES deployment (id),
    prediction_id uuid NOT NULL REFERENCES prediction (id),
    kind text NOT NULL CHECK (kind IN ('wrong', 'right')),
    reason text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    person_id uuid,
    device_id uuid REFERENCES device (id)
);
CREATE INDEX ix_feedback_prediction_id ON feedback (prediction_id, id);
CREATE INDEX ix_feedback_deployment_id ON feedback (deployment_id, id);
CREATE TABLE alarm (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    deployment_id uuid NOT NULL REFERENCES deployment (id),
    kind text NOT NULL CHECK (kind IN
        ('brightness', 'scores', 'missing', 'latency', 'disagreement', 'shadow', 'runner', 'stale')),
    figure double precision,
    bound double precision,
    detail jsonb NOT NULL DEFAULT '{}',
    blocking boolean NOT NULL,
    owner_id uuid,
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    note text NOT NULL DEFAULT '',
    seen_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    closed_by uuid
);
CREATE INDEX ix_alarm_project_id ON alarm (project_id, id);
CREATE UNIQUE INDEX uq_alarm_open ON alarm (deployment_id, kind) WHERE closed_at IS NULL
"""

# A device knows its token only: who it is has to be found before its organization is known.
DEVICE = """
CREATE FUNCTION auth_device(wanted bytea, moment timestamptz) RETURNS TABLE (
    org_id uuid, device_id uuid, deployment_id uuid, project_id uuid, name text, per_minute integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE held device%ROWTYPE;
BEGIN
    SELECT * INTO held FROM device d WHERE d.hash = wanted AND d.revoked_at IS NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF held.last_seen_at IS NULL OR held.last_seen_at < moment - interval '1 minute' THEN
        UPDATE device d SET last_seen_at = moment WHERE d.id = held.id;
    END IF;
    RETURN QUERY SELECT held.org_id, held.id, held.deployment_id, held.project_id, held.name, held.per_minute;
END $$
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in filter(str.strip, TABLES.replace("(ROW", f"({ROW}").split(";\n")):
        op.execute(statement)
    secure(op, "deployment", "device", "prediction", "alarm")
    secure(op, "deployment_change", "feedback", append_only=True)
    op.execute(DEVICE)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

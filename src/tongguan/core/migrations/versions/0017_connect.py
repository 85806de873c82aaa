"""Webhooks and their deliveries."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0017"
down_revision: str | None = "0016"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TABLES = """
CREATE TABLE webhook (ROW
    project_id uuid REFERENCES project (id),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('generic', 'dingtalk', 'feishu', 'wecom')),
    url text NOT NULL,
    events jsonb NOT NULL,
    language text NOT NULL DEFAULT 'zh' CHECK (language IN ('zh', 'en')),
    active boolean NOT NULL DEFAULT true,
    secret text NOT NULL DEFAULT '',
    created_by uuid
);
CREATE INDEX ix_webhook_org_id_project_id ON webhook (org_id, project_id);
CREATE TABLE webhook_delivery (ROW
    webhook_id uuid NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    event_id uuid NOT NULL,
    event text NOT NULL,
    content jsonb NOT NULL,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('waiting', 'queued', 'delivered', 'failed', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0,
    tries integer NOT NULL DEFAULT 0,
    code integer,
    error jsonb,
    answer text NOT NULL DEFAULT '',
    seconds double precision,
    next_at timestamptz,
    queued_at timestamptz NOT NULL DEFAULT now(),
    tried_at timestamptz,
    delivered_at timestamptz,
    CONSTRAINT uq_webhook_delivery_webhook_id_event_id UNIQUE (webhook_id, event_id)
);
CREATE INDEX ix_webhook_delivery_webhook_id_id ON webhook_delivery (webhook_id, id);
CREATE INDEX ix_webhook_delivery_next_at ON webhook_delivery (next_at) WHERE state = 'waiting'
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in TABLES.replace("(ROW", "(" + ROW).split(";\n"):
        op.execute(statement)
    secure(op, "webhook", "webhook_delivery")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

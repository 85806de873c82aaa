"""Dataset versions: sides of groups, entries, what was left out, exports."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0010"
down_revision: str | None = "0009"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TABLES = """
CREATE TABLE group_side (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    group_key text NOT NULL,
    side text NOT NULL CHECK (side IN ('train', 'kept', 'line')),
    CONSTRAINT uq_group_side_project_id_group_key UNIQUE (project_id, group_key)
);
CREATE TABLE dataset_version (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    number integer NOT NULL,
    state text NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'frozen', 'failed')),
    manifest_hash text,
    rule_version_id uuid REFERENCES rule_version (id),
    counts jsonb NOT NULL DEFAULT '{}',
    kept double precision NOT NULL,
    line double precision NOT NULL,
    note text NOT NULL DEFAULT '',
    created_by uuid,
    frozen_at timestamptz,
    job_id uuid,
    CONSTRAINT uq_dataset_version_project_id_number UNIQUE (project_id, number)
);
CREATE TABLE dataset_entry (ROW
    version_id uuid NOT NULL REFERENCES dataset_version (id),
    item_id uuid NOT NULL REFERENCES item (id),
    name text COLLATE "C" NOT NULL,
    asset_sha256 text NOT NULL,
    annotation_id uuid NOT NULL REFERENCES annotation (id),
    revision_id uuid NOT NULL REFERENCES annotation_revision (id),
    side text NOT NULL,
    group_key text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    label_count integer NOT NULL,
    erased boolean NOT NULL DEFAULT false,
    CONSTRAINT uq_dataset_entry_version_id_item_id UNIQUE (version_id, item_id)
);
CREATE INDEX ix_dataset_entry_version_id_name ON dataset_entry (version_id, name, item_id);
CREATE INDEX ix_dataset_entry_item_id ON dataset_entry (item_id);
CREATE TABLE dataset_left_out (ROW
    version_id uuid NOT NULL REFERENCES dataset_version (id),
    item_id uuid NOT NULL REFERENCES item (id),
    name text NOT NULL,
    reason text NOT NULL
);
CREATE INDEX ix_dataset_left_out_version_id ON dataset_left_out (version_id, id);
CREATE TABLE export (ROW
    version_id uuid NOT NULL REFERENCES dataset_version (id),
    format text NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'failed')),
    key text,
    size bigint,
    sha256 text,
    counts jsonb NOT NULL DEFAULT '{}',
    refused jsonb NOT NULL DEFAULT '[]',
    job_id uuid,
    created_by uuid
);
CREATE INDEX ix_export_version_id ON export (version_id, id)
"""

# What is frozen stays: only the mark of an erased item, and the end of the building, may be written.
FREEZE = """
CREATE FUNCTION dataset_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.version_id, OLD.item_id, OLD.name, OLD.asset_sha256, OLD.annotation_id, OLD.revision_id, OLD.side,
            OLD.group_key, OLD.width, OLD.height, OLD.label_count)
           IS DISTINCT FROM
           (NEW.version_id, NEW.item_id, NEW.name, NEW.asset_sha256, NEW.annotation_id, NEW.revision_id, NEW.side,
            NEW.group_key, NEW.width, NEW.height, NEW.label_count) THEN
            RAISE EXCEPTION 'a dataset version is frozen';
        END IF;
        RETURN NEW;
    END IF;
    SELECT v.state = 'frozen' INTO frozen FROM dataset_version v
    WHERE v.id = coalesce(NEW.version_id, OLD.version_id);
    IF frozen THEN
        RAISE EXCEPTION 'a dataset version is frozen';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;;
CREATE TRIGGER dataset_entry_frozen BEFORE INSERT OR UPDATE OR DELETE ON dataset_entry
    FOR EACH ROW EXECUTE FUNCTION dataset_frozen();;
CREATE FUNCTION dataset_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'frozen' AND (TG_OP = 'DELETE' OR
        (OLD.number, OLD.state, OLD.manifest_hash, OLD.counts, OLD.kept, OLD.line)
        IS DISTINCT FROM (NEW.number, NEW.state, NEW.manifest_hash, NEW.counts, NEW.kept, NEW.line)) THEN
        RAISE EXCEPTION 'a dataset version is frozen';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;;
CREATE TRIGGER dataset_version_stays BEFORE UPDATE OR DELETE ON dataset_version
    FOR EACH ROW EXECUTE FUNCTION dataset_version_frozen()
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in filter(str.strip, TABLES.replace("(ROW", f"({ROW}").split(";\n")):
        op.execute(statement)
    secure(op, "dataset_version", "dataset_entry", "export")
    secure(op, "group_side", "dataset_left_out", append_only=True)
    op.execute("GRANT DELETE ON dataset_left_out TO tongguan_app")
    for statement in filter(str.strip, FREEZE.split(";;\n")):
        op.execute(statement)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

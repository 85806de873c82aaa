"""Benchmarks whose membership never changes, evaluations, champions."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0015"
down_revision: str | None = "0014"

ROW = """
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),"""

TABLES = """
CREATE TABLE benchmark (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    number integer NOT NULL,
    name text NOT NULL,
    dataset_version_id uuid NOT NULL REFERENCES dataset_version (id),
    manifest_hash text NOT NULL,
    guards jsonb NOT NULL DEFAULT '[]',
    counts jsonb NOT NULL DEFAULT '{}',
    created_by uuid,
    CONSTRAINT uq_benchmark_project_id_number UNIQUE (project_id, number)
);
CREATE TABLE benchmark_item (ROW
    benchmark_id uuid NOT NULL REFERENCES benchmark (id),
    position integer NOT NULL,
    item_id uuid NOT NULL REFERENCES item (id),
    name text COLLATE "C" NOT NULL,
    asset_sha256 text NOT NULL,
    revision_id uuid NOT NULL REFERENCES annotation_revision (id),
    group_key text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    labels jsonb NOT NULL DEFAULT '[]',
    brightness double precision,
    batch_id uuid NOT NULL REFERENCES batch (id),
    source text NOT NULL DEFAULT '',
    erased boolean NOT NULL DEFAULT false,
    CONSTRAINT uq_benchmark_item_benchmark_id_position UNIQUE (benchmark_id, position),
    CONSTRAINT uq_benchmark_item_benchmark_id_item_id UNIQUE (benchmark_id, item_id)
);
CREATE INDEX ix_benchmark_item_item_id ON benchmark_item (item_id);
CREATE TABLE evaluation (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    number integer NOT NULL,
    benchmark_id uuid NOT NULL REFERENCES benchmark (id),
    model_version_id uuid NOT NULL REFERENCES model_version (id),
    champion_id uuid REFERENCES model_version (id),
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    rules jsonb NOT NULL DEFAULT '{}',
    job_id uuid,
    person_id uuid,
    items integer,
    left_out integer,
    overlap integer,
    metrics jsonb NOT NULL DEFAULT '{}',
    detail jsonb NOT NULL DEFAULT '{}',
    slices jsonb NOT NULL DEFAULT '[]',
    comparison jsonb NOT NULL DEFAULT '{}',
    passed boolean,
    reasons jsonb NOT NULL DEFAULT '[]',
    worst jsonb NOT NULL DEFAULT '[]',
    reference jsonb NOT NULL DEFAULT '{}',
    predictions jsonb NOT NULL DEFAULT '{}',
    error jsonb,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT uq_evaluation_project_id_number UNIQUE (project_id, number)
);
CREATE INDEX ix_evaluation_model_version_id ON evaluation (model_version_id, id);
CREATE INDEX ix_evaluation_benchmark_id ON evaluation (benchmark_id, id);
CREATE TABLE champion (ROW
    project_id uuid NOT NULL REFERENCES project (id),
    model_version_id uuid NOT NULL REFERENCES model_version (id),
    evaluation_id uuid REFERENCES evaluation (id),
    passed boolean NOT NULL,
    person_id uuid NOT NULL,
    reason text NOT NULL DEFAULT '',
    CONSTRAINT ck_champion_reason CHECK (passed OR length(btrim(reason)) > 0)
);
CREATE INDEX ix_champion_project_id ON champion (project_id, id)
"""

# A benchmark stays as it was frozen, also for the owner of the tables: only the mark of an erased item may be set.
FREEZE = """
CREATE FUNCTION benchmark_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a benchmark is frozen';
END $$;;
CREATE TRIGGER benchmark_stays BEFORE UPDATE OR DELETE ON benchmark
    FOR EACH ROW EXECUTE FUNCTION benchmark_stays();;
CREATE FUNCTION benchmark_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.erased THEN
        OLD.erased := true;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a benchmark is frozen';
END $$;;
CREATE TRIGGER benchmark_item_stays BEFORE UPDATE OR DELETE ON benchmark_item
    FOR EACH ROW EXECUTE FUNCTION benchmark_item_stays();;
CREATE FUNCTION benchmark_item_joins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM benchmark b WHERE b.id = NEW.benchmark_id AND b.created_at = now()) THEN
        RAISE EXCEPTION 'a benchmark is frozen';
    END IF;
    RETURN NEW;
END $$;;
CREATE TRIGGER benchmark_item_joins BEFORE INSERT ON benchmark_item
    FOR EACH ROW EXECUTE FUNCTION benchmark_item_joins()
"""


def upgrade() -> None:
    """Creates the tables."""
    for statement in filter(str.strip, TABLES.replace("(ROW", f"({ROW}").split(";\n")):
        op.execute(statement)
    secure(op, "evaluation")
    secure(op, "benchmark", "benchmark_item", "champion", append_only=True)
    op.execute("GRANT UPDATE (erased) ON benchmark_item TO tongguan_app")
    for statement in filter(str.strip, FREEZE.split(";;\n")):
        op.execute(statement)


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

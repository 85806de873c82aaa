"""Tables of the stage collect."""

from alembic import op

from tongguan.core.migrations.security import secure

revision = "0004"
down_revision: str | None = "0003"

HEAD = """
    id uuid NOT NULL CONSTRAINT pk_{table} PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
"""


def table(name: str, body: str) -> None:
    """Creates a table with the columns that every table has."""
    op.execute(f"CREATE TABLE {name} ({HEAD.format(table=name)}{body})")


def upgrade() -> None:
    """Creates the tables."""
    uploads_and_batches()
    items()
    imported()
    secure(op, "upload", "batch", "asset", "item", "refusal", "imported_label", "item_count")
    # Only an owner may ANALYZE; the application asks for it when an import has made the tables grow.
    op.execute("""
        CREATE FUNCTION collect_refresh_statistics() RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN ANALYZE asset; ANALYZE item; ANALYZE imported_label; ANALYZE refusal; END $$
    """)
    op.execute("REVOKE ALL ON FUNCTION collect_refresh_statistics() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION collect_refresh_statistics() TO tongguan_app")


def uploads_and_batches() -> None:
    """What comes in."""
    table(
        "upload",
        """
        project_id uuid NOT NULL CONSTRAINT fk_upload_project_id_project REFERENCES project (id),
        name text NOT NULL,
        size bigint NOT NULL CHECK (size >= 0),
        received bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
        state text NOT NULL DEFAULT 'receiving' CHECK (state IN ('receiving', 'stored', 'used', 'failed')),
        key text NOT NULL DEFAULT '',
        sha256 text NOT NULL DEFAULT '',
        created_by uuid
        """,
    )
    op.execute("CREATE INDEX ix_upload_project ON upload (project_id, created_at)")
    table(
        "batch",
        """
        project_id uuid NOT NULL CONSTRAINT fk_batch_project_id_project REFERENCES project (id),
        name text NOT NULL,
        source text NOT NULL CHECK (source IN ('folder', 'archive', 'upload', 's3', 'list')),
        mode text NOT NULL CHECK (mode IN ('copy', 'reference')),
        location text NOT NULL DEFAULT '',
        format text NOT NULL DEFAULT 'none',
        options jsonb NOT NULL DEFAULT '{}',
        licence text NOT NULL DEFAULT '',
        consent text NOT NULL DEFAULT '',
        provenance text NOT NULL DEFAULT '',
        group_rule text NOT NULL DEFAULT 'none',
        state text NOT NULL DEFAULT 'queued'
            CHECK (state IN ('queued', 'reading', 'checking', 'done', 'failed', 'cancelled')),
        counts jsonb NOT NULL DEFAULT '{}',
        position jsonb NOT NULL DEFAULT '{}',
        error jsonb,
        job_id uuid,
        created_by uuid
        """,
    )
    op.execute("CREATE INDEX ix_batch_project ON batch (project_id, id)")


def items() -> None:
    """Assets and items. Names compare by code point, so that a prefix is a range of the index.

    An item's project is its batch's, which has the foreign key: a second one would cost a tenth of a bulk import.
    """
    table(
        "asset",
        """
        sha256 text NOT NULL,
        size bigint NOT NULL,
        media_type text NOT NULL,
        location text NOT NULL,
        preview text NOT NULL DEFAULT '',
        thumb text NOT NULL DEFAULT '',
        state text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'referenced', 'unread', 'erased')),
        CONSTRAINT uq_asset_org_sha256 UNIQUE (org_id, sha256)
        """,
    )
    table(
        "item",
        """
        project_id uuid NOT NULL,
        batch_id uuid NOT NULL CONSTRAINT fk_item_batch_id_batch REFERENCES batch (id),
        asset_id uuid NOT NULL CONSTRAINT fk_item_asset_id_asset REFERENCES asset (id),
        name text COLLATE "C" NOT NULL,
        media text NOT NULL DEFAULT 'image',
        width integer NOT NULL DEFAULT 0,
        height integer NOT NULL DEFAULT 0,
        bytes bigint NOT NULL DEFAULT 0,
        group_key text,
        cluster_key text,
        cluster_links jsonb NOT NULL DEFAULT '[]',
        licence text NOT NULL DEFAULT '',
        consent text NOT NULL DEFAULT '',
        provenance jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'ok' CHECK (state IN ('ok', 'refused', 'erased', 'unread')),
        label_state text NOT NULL DEFAULT 'none',
        measurement jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT uq_item_project_name_asset UNIQUE (project_id, name, asset_id)
        """,
    )
    op.execute("CREATE INDEX ix_item_project ON item (project_id, id)")
    op.execute("CREATE INDEX ix_item_state ON item (project_id, state, id)")
    op.execute("CREATE INDEX ix_item_label_state ON item (project_id, label_state, id) WHERE label_state <> 'none'")
    op.execute("CREATE INDEX ix_item_batch ON item (batch_id, id)")
    op.execute("CREATE INDEX ix_item_group ON item (project_id, group_key, id) WHERE group_key IS NOT NULL")
    op.execute("CREATE INDEX ix_item_asset ON item (asset_id, project_id)")
    table(
        "item_count",
        """
        project_id uuid NOT NULL CONSTRAINT fk_item_count_project_id_project REFERENCES project (id),
        state text NOT NULL,
        n bigint NOT NULL DEFAULT 0,
        CONSTRAINT uq_item_count_project_state UNIQUE (project_id, state)
        """,
    )


def imported() -> None:
    """What a batch brought besides items: refusals and labels."""
    table(
        "refusal",
        """
        project_id uuid NOT NULL CONSTRAINT fk_refusal_project_id_project REFERENCES project (id),
        batch_id uuid NOT NULL CONSTRAINT fk_refusal_batch_id_batch REFERENCES batch (id),
        name text NOT NULL,
        check_id text NOT NULL,
        kind text NOT NULL DEFAULT 'item',
        count integer NOT NULL DEFAULT 1,
        detail text NOT NULL DEFAULT '',
        CONSTRAINT uq_refusal_batch_name_check_kind UNIQUE (batch_id, name, check_id, kind)
        """,
    )
    op.execute("CREATE INDEX ix_refusal_project ON refusal (project_id, id)")
    table(
        "imported_label",
        """
        project_id uuid NOT NULL CONSTRAINT fk_imported_label_project_id_project REFERENCES project (id),
        batch_id uuid NOT NULL CONSTRAINT fk_imported_label_batch_id_batch REFERENCES batch (id),
        item_id uuid NOT NULL CONSTRAINT fk_imported_label_item_id_item REFERENCES item (id),
        format text NOT NULL,
        labels jsonb NOT NULL DEFAULT '[]',
        nothing boolean NOT NULL DEFAULT false,
        side text,
        state text NOT NULL DEFAULT 'raw' CHECK (state IN ('raw', 'mapped', 'ignored')),
        CONSTRAINT uq_imported_label_batch_item UNIQUE (batch_id, item_id)
        """,
    )
    op.execute("CREATE INDEX ix_imported_label_project ON imported_label (project_id, id)")
    op.execute("CREATE INDEX ix_imported_label_item ON imported_label (item_id)")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

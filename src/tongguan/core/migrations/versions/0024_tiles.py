"""Tile pyramids of large pictures."""

from alembic import op

revision = "0024"
down_revision: str | None = "0023"


def upgrade() -> None:
    """Adds the storage key of a picture's tiles; empty where there are none."""
    op.execute("ALTER TABLE asset ADD COLUMN tiles text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

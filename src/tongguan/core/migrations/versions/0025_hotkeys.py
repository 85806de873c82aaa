"""A person's own hotkeys."""

from alembic import op

revision = "0025"
down_revision: str | None = "0024"


def upgrade() -> None:
    """Adds the keys that a person chose: action to keys; what is not named keeps its own."""
    op.execute("ALTER TABLE person ADD COLUMN hotkeys jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

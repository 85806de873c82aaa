"""${message}"""

from alembic import op

revision = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}


def upgrade() -> None:
    """Changes the tables."""
    ${upgrades if upgrades else "pass"}

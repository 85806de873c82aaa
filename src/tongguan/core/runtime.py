"""Opens what a process needs: the database (embedded or by URL), migrated if asked, and the byte store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tongguan.core import embedded, provision, telemetry
from tongguan.core.database import Database
from tongguan.core.settings import Settings
from tongguan.core.storage import Storage, open_storage


@dataclass(slots=True)
class Runtime:
    """An open installation."""

    settings: Settings
    database: Database
    storage: Storage
    owner_url: str
    app_url: str
    server: embedded.EmbeddedServer | None

    def close(self) -> None:
        """Closes connections and, for the last user of it, the embedded server."""
        self.database.dispose()
        if self.server is not None:
            self.server.stop()


def start_server(settings: Settings) -> tuple[str, embedded.EmbeddedServer | None]:
    """The owner's URL; starts the embedded server when no other is configured."""
    if settings.database_url:
        return settings.database_url, None
    server = embedded.start(settings.data_dir / "postgres")
    return server.url(), server


def open_runtime(
    settings: Settings,
    migrate: bool = False,
    before_migration: Callable[[Settings, str], None] | None = None,
    pool_size: int = 12,
) -> Runtime:
    """Opens database and storage. `migrate` brings the schema to the present version first."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    telemetry.configure_logging(settings.log_level, settings.log_json)
    owner_url, server = start_server(settings)
    if migrate:

        def before(revision: str) -> None:
            if before_migration is not None:
                before_migration(settings, revision)

        provision.migrate(owner_url, provision.app_password(settings), before)
    app_url = provision.app_url(settings, owner_url)
    database = Database.connect(app_url, pool_size)
    return Runtime(settings, database, open_storage(settings), owner_url, app_url, server)

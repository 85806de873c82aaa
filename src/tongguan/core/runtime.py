"""Opens what a process needs: the database (embedded or by URL), and the byte store."""

from __future__ import annotations

from dataclasses import dataclass

from tongguan.core import embedded, roles, telemetry
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


def open_runtime(settings: Settings, pool_size: int = 12) -> Runtime:
    """Opens database and storage as they are. `provision.open_migrated` brings the schema up to date first."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    telemetry.configure_logging(settings.log_level, settings.log_json)
    owner_url, server = start_server(settings)
    app_url = roles.app_url(settings, owner_url)
    database = Database.connect(app_url, pool_size)
    return Runtime(settings, database, open_storage(settings), owner_url, app_url, server)

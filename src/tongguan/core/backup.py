"""Backup and restore: one tar file with the database, the bytes and the keys; the copy answers the same.

Bytes are stored under the hash of their content and never change, so the database is dumped first and the
bytes are copied after it: everything that the dump names is then there.
"""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import orjson
import psycopg
from psycopg import sql

from tongguan import __version__
from tongguan.core import embedded, roles
from tongguan.core.clock import now
from tongguan.core.database import engine_url
from tongguan.core.errors import TongguanError
from tongguan.core.migrations.security import APP_ROLE
from tongguan.core.settings import Settings, secret_of
from tongguan.core.storage import CHUNK, Storage, open_storage

DUMP, MANIFEST, KEYS, FILES = "database.dump", "manifest.json", "keys/", "files/"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What a backup holds."""

    path: Path
    revision: str | None
    files: int
    bytes: int


def backup(settings: Settings, target: Path, say: Say = lambda _: None, with_files: bool = True) -> BackupFacts:
    """Writes a backup of the installation; works while the server runs. The file appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    url, stop = _dump_url(settings)
    try:
        with tarfile.open(part, "w") as tar:
            say("database")
            revision = _add_dump(tar, url)
            count, size = 0, 0
            if with_files:
                say("files")
                count, size = _add_files(tar, open_storage(settings))
            _add_keys(tar, settings)
            facts = {
                "tongguan": __version__,
                "revision": revision,
                "made_at": now().isoformat(),
                "files": count,
                "bytes": size,
                "with_files": with_files,
            }
            _add_bytes(tar, MANIFEST, orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        part.chmod(0o600)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
        stop()
    return BackupFacts(target, revision, count, size)


def before_migration(settings: Settings, revision: str) -> None:
    """The backup that is made before each migration: database and keys (bytes are never changed by one)."""
    stamp = now().strftime("%Y%m%d-%H%M%S")
    backup(settings, settings.data_dir / "backups" / f"before-{revision}-{stamp}.tar", with_files=False)


def restore(settings: Settings, source: Path, say: Say = lambda _: None) -> BackupFacts:
    """Restores a backup into an empty data folder (or an empty database by URL)."""
    if not source.is_file():
        raise TongguanError("restore.missing", f"There is no file {source}.")
    if (settings.data_dir / "postgres" / "PG_VERSION").exists() and not settings.database_url:
        raise TongguanError(
            "restore.not_empty", f"{settings.data_dir} holds an installation: restore into an empty folder."
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(source, "r:") as tar, tempfile.TemporaryDirectory(dir=settings.data_dir) as scratch:
            facts = _read_manifest(tar)
            say("keys")
            _extract_keys(tar, settings.data_dir / "keys")
            say("database")
            dump = Path(scratch) / DUMP
            _extract_file(tar, DUMP, dump)
            _restore_dump(settings, dump)
            say("files")
            count = _restore_files(tar, open_storage(settings))
    except (tarfile.TarError, KeyError, orjson.JSONDecodeError) as error:
        raise TongguanError("restore.broken", f"{source} is not a whole backup: {error}") from error
    if facts.get("with_files") and count != facts["files"]:
        raise TongguanError("restore.broken", f"{source} should hold {facts['files']} files, found {count}.")
    return BackupFacts(source, str(facts.get("revision")), count, int(facts.get("bytes", 0)))


def _dump_url(settings: Settings) -> tuple[str, Callable[[], None]]:
    if settings.backup_database_url:
        return settings.backup_database_url, lambda: None
    if not settings.database_url:
        server = embedded.start(settings.data_dir / "postgres")
        return server.superuser_url, server.stop
    url = engine_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    if not bypasses_row_security(url):
        raise TongguanError(
            "backup.role",
            "The owner role does not bypass row-level security, so its dump could be partial. Run "
            "ALTER ROLE … BYPASSRLS, or set TONGGUAN_BACKUP_DATABASE_URL to a role that has it.",
        )
    return url, lambda: None


def bypasses_row_security(url: str) -> bool:
    """Whether a role may dump everything."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(
            "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    return bool(row and row[0])


def _tool(name: str) -> str:
    return str(embedded.TOOLS / name)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TongguanError("backup.tool", f"{Path(command[0]).name} failed: {done.stderr.strip()[-800:]}")


def _add_dump(tar: tarfile.TarFile, url: str) -> str | None:
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / DUMP
        _run([_tool("pg_dump"), "--format=custom", "--compress=gzip:3", f"--file={dump}", url])
        tar.add(dump, DUMP)
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(data), int(now().timestamp()), 0o600
    tar.addfile(entry, io.BytesIO(data))


def _add_keys(tar: tarfile.TarFile, settings: Settings) -> None:
    secret_of(settings, "links")
    for key in sorted((settings.data_dir / "keys").iterdir()):
        if key.is_file() and not key.name.startswith("."):
            _add_bytes(tar, KEYS + key.name, key.read_bytes())


def _add_files(tar: tarfile.TarFile, storage: Storage) -> tuple[int, int]:
    count = size = 0
    for found in storage.list(""):
        entry = tarfile.TarInfo(FILES + found.key)
        entry.size, entry.mode = found.size, 0o600
        try:
            with storage.open(found.key) as reader:
                tar.addfile(entry, reader)
        except FileNotFoundError:
            continue  # erased since the listing
        count, size = count + 1, size + found.size
    return count, size


def _read_manifest(tar: tarfile.TarFile) -> dict[str, int | str | bool]:
    reader = tar.extractfile(MANIFEST)
    if reader is None:
        raise KeyError(MANIFEST)
    facts: dict[str, int | str | bool] = orjson.loads(reader.read())
    return facts


def _extract_keys(tar: tarfile.TarFile, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for entry in tar:
        if entry.isfile() and entry.name.startswith(KEYS) and "/" not in entry.name[len(KEYS) :]:
            target = folder / entry.name[len(KEYS) :]
            _extract_file(tar, entry.name, target)
            target.chmod(0o600)


def _extract_file(tar: tarfile.TarFile, name: str, target: Path) -> None:
    reader = tar.extractfile(name)
    if reader is None:
        raise KeyError(name)
    with target.open("wb") as handle:
        for chunk in _chunks(reader):
            handle.write(chunk)


def _chunks(reader: IO[bytes]) -> Iterator[bytes]:
    while chunk := reader.read(CHUNK):
        yield chunk


def _restore_dump(settings: Settings, dump: Path) -> None:
    dump.chmod(0o644)
    if settings.database_url:
        url = settings.backup_database_url or settings.database_url
        _ensure_roles(settings.database_url, settings)
        _run([_tool("pg_restore"), "--exit-on-error", f"--dbname={url}", str(dump)])
        return
    server = embedded.start(settings.data_dir / "postgres")
    try:
        _ensure_roles(server.url(), settings)
        _run([_tool("pg_restore"), "--exit-on-error", f"--dbname={server.superuser_url}", str(dump)])
    finally:
        server.stop()


def _ensure_roles(url: str, settings: Settings) -> None:
    """The dump names the application's role in its policies, so the role has to exist before."""
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone()
        verb = "ALTER" if known else "CREATE"
        command = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
        secret = sql.Literal(roles.app_password(settings))
        connection.execute(command.format(sql.Identifier(APP_ROLE), secret))


def _restore_files(tar: tarfile.TarFile, storage: Storage) -> int:
    count = 0
    for entry in tar:
        if not entry.isfile() or not entry.name.startswith(FILES):
            continue
        key = entry.name[len(FILES) :]
        if ".." in PurePosixPath(key).parts or key.startswith("/"):
            raise TongguanError("restore.broken", f"The backup holds the unsafe path {key[:200]!r}.")
        reader = tar.extractfile(entry)
        if reader is not None:
            storage.put(key, reader.read() if entry.size <= CHUNK else _chunks(reader))
            count += 1
    return count


def free_bytes(folder: Path) -> int:
    """Free space where a folder lies."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize

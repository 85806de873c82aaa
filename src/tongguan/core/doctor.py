"""Looks at an installation and says, in words, what is missing and what to do."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from tongguan.core import backup, provision
from tongguan.core.database import engine_url
from tongguan.core.runtime import open_runtime
from tongguan.core.settings import Settings

CHROMIUMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `state` is ok, warning or error; `remedy` says what to do."""

    check: str
    state: str
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """All checks. Starts the embedded database if it is not running, and leaves it as it was."""
    return [_python(), _folder(settings), *_database(settings), _training(), _web()]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", "ok", version)


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    if not folder.exists():
        return Finding("data", "warning", f"{folder} does not exist yet", "It is made at the first `tongguan serve`.")
    free = backup.free_bytes(folder) / 2**30
    state = "ok" if free > 5 else "warning" if free > 0.5 else "error"
    remedy = "" if state == "ok" else "Free some space: imports and exports stop when it is used up."
    return Finding("data", state, f"{folder.resolve()}, {free:.1f} GiB free", remedy)


def _database(settings: Settings) -> list[Finding]:
    if not settings.database_url and not (settings.data_dir / "postgres").exists():
        return [Finding("database", "warning", "not made yet", "It is made at the first `tongguan serve`.")]
    try:
        runtime = open_runtime(settings)
    except (psycopg.Error, DBAPIError, OSError) as error:
        return [Finding("database", "error", str(error)[:300], "Check TONGGUAN_DATABASE_URL and that it runs.")]
    try:
        found = [_version(runtime.owner_url)]
        url = runtime.server.superuser_url if runtime.server else settings.backup_database_url or runtime.owner_url
        may_dump = backup.bypasses_row_security(url.replace("postgresql+psycopg", "postgresql"))
        remedy = "" if may_dump else "ALTER ROLE … BYPASSRLS, or set TONGGUAN_BACKUP_DATABASE_URL."
        found.append(Finding("backup role", "ok" if may_dump else "warning", f"bypasses RLS: {may_dump}", remedy))
        with runtime.database.system() as session:
            owner = session.execute(
                text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
            ).scalar()
        found.append(Finding("application role", "ok" if not owner else "error", f"owns {owner} tables"))
        return found
    except (psycopg.Error, DBAPIError) as error:
        return [Finding("database", "error", str(error)[:300], "Run `tongguan serve` once to bring it up to date.")]
    finally:
        runtime.close()


def _version(owner_url: str) -> Finding:
    engine = create_engine(engine_url(owner_url))
    try:
        with engine.connect() as connection:
            version = connection.execute(text("SHOW server_version")).scalar()
            current, head = provision.pending(connection)
    finally:
        engine.dispose()
    if current != head:
        return Finding(
            "database", "warning", f"PostgreSQL {version}, revision {current} of {head}", "Start the server."
        )
    return Finding("database", "ok", f"PostgreSQL {version}, revision {head}")


def _training() -> Finding:
    missing = [name for name in ("torch", "onnx") if importlib.util.find_spec(name) is None]
    if missing:
        return Finding("training", "warning", f"missing: {', '.join(missing)}", "pip install 'tongguan[train]'")
    return Finding("training", "ok", "torch and onnx are installed")


def _web() -> Finding:
    pages = Path(__file__).parents[1] / "api" / "web" / "index.html"
    if not pages.exists():
        return Finding("web pages", "error", "not built", "make web")
    return Finding("web pages", "ok", "built")

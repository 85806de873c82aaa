"""A real worker, killed with `kill -9` between the steps of an import, again and again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.collect.pictures import folder_of
from tests.conftest import TestServer, make_org
from tongguan.collect.schemas import BatchIn
from tongguan.collect.service.imports import start_import
from tongguan.core.auth import Caller
from tongguan.core.database import Database
from tongguan.core.settings import load_settings
from tongguan.core.storage import open_storage
from tongguan.projects.interface import create
from tongguan.projects.schemas import ProjectIn

PICTURES = 600
DEATHS = (
    "collect.opened=kill",
    "collect.put=kill@100",
    "collect.chunk_stored=kill@1",
    "collect.chunk_written=kill@1",
    "collect.chunk_done=kill@1",
    "collect.ending=kill",
    "collect.read=kill",
    "prepare.clusters_written=kill",
)


def worker(server: TestServer, roots: Path, failpoint: str) -> subprocess.Popen[bytes]:
    """A worker process of the test's installation."""
    environment = {
        **os.environ,
        "TONGGUAN_DATA_DIR": str(server.settings.data_dir),
        "TONGGUAN_DATABASE_URL": server.owner_url,
        "TONGGUAN_IMPORT_ROOTS": str(roots),
        "TONGGUAN_FAILPOINTS": failpoint,
        "TONGGUAN_LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen([sys.executable, "-m", "tongguan.worker"], env=environment, stdout=subprocess.DEVNULL)


def ask(database: Database, org_id: UUID, query: str, **values: Any) -> Any:
    """One value."""
    with database.transaction(org_id) as session:
        return session.execute(text(query), values).scalar()


@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_killed_between_steps_doubles_nothing(
    server: TestServer, committed_database: Database, tmp_path: Path
) -> None:
    org = make_org(committed_database)
    folder = folder_of(tmp_path / "in", PICTURES)
    (folder / "zz-copy.jpg").write_bytes((folder / "plate-000_0.jpg").read_bytes())
    settings = load_settings(data_dir=server.settings.data_dir, import_roots=str(tmp_path))
    caller = Caller(org.id, org.owner.id, org.owner.id, "owner", "o", 5, "session", org.owner.id)
    with committed_database.transaction(org.id, org.owner.id) as session:
        project = create(session, caller, ProjectIn(name="kill"))
        wanted = BatchIn(source="folder", location=str(folder), group_rule=r"pattern:^(plate-\d+)")
        batch = start_import(session, settings, caller, project.id, wanted)
    for failpoint in DEATHS:
        process = worker(server, tmp_path, failpoint)
        try:
            assert process.wait(timeout=120) == -signal.SIGKILL, failpoint
        finally:
            process.kill()
            process.wait()
    last = worker(server, tmp_path, "")
    try:
        until = time.monotonic() + 120
        while ask(committed_database, org.id, "SELECT state FROM batch WHERE id = :id", id=batch.id) != "done":
            assert last.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        last.terminate()
        last.wait(timeout=30)
    assert ask(committed_database, org.id, "SELECT count(*) FROM item") == PICTURES + 1
    assert ask(committed_database, org.id, "SELECT count(DISTINCT name) FROM item") == PICTURES + 1
    assert ask(committed_database, org.id, "SELECT n FROM item_count WHERE state = 'ok'") == PICTURES + 1
    assert ask(committed_database, org.id, "SELECT count(*) FROM asset") == PICTURES
    assert ask(committed_database, org.id, "SELECT counts->>'items' FROM batch") == str(PICTURES + 1)
    assert ask(committed_database, org.id, "SELECT count(*) FROM problem WHERE check_id = 'duplicate'") == 1
    assert ask(committed_database, org.id, "SELECT count(*) FROM job WHERE state = 'done'") == 1
    assert len(list(open_storage(settings).list(f"{org.id}/assets"))) == PICTURES

"""An installation of its own for a bench: a fresh database, an organization, a project, and its jobs run in process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from tongguan.core import jobs, links
from tongguan.core.auth import Caller
from tongguan.core.database import Session
from tongguan.core.ids import new_id
from tongguan.core.provision import open_migrated
from tongguan.core.runtime import Runtime
from tongguan.core.settings import load_settings, secret_of
from tongguan.people.interface import add_member
from tongguan.projects.interface import create
from tongguan.projects.schemas import ProjectIn
from tongguan.worker.stages import JOB_MODULES


@dataclass(slots=True)
class Bench:
    """What a bench works with."""

    runtime: Runtime
    folder: Path
    caller: Caller
    project_id: UUID

    def run_jobs(self, limit: int = 10_000) -> int:
        """Delivers all waiting events in this process, until none is left."""
        assert JOB_MODULES
        delivered = 0
        while delivered < limit:
            with self.runtime.database.system() as session:
                rows = session.execute(text("SELECT id, org_id, kind FROM next_events(100)")).all()
            if not rows:
                break
            for row in rows:
                if jobs.goes_together(row.kind):
                    delivered += jobs.run_together(self.runtime.database, row.org_id, row.kind, [row.id])
                    continue
                with self.runtime.database.transaction(row.org_id) as session:
                    session.execute(text("UPDATE event SET delivered_at = now() WHERE id = :id"), {"id": row.id})
                for spec in list(jobs.subscribers(row.kind)):
                    context = jobs.JobContext(
                        row.org_id, row.id, self.runtime.database, self.runtime.storage, self.runtime.settings
                    )
                    jobs.run(spec, context)
                delivered += 1
        return delivered


@contextmanager
def installation() -> Iterator[Bench]:
    """A fresh installation in a temporary folder, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tongguan-bench-"))
    folder.chmod(0o755)  # the database server runs as another user when the bench runs as root
    settings = load_settings(data_dir=folder / "data", bind_port=0, log_level="ERROR", import_roots=str(folder))
    runtime = open_migrated(settings)
    links.configure(secret_of(settings, "links"))
    try:
        org_id = new_id()
        with runtime.database.system() as session:
            _make_org(session, org_id)
            owner = add_member(session, org_id, "owner@example.com", "owner", None, org_role="owner", level=5)
        caller = Caller(org_id, owner, owner, "owner", "owner", 5, "session", owner)
        with runtime.database.transaction(org_id, owner) as session:
            project_id = create(session, caller, ProjectIn(name="bench")).id
        yield Bench(runtime, folder, caller, project_id)
    finally:
        runtime.close()
        shutil.rmtree(folder, ignore_errors=True)


def _make_org(session: Session, org_id: UUID) -> None:
    session.execute(text("SELECT auth_new_organization(:i, :n, 'Asia/Shanghai')"), {"i": org_id, "n": "bench"})
